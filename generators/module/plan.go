package module

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// The globals that every module has; those that the tape asks for follow.
const (
	globalFuel   = iota // iterations and entries left
	globalDepth         // calls in progress
	globalSink32        // i32 and f32 results are folded into it
	globalSink64        // i64 and f64 results, and the halves of v128
	numFixedGlobals
)

// callSlots is the number of entries of table 0 for each signature; a power of two.
const callSlots = 4

// The tables that every module has.
const (
	tableCalls  = iota // functions by signature; unguarded code may change it
	tableExtern        // externref
	tableFuncs         // funcref, changed freely
	numTables
)

// valueTypes are the types of parameters, results, locals and globals; numbers are more frequent. With SIMD, vectorTypes follow.
var valueTypes = []wasm.ValType{
	wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.I32, wasm.I64, wasm.F64, wasm.FuncRef, wasm.ExternRef,
}

var vectorTypes = []wasm.ValType{wasm.V128, wasm.V128, wasm.V128, wasm.V128}

// plan decides on everything but the functions' code.
func (g *generator) plan() {
	g.planFeatures()
	g.t.Frame()
	funcs := g.planSizes()
	g.t.Frame()
	g.planSwarm()
	g.t.Frame()
	for range 2 + g.t.Intn(3) {
		g.typeOf(g.signature(3, 3))
	}
	if g.opts.Imports {
		g.imports = slices.Clone(hostFuncs)
		for _, f := range g.imports {
			g.typeOf(f.sig)
		}
	}
	if g.opts.Hostcalls != nil {
		g.planHostcalls()
	}
	for i := range funcs {
		g.t.Frame()
		g.bodies = append(g.bodies, newBody(g, uint32(len(g.imports)+i), g.signature(5, 4)))
	}
	g.twins = map[string]uint32{}
	if g.t.Bool() {
		twin := g.bodies[0].sig
		g.twins[twin.Key()] = uint32(len(g.types))
		g.types = append(g.types, twin)
	}
	g.t.Frame()
	g.planGlobals()
	if g.opts.Hostcalls != nil {
		g.planFDs()
	}
	g.t.Frame()
	g.planElems()
	g.planDatas()
	for _, b := range g.bodies {
		b.prologue()
	}
}

// planFeatures derives what the features allow. It reads nothing.
func (g *generator) planFeatures() {
	g.values = valueTypes
	if g.features.Has(wasm.SIMD) {
		g.values = slices.Concat(valueTypes, vectorTypes)
	}
	for i := range statementKinds {
		k := &statementKinds[i]
		if len(k.ops) == 0 || g.features.Has(k.ops[0].Info().Since) {
			g.kinds = append(g.kinds, k)
		}
	}
}

// planSizes reads the first frame and returns the number of functions.
func (g *generator) planSizes() int {
	flags := g.t.Byte()
	g.traps, g.edge = g.opts.Mode.choose(flags) == Traps, g.opts.Mode.isEdge(flags)
	for _, k := range g.kinds {
		weight := k.weight
		switch {
		case k.hostcalls && g.opts.Hostcalls == nil, k.steered && g.opts.unsteered:
			weight = 0
		case k.hostcalls:
		case g.edge && !g.opts.unsteered:
			weight = k.edge
		}
		g.weights = append(g.weights, weight)
	}
	g.trapFuel = g.traps && flags&4 != 0
	g.start = flags&24 == 24 && !g.trapFuel
	funcs := 1 + g.t.Intn(maxFuncs)
	pages := 1 + uint64(g.t.Intn(2))
	g.memory.Limits = wasm.Limits{Min: pages, Max: pages + uint64(g.t.Intn(maxPages-1)), HasMax: true}
	for i := range numTables {
		size := 16 + uint64(g.t.Intn(24))
		t := wasm.TableType{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: size, Max: min(maxElems, size+uint64(g.t.Byte())*4), HasMax: true}}
		if i == tableExtern {
			t.Elem = wasm.ExternRef
		}
		g.tables = append(g.tables, t)
	}
	return funcs
}

// planSwarm reads which instructions this module does without. Half of the modules use them all.
func (g *generator) planSwarm() {
	if g.t.Bool() {
		for i := range g.swarm {
			g.swarm[i] = g.t.Byte()
		}
	}
	g.byResult = make(map[wasm.ValType][]wasm.Op, 4)
	for o, info := range wasm.Ops() {
		if !g.enabled(o) {
			continue
		}
		if p := priorities()[o]; p > 0 {
			g.probes, g.priorities = append(g.probes, o), append(g.priorities, p)
		}
		switch {
		case isRow(info.Class):
			t := o.Operands().Results[0]
			g.byResult[t] = append(g.byResult[t], o)
		case isStore(info.Class):
			g.stores = append(g.stores, o)
		case info.Class == wasm.ClassBulk:
			g.bulk = append(g.bulk, o)
		}
	}
}

// isRow tells the classes whose instructions [body.row] appends.
func isRow(c wasm.Class) bool {
	return c.IsNumeric() || c == wasm.ClassLoad || c == wasm.ClassVector || c == wasm.ClassLoadLane
}

// isStore tells the classes whose instructions [body.store] appends.
func isStore(c wasm.Class) bool { return c == wasm.ClassStore || c == wasm.ClassStoreLane }

// signature reads a function type.
func (g *generator) signature(maxParams, maxResults int) wasm.FuncType {
	var s wasm.FuncType
	for range g.t.Intn(maxParams + 1) {
		s.Params = append(s.Params, tape.Pick(g.t, g.values))
	}
	for range g.t.Intn(maxResults + 1) {
		s.Results = append(s.Results, tape.Pick(g.t, g.values))
	}
	return s
}

func (g *generator) planGlobals() {
	add := func(t wasm.ValType, mutable bool, init []byte) {
		g.globals = append(g.globals, wasm.Global{Type: wasm.GlobalType{Type: t, Mutable: mutable}, Init: constExpr(init)})
	}
	for i := range numFixedGlobals {
		t := wasm.I32
		if i == globalSink64 {
			t = wasm.I64
		}
		add(t, true, appendZero(nil, t))
	}
	for range g.t.Intn(9) {
		t := tape.Pick(g.t, g.values)
		mutable := !g.t.Chance(80)
		add(t, mutable, g.globalInit(t))
	}
}

// globalInit reads the instructions that give a global its first value.
func (g *generator) globalInit(t wasm.ValType) []byte {
	if len(constRows[t]) > 0 {
		return g.appendValue(nil, t, interesting(g.t, t), 0)
	}
	init := g.appendConst(nil, t)
	if t == wasm.FuncRef && g.t.Bool() {
		init = appendOp(nil, wasm.OpRefFunc, uint64(tape.Pick(g.t, g.bodies).index))
	}
	return init
}
