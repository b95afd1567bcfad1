package module

import (
	"cmp"
	"slices"
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
		m.Imports = append(m.Imports, wasm.Import{Module: cmp.Or(f.module, HostModule), Name: f.name, Kind: wasm.ExternFunc, Func: g.typeOf(f.sig)})
	}
	if g.opts.State {
		importState(m)
	}
	for _, b := range g.bodies {
		m.Funcs = append(m.Funcs, b.finish())
	}
	next := uint32(len(g.imports) + len(g.bodies))
	for i, b := range g.bodies {
		m.Funcs = append(m.Funcs, g.entry(b, !hasVector(b.sig.Results)))
		m.Exports = append(m.Exports, wasm.Export{Name: "e" + strconv.Itoa(i), Kind: wasm.ExternFunc, Index: next})
		next++
	}
	for i, f := range g.probeFuncs {
		m.Funcs = append(m.Funcs, f)
		m.Exports = append(m.Exports, wasm.Export{Name: "x" + strconv.Itoa(i), Kind: wasm.ExternFunc, Index: next})
		next++
	}
	if g.start {
		m.Funcs = append(m.Funcs, g.entry(g.bodies[0], false))
		m.Start = &next
	}
	for i := range g.elems {
		m.Elems = append(m.Elems, g.elems[i].seg)
	}
	for i := range g.datas {
		m.Datas = append(m.Datas, g.datas[i].seg)
	}
	count := uint32(len(m.Datas))
	m.DataCount = &count
	g.exportState(m)
	m.Types = g.types
	return m
}

// entry returns a function without parameters that gives the guest its fuel and calls b. It returns the results of b, or
// folds them: of a start function, and of one that returns vectors, which no host API in Go can hold.
func (g *generator) entry(b *body, returns bool) wasm.Func {
	e := &body{g: g, scratch: map[wasm.ValType]uint64{}}
	e.i32(g.opts.Fuel)
	e.op(wasm.OpGlobalSet, globalFuel)
	e.i32(0)
	e.op(wasm.OpGlobalSet, globalDepth)
	if g.opts.Hostcalls != nil && b == g.bodies[0] && returns {
		e.openFiles()
	}
	e.code = append(e.code, b.args...)
	e.op(wasm.OpCall, uint64(b.index))
	if returns {
		e.sig.Results = b.sig.Results
	} else {
		if hasVector(b.sig.Results) {
			e.scratch[wasm.V128] = e.newLocal(wasm.V128)
		}
		e.foldAll(b.sig.Results)
	}
	e.op(wasm.OpEnd)
	return e.function()
}

func hasVector(types []wasm.ValType) bool { return slices.ContainsFunc(types, wasm.ValType.IsVector) }

// exportState exports everything whose final state can be compared.
func (g *generator) exportState(m *wasm.Module) {
	m.Exports = append(m.Exports, wasm.Export{Name: "memory", Kind: wasm.ExternMemory})
	for i := range g.tables {
		m.Exports = append(m.Exports, wasm.Export{Name: "t" + strconv.Itoa(i), Kind: wasm.ExternTable, Index: uint32(i)})
	}
	for i := range g.globals {
		e := wasm.Export{Name: "g" + strconv.Itoa(i), Kind: wasm.ExternGlobal, Index: uint32(i)}
		if g.globals[i].Type.Type.IsVector() {
			e.Kind, e.Index = wasm.ExternFunc, uint32(m.ImportedFuncs()+len(m.Funcs))
			m.Funcs = append(m.Funcs, g.reader(uint64(i)))
		}
		m.Exports = append(m.Exports, e)
	}
}

// reader returns a function that returns the halves of a global vector. It is exported in the global's place.
func (g *generator) reader(global uint64) wasm.Func {
	r := &body{g: g, sig: wasm.FuncType{Results: []wasm.ValType{wasm.I64, wasm.I64}}}
	for half := range uint8(2) {
		r.op(wasm.OpGlobalGet, global)
		r.lane(wasm.OpI64x2ExtractLane, half)
	}
	r.op(wasm.OpEnd)
	return r.function()
}
