package module

import (
	"strconv"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// assemble ends all functions, adds the entry points, and puts the module together.
func (g *generator) assemble() *wasm.Module {
	m := &wasm.Module{
		Tables:   g.tables,
		Memories: []wasm.MemoryType{g.memory},
		Globals:  g.globals,
	}
	for _, f := range g.imports {
		m.Imports = append(m.Imports, wasm.Import{Module: HostModule, Name: f.name, Kind: wasm.ExternFunc, Func: g.typeOf(f.sig)})
	}
	for _, b := range g.bodies {
		m.Funcs = append(m.Funcs, b.finish())
	}
	next := uint32(len(g.imports) + len(g.bodies))
	for i, b := range g.bodies {
		m.Funcs = append(m.Funcs, g.entry(b, b.sig.Results))
		m.Exports = append(m.Exports, wasm.Export{Name: "e" + strconv.Itoa(i), Kind: wasm.ExternFunc, Index: next})
		next++
	}
	if g.start {
		m.Funcs = append(m.Funcs, g.entry(g.bodies[0], nil))
		m.Start = &next
	}
	m.Types = g.types
	for i := range g.elems {
		m.Elems = append(m.Elems, g.elems[i].seg)
	}
	for i := range g.datas {
		m.Datas = append(m.Datas, g.datas[i].seg)
	}
	count := uint32(len(m.Datas))
	m.DataCount = &count
	g.exportState(m)
	return m
}

// entry returns a function without parameters that gives the guest its fuel and calls b. It returns the results of b, or
// folds them if it is to return nothing.
func (g *generator) entry(b *body, results []wasm.ValType) wasm.Func {
	e := &body{g: g}
	e.i32(g.opts.Fuel)
	e.op(wasm.OpGlobalSet, globalFuel)
	e.i32(0)
	e.op(wasm.OpGlobalSet, globalDepth)
	e.code = append(e.code, b.args...)
	e.op(wasm.OpCall, uint64(b.index))
	if results == nil {
		e.foldAll(b.sig.Results)
	}
	e.op(wasm.OpEnd)
	return wasm.Func{Type: g.typeOf(wasm.FuncType{Results: results}), Body: wasm.Expr{Code: e.code}}
}

// exportState exports everything whose final state can be compared.
func (g *generator) exportState(m *wasm.Module) {
	m.Exports = append(m.Exports, wasm.Export{Name: "memory", Kind: wasm.ExternMemory})
	for i := range m.Tables {
		m.Exports = append(m.Exports, wasm.Export{Name: "t" + strconv.Itoa(i), Kind: wasm.ExternTable, Index: uint32(i)})
	}
	for i := range m.Globals {
		m.Exports = append(m.Exports, wasm.Export{Name: "g" + strconv.Itoa(i), Kind: wasm.ExternGlobal, Index: uint32(i)})
	}
}
