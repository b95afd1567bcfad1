package module

import (
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// damage changes one definition.
type damage func(*wasm.Module, *tape.Tape)

// definitions are changes of definitions of each kind, with how many of the kind there are.
var definitions = []struct {
	count  func(m *wasm.Module) int
	change func(m *wasm.Module, i int, t *tape.Tape)
}{
	{func(m *wasm.Module) int { return len(m.Types) }, damageType},
	{func(m *wasm.Module) int { return len(m.Funcs) }, damageFunc},
	{func(m *wasm.Module) int { return len(m.Tables) }, func(m *wasm.Module, i int, t *tape.Tape) {
		switch t.Intn(3) {
		case 0:
			m.Tables = slices.Delete(m.Tables, i, i+1)
		case 1:
			m.Tables[i].Elem ^= wasm.FuncRef ^ wasm.ExternRef
		default:
			damageLimits(&m.Tables[i].Limits, t)
		}
	}},
	{func(m *wasm.Module) int { return len(m.Memories) }, func(m *wasm.Module, i int, t *tape.Tape) {
		switch t.Intn(4) {
		case 0:
			m.Memories = nil
		case 1:
			m.Memories = append(m.Memories, m.Memories[i])
		default:
			damageLimits(&m.Memories[i].Limits, t)
		}
	}},
	{func(m *wasm.Module) int { return len(m.Globals) }, func(m *wasm.Module, i int, t *tape.Tape) {
		if g := &m.Globals[i].Type; t.Bool() {
			g.Mutable = !g.Mutable
		} else {
			g.Type = tape.Pick(t, damagedTypes)
		}
	}},
	{func(m *wasm.Module) int { return len(m.Exports) }, func(m *wasm.Module, i int, t *tape.Tape) {
		switch e := &m.Exports[i]; t.Intn(3) {
		case 0:
			e.Name = m.Exports[t.Intn(len(m.Exports))].Name
		case 1:
			e.Kind = wasm.ExternKind(t.Intn(4))
			e.Index = edge(t, edit.Size(m, spaceOf[e.Kind]))
		default:
			e.Index = edge(t, edit.Size(m, spaceOf[e.Kind]))
		}
	}},
	{func(m *wasm.Module) int { return len(m.Elems) }, damageElem},
	{func(m *wasm.Module) int { return len(m.Datas) }, damageData},
	{func(m *wasm.Module) int { return len(m.Funcs) }, func(m *wasm.Module, i int, t *tape.Tape) {
		start := uint32(m.ImportedFuncs() + i + t.Intn(2))
		m.Start = &start
	}},
	{func(m *wasm.Module) int { return 1 }, damageImports},
	{func(m *wasm.Module) int { return 1 }, func(m *wasm.Module, _ int, t *tape.Tape) { bare(m, t) }},
}

// spaceOf has the index space of what can be imported or exported.
var spaceOf = map[wasm.ExternKind]wasm.Imm{
	wasm.ExternFunc: wasm.ImmFunc, wasm.ExternTable: wasm.ImmTable, wasm.ExternMemory: wasm.ImmMemory, wasm.ExternGlobal: wasm.ImmGlobal,
}

// definitionsOf returns the changes for which a module has something to change.
func definitionsOf(m *wasm.Module) (list []damage) {
	for _, d := range definitions {
		if n := d.count(m); n > 0 {
			list = append(list, func(m *wasm.Module, t *tape.Tape) { d.change(m, t.Intn(n), t) })
		}
	}
	return list
}

// damageType changes what a function takes or gives.
func damageType(m *wasm.Module, i int, t *tape.Tape) {
	list := &m.Types[i].Params
	if t.Bool() {
		list = &m.Types[i].Results
	}
	*list = slices.Clone(*list)
	if k := t.Intn(len(*list) + 1); k == len(*list) {
		*list = append(*list, tape.Pick(t, damagedTypes))
	} else if t.Bool() {
		*list = slices.Delete(*list, k, k+1)
	} else {
		(*list)[k] = tape.Pick(t, damagedTypes)
	}
}

// damageFunc changes the type of a function or its locals.
func damageFunc(m *wasm.Module, i int, t *tape.Tape) {
	f := &m.Funcs[i]
	if len(f.Locals) == 0 || t.Bool() {
		f.Type = edge(t, len(m.Types))
		return
	}
	f.Locals = slices.Clone(f.Locals)
	if k := t.Intn(len(f.Locals)); t.Bool() {
		f.Locals[k].Type = tape.Pick(t, damagedTypes)
	} else {
		f.Locals[k].Count = nudge(t, f.Locals[k].Count) % 70_000
	}
}

// damageLimits moves limits to the edges of what is valid.
func damageLimits(l *wasm.Limits, t *tape.Tape) {
	edges := []uint64{0, 1, wasm.MaxPages - 1, wasm.MaxPages, wasm.MaxPages + 1, 1<<32 - 1}
	l.HasMax = t.Bool()
	l.Max = tape.Pick(t, edges)
	if t.Bool() {
		l.Min = l.Max + uint64(t.Intn(2))
	} else {
		l.Min = tape.Pick(t, edges)
	}
	l.Min = min(l.Min, 1<<32-1)
}

func damageElem(m *wasm.Module, i int, t *tape.Tape) {
	switch s := &m.Elems[i]; t.Intn(6) {
	case 0:
		m.Elems = slices.Delete(m.Elems, i, i+1)
	case 1:
		s.Table, s.Explicit = edge(t, edit.Size(m, wasm.ImmTable)), true
	case 2:
		if s.UseExprs {
			s.Type ^= wasm.FuncRef ^ wasm.ExternRef
		}
	case 3:
		s.Mode = tape.Pick(t, []wasm.SegmentMode{wasm.Passive, wasm.Declarative})
	case 4:
		m.Elems = append(m.Elems, *s)
	default:
		if len(s.Funcs) > 0 {
			s.Funcs = slices.Clone(s.Funcs)
			k := t.Intn(len(s.Funcs))
			s.Funcs[k] = edge(t, edit.Size(m, wasm.ImmFunc))
		}
	}
}

func damageData(m *wasm.Module, i int, t *tape.Tape) {
	switch s := &m.Datas[i]; t.Intn(4) {
	case 0:
		m.Datas = slices.Delete(m.Datas, i, i+1)
	case 1:
		s.Memory, s.Explicit = edge(t, edit.Size(m, wasm.ImmMemory)), true
	case 2:
		m.DataCount = nil
		return
	default:
		m.Datas = append(m.Datas, *s)
		return
	}
	// As it must be, most of the time.
	if count := uint32(len(m.Datas)); m.DataCount != nil && !t.Chance(64) {
		m.DataCount = &count
	}
}

// damageImports adds an import, which moves what is behind it in its index space.
func damageImports(m *wasm.Module, _ int, t *tape.Tape) {
	im := wasm.Import{Module: "damage", Name: fmt.Sprint(len(m.Imports)), Kind: wasm.ExternKind(t.Intn(4)), Func: uint32(t.Intn(len(m.Types) + 1))}
	im.Table.Elem = tape.Pick(t, []wasm.ValType{wasm.FuncRef, wasm.ExternRef})
	im.Global = wasm.GlobalType{Type: tape.Pick(t, damagedTypes), Mutable: t.Bool()}
	if t.Bool() {
		damageLimits(&im.Table.Limits, t)
		damageLimits(&im.Memory.Limits, t)
	}
	m.Imports = append(slices.Clone(m.Imports), im)
}
