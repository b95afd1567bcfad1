package engine

import (
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// probes are the proposals of [Features] that an engine may lack or have switched off, each with its place and a body for a function
// that uses it.
var probes = []struct {
	feature wasm.Feature
	place   func(*Features) *bool
	module  func(m *asm.Module)
}{
	{wasm.SIMD, func(f *Features) *bool { return &f.SIMD }, func(m *asm.Module) {
		m.Func("f", ":i", "", new(asm.Body).I32(0).Ops(wasm.OpI8x16Splat, wasm.OpV128AnyTrue))
	}},
	{wasm.TailCall, func(f *Features) *bool { return &f.TailCall }, func(m *asm.Module) {
		m.Func("f", ":i", "", new(asm.Body).Op(wasm.OpReturnCall, 0))
	}},
	{wasm.ExtendedConst, func(f *Features) *bool { return &f.ExtendedConst }, func(m *asm.Module) {
		m.Globals = append(m.Globals, wasm.Global{Type: wasm.GlobalType{Type: wasm.I32}, Init: new(asm.Body).I32(1).I32(1).Op(wasm.OpI32Add).Expr()})
	}},
}

// Probe sets those fields of f whose proposals an engine accepts; accepts compiles a module in the way in which modules are run.
func (f *Features) Probe(accepts func(module []byte) bool) {
	for _, p := range probes {
		var m asm.Module
		p.module(&m)
		*p.place(f) = accepts(m.Encode())
	}
}

// List returns the names of the proposals that f has, and WASI.
func (f Features) List() (names []string) {
	for _, p := range probes {
		if *p.place(&f) {
			names = append(names, p.feature.String())
		}
	}
	if f.WASI {
		names = append(names, "wasi")
	}
	return names
}
