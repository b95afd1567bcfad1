package mutate

import (
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// addFunction adds a copy of a function, and exports it.
func addFunction(e *editor) bool {
	if len(e.m.Funcs) == 0 {
		return false
	}
	index := uint32(edit.Size(e.m, wasm.ImmFunc))
	e.m.Funcs = append(e.m.Funcs, tape.Pick(e.t, e.m.Funcs))
	e.m.Exports = append(e.m.Exports, wasm.Export{Name: e.freeName(), Kind: wasm.ExternFunc, Index: index})
	return true
}

// freeName returns a name that no export has.
func (e *editor) freeName() string {
	for n := len(e.m.Exports); ; n++ {
		name := fmt.Sprintf("x%d", n)
		if !slices.ContainsFunc(e.m.Exports, func(x wasm.Export) bool { return x.Name == name }) {
			return name
		}
	}
}

// removeFunction removes a function that no instruction refers to by ref.func, for which it would have to be declared elsewhere.
func removeFunction(e *editor) bool {
	if len(e.m.Funcs) == 0 {
		return false
	}
	at := e.imports() + e.t.Intn(len(e.m.Funcs))
	out, err := edit.Renumber(e.m, wasm.ImmFunc, edit.Without(edit.Size(e.m, wasm.ImmFunc), at, at+1))
	if err != nil || wasm.ValidateFor(out, wasm.AllFeatures) != nil {
		return false // another function was declared for ref.func only by what is gone
	}
	*e.m = *out
	return true
}

// exchangeBodies exchanges the bodies of two functions of the same type.
func exchangeBodies(e *editor) bool {
	type pair struct{ a, b int }
	var pairs []pair
	for a := range e.m.Funcs {
		for b := range a {
			if e.m.Types[e.m.Funcs[a].Type].Equal(e.m.Types[e.m.Funcs[b].Type]) {
				pairs = append(pairs, pair{a, b})
			}
		}
	}
	if len(pairs) == 0 {
		return false
	}
	p := tape.Pick(e.t, pairs)
	e.m.Funcs[p.a], e.m.Funcs[p.b] = e.m.Funcs[p.b], e.m.Funcs[p.a]
	return true
}

// kinds are what can be exported, with the index spaces.
var kinds = []struct {
	kind  wasm.ExternKind
	space wasm.Imm
}{{wasm.ExternFunc, wasm.ImmFunc}, {wasm.ExternGlobal, wasm.ImmGlobal}, {wasm.ExternTable, wasm.ImmTable}, {wasm.ExternMemory, wasm.ImmMemory}}

// addExport exports something under a new name.
func addExport(e *editor) bool {
	k := tape.Pick(e.t, kinds)
	n := edit.Size(e.m, k.space)
	if n == 0 {
		return false
	}
	e.m.Exports = append(e.m.Exports, wasm.Export{Name: e.freeName(), Kind: k.kind, Index: uint32(e.t.Intn(n))})
	return true
}

// removeExport removes one that does not declare a function for ref.func.
func removeExport(e *editor) bool {
	if len(e.m.Exports) == 0 {
		return false
	}
	at := e.t.Intn(len(e.m.Exports))
	e.m.Exports = slices.Delete(e.m.Exports, at, at+1)
	return wasm.ValidateFor(e.m, wasm.AllFeatures) == nil
}

// redirectExport lets an export lead to another thing of its kind.
func redirectExport(e *editor) bool {
	if len(e.m.Exports) == 0 {
		return false
	}
	x := &e.m.Exports[e.t.Intn(len(e.m.Exports))]
	for _, k := range kinds {
		if n := edit.Size(e.m, k.space); k.kind == x.Kind && n > 1 {
			x.Index = uint32(int(x.Index)+1+e.t.Intn(n-1)) % uint32(n)
			return wasm.ValidateFor(e.m, wasm.AllFeatures) == nil // it may have declared a function for ref.func
		}
	}
	return false
}

// changeLimits changes the minimum or the maximum of a memory or a table.
func changeLimits(e *editor) bool {
	var all []*wasm.Limits
	for i := range e.m.Memories {
		all = append(all, &e.m.Memories[i].Limits)
	}
	for i := range e.m.Tables {
		all = append(all, &e.m.Tables[i].Limits)
	}
	if len(all) == 0 {
		return false
	}
	l := tape.Pick(e.t, all)
	switch e.t.Intn(4) {
	case 0:
		l.Min = 0
	case 1:
		if l.Min++; l.HasMax {
			l.Min = min(l.Min, l.Max)
		}
	case 2:
		l.Max, l.HasMax = l.Min, true
	default:
		l.Max, l.HasMax = l.Min+1, true
	}
	return true
}
