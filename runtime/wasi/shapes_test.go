package wasi

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// TestImportsByType imports every name with every type that it has, and one with a type that it does not have.
func TestImportsByType(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	var l runtime.Linker
	w.sys.Define(&l)
	var m asm.Module
	type export struct {
		row  *Hostcall
		name string
	}
	var exports []export
	for h := range Hostcalls() {
		for _, name := range h.Names() {
			m.Imports = append(m.Imports, wasm.Import{Module: Module, Name: name, Kind: wasm.ExternFunc, Func: m.Type(h.Type())})
			exports = append(exports, export{h, name + h.Type().String()})
		}
	}
	for i, e := range exports {
		m.Export(e.name, wasm.ExternFunc, uint32(i))
	}
	mod, err := runtime.Compile(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	in, err := runtime.New(nil).Instantiate(w.ctx, mod, &l)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range exports {
		if e.row.noResult {
			continue
		}
		handler, steps, called := e.row.handler, e.row.steps, false
		e.row.steps, e.row.handler = nil, func(*Call) Errno { called = true; return ESUCCESS }
		args := make([]runtime.Value, len(e.row.Type().Params))
		for i, typ := range e.row.Type().Params {
			args[i] = runtime.Num(typ, 0)
		}
		_, err := in.Call(w.ctx, e.name, args...)
		e.row.steps, e.row.handler = steps, handler
		if err != nil || !called {
			t.Errorf("%s does not reach %s: %v", e.name, e.row.ID(), err)
		}
	}
	var other asm.Module
	other.Import(Module, "sock_accept", "iiii:i")
	mod, err = runtime.Compile(other.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runtime.New(nil).Instantiate(w.ctx, mod, &l); err == nil {
		t.Error("sock_accept has four parameters")
	}
}
