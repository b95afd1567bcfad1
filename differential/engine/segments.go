package engine

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// SegmentFits reports whether an active element segment fits its table, of whose type it is told. The offset is a constant in
// every module that is run: the only other form is an imported global, and there are none to import.
func SegmentFits(e *wasm.ElemSegment, t wasm.TableType) bool {
	var in wasm.Instr
	r := wasm.NewReader(e.Offset)
	if err := r.Next(&in); err != nil || in.Op != wasm.OpI32Const {
		return false
	}
	// One of Funcs and Exprs is empty.
	return uint64(uint32(in.Imm[0]))+uint64(len(e.Funcs)+len(e.Exprs)) <= t.Limits.Min
}

// dropExternSegments replaces element segments of externref by empty declarative ones where that makes no difference. All
// that they can hold is null, so an active one that fits its table writes what is there already. Those that a table.init
// names stay, since the types must match.
func (r *rewritten) dropExternSegments() {
	m := r.module
	var named []uint32
	for i := range m.Elems {
		if m.Elems[i].Type == wasm.ExternRef {
			named = namedSegments(m)
			break
		}
	}
	tables := m.TableTypes()
	m.Elems = slices.Clone(m.Elems)
	for i := range m.Elems {
		e := &m.Elems[i]
		if e.Type != wasm.ExternRef || slices.Contains(named, uint32(i)) || e.Mode == wasm.Active && !SegmentFits(e, tables[e.Table]) {
			continue
		}
		*e = wasm.ElemSegment{Mode: wasm.Declarative, Type: wasm.FuncRef}
		r.changed = true
	}
}

// namedSegments returns the element segments that table.init instructions name.
func namedSegments(m *wasm.Module) (named []uint32) {
	var in wasm.Instr
	for i := range m.Funcs {
		r := wasm.NewReader(m.Funcs[i].Body)
		for r.Next(&in) == nil {
			if in.Op == wasm.OpTableInit {
				named = append(named, uint32(in.Imm[slices.Index(in.Op.Info().Imms, wasm.ImmElem)]))
			}
		}
	}
	return named
}
