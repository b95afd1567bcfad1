package hostcall

import (
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Trampoline returns a module that imports every hostcall and exports, under its [wasi.Hostcall.ID], a function that calls it with
// its own arguments. It exports a memory of [MemorySize] bytes as "memory". Through it any hostcall can be made with any
// arguments, on any engine.
func Trampoline() *wasm.Module {
	limits := wasm.Limits{Min: MemorySize / wasm.PageSize, Max: MemorySize / wasm.PageSize, HasMax: true}
	m := &wasm.Module{Memories: []wasm.MemoryType{{Limits: limits}}}
	var names []string
	for row := range wasi.Hostcalls() {
		typ := uint32(len(m.Types))
		m.Types = append(m.Types, row.Type())
		m.Imports = append(m.Imports, wasm.Import{Module: wasi.Module, Name: row.Name, Kind: wasm.ExternFunc, Func: typ})
		names = append(names, row.ID())
	}
	for i, name := range names {
		m.Funcs = append(m.Funcs, wasm.Func{Type: uint32(i), Body: passOn(uint32(i), len(m.Types[i].Params))})
		m.Exports = append(m.Exports, wasm.Export{Name: name, Kind: wasm.ExternFunc, Index: uint32(len(names) + i)})
	}
	m.Exports = append(m.Exports, wasm.Export{Name: "memory", Kind: wasm.ExternMemory})
	return m
}

// passOn returns the body of a function that calls another one with its own parameters.
func passOn(callee uint32, params int) wasm.Expr {
	var code []byte
	for i := range params {
		code = wasm.AppendInstr(code, &wasm.Instr{Op: wasm.OpLocalGet, Imm: [2]uint64{uint64(i)}})
	}
	code = wasm.AppendInstr(code, &wasm.Instr{Op: wasm.OpCall, Imm: [2]uint64{uint64(callee)}})
	return wasm.Expr{Code: wasm.AppendInstr(code, &wasm.Instr{Op: wasm.OpEnd})}
}
