package scene

import (
	"fmt"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestShares counts what scenes are made of: each kind of step and of end, of import by what makes it fit or not, of segment, of start, and each
// instruction by which instances meet. None may be rare.
func TestShares(t *testing.T) {
	count := map[string]int{}
	each(func(_ uint64, _ []byte, s *Scene) {
		for slot, steps := range append(s.Scripts, s.Steps) {
			for i := range steps {
				countStep(count, &steps[i], slot < Funcs)
			}
		}
		for _, b := range modulesOf(s) {
			countModule(count, b)
		}
		if s.Types {
			count["a store with many types"]++
		}
	})
	var want []string
	for k := range kinds {
		if want = append(want, fmt.Sprint("script ", k)); k != End { // only scripts have one
			want = append(want, fmt.Sprint("step ", k))
		}
	}
	for end := range Ends {
		want = append(want, fmt.Sprint("end ", end))
	}
	for i := range Slots {
		for _, how := range []string{"imported", "imported as another", "exported"} {
			want = append(want, Slots[i].Name+" "+how)
		}
	}
	for _, op := range meeting {
		want = append(want, op.String())
	}
	want = append(want, "a store with many types", "names", "start", "nothing imported", "tail calls out", "active elements", "passive elements", "active data",
		"passive data", "a global in a constant expression")
	for _, what := range want {
		if count[what] < scenes/200 {
			t.Errorf("%q: %d times in %d scenes", what, count[what], scenes)
		}
	}
	t.Log(count)
}

func countStep(count map[string]int, s *Step, script bool) {
	where := "step "
	if script {
		where = "script "
	}
	count[fmt.Sprint(where, s.Kind)]++
	if s.Kind == End {
		count[fmt.Sprint("end ", s.Num)]++
	}
}

// meeting are the instructions by which an instance reaches what it may share.
var meeting = []wasm.Op{wasm.OpCall, wasm.OpCallIndirect, wasm.OpReturnCall, wasm.OpReturnCallIndirect, wasm.OpRefFunc, wasm.OpGlobalGet, wasm.OpGlobalSet,
	wasm.OpTableGet, wasm.OpTableSet, wasm.OpTableGrow, wasm.OpTableSize, wasm.OpTableFill, wasm.OpTableCopy, wasm.OpTableInit, wasm.OpElemDrop,
	wasm.OpI64Load, wasm.OpI64Store, wasm.OpMemoryGrow, wasm.OpMemorySize, wasm.OpMemoryCopy, wasm.OpMemoryFill, wasm.OpMemoryInit, wasm.OpDataDrop,
	wasm.OpUnreachable}

func countModule(count map[string]int, b *Built) {
	m := &b.Module.Module
	for i := range m.Imports {
		im := &m.Imports[i]
		if im.Name == "nothing" {
			count["nothing imported"]++
		}
		for k := range Slots {
			if im.Module == Module && im.Name == Slots[k].Name {
				count[Slots[k].Name+map[bool]string{true: " imported", false: " imported as another"}[fits(m, im, &Slots[k])]]++
			}
		}
	}
	for k := range Slots {
		if exports(m, Slots[k].Name) {
			count[Slots[k].Name+" exported"]++
		}
	}
	for i := range m.Elems {
		count[map[wasm.SegmentMode]string{wasm.Active: "active", wasm.Passive: "passive", wasm.Declarative: "declared"}[m.Elems[i].Mode]+" elements"]++
	}
	for i := range m.Datas {
		count[map[wasm.SegmentMode]string{wasm.Active: "active", wasm.Passive: "passive"}[m.Datas[i].Mode]+" data"]++
	}
	for i := range m.Globals {
		if opsOf(m.Globals[i].Init)[wasm.OpGlobalGet] {
			count["a global in a constant expression"]++
		}
	}
	for i := range m.Funcs {
		for op := range opsOf(m.Funcs[i].Body) {
			count[op.String()]++
		}
	}
	for what, is := range map[string]bool{"names": b.Named, "start": m.Start != nil, "tail calls out": b.TailsOut} {
		if is {
			count[what]++
		}
	}
}

// opsOf returns the instructions of an expression.
func opsOf(e wasm.Expr) map[wasm.Op]bool {
	ops := map[wasm.Op]bool{}
	var in wasm.Instr
	for r := wasm.NewReader(e); r.Next(&in) == nil; {
		ops[in.Op] = true
	}
	return ops
}

// fits reports whether an import has the type of a slot.
func fits(m *wasm.Module, im *wasm.Import, s *Slot) bool {
	if im.Kind != s.Kind {
		return false
	}
	switch im.Kind {
	case wasm.ExternFunc:
		return m.Types[im.Func].Equal(s.Func)
	case wasm.ExternTable:
		return im.Table == s.Table
	case wasm.ExternMemory:
		return im.Memory == s.Memory
	}
	return im.Global == s.Global
}
