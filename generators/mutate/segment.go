package mutate

import (
	"bytes"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// data chooses a data segment.
func (e *editor) data() (*wasm.DataSegment, bool) {
	if len(e.m.Datas) == 0 {
		return nil, false
	}
	return &e.m.Datas[e.t.Intn(len(e.m.Datas))], true
}

// changeData changes the bytes of a data segment.
func changeData(e *editor) bool {
	s, ok := e.data()
	if !ok {
		return false
	}
	s.Init = bytes.Clone(s.Init)
	at := e.t.Intn(len(s.Init) + 1)
	switch n := len(s.Init); {
	case at < n && e.t.Bool():
		s.Init[at] ^= 1 << e.t.Intn(8)
	case at < n && e.t.Bool():
		s.Init = s.Init[:at]
	default:
		s.Init = slices.Insert(s.Init, at, e.t.Bytes(4)...)
	}
	return true
}

// moveData puts a data segment at an edge of the memory.
func moveData(e *editor) bool {
	s, ok := e.data()
	types := e.m.MemoryTypes()
	if !ok || len(types) == 0 {
		return false
	}
	s.Mode, s.Offset = wasm.Active, e.constExpr(boundaryOf(e.t, types[0].Limits.Min*wasm.PageSize-uint64(len(s.Init))))
	return true
}

// constExpr returns the expression of an i32.
func (e *editor) constExpr(x uint64) wasm.Expr {
	return edit.Expr([]edit.Node{edit.Of(wasm.OpI32Const, x)})
}

// dataMode makes a passive segment active and an active one passive.
func dataMode(e *editor) bool {
	s, ok := e.data()
	if !ok || len(e.m.MemoryTypes()) == 0 {
		return false
	}
	if s.Mode == wasm.Active {
		s.Mode, s.Offset, s.Memory = wasm.Passive, wasm.Expr{}, 0
	} else {
		s.Mode, s.Offset = wasm.Active, e.constExpr(uint64(e.t.Byte()))
	}
	return true
}

// changeElems puts another function into a segment of functions.
func changeElems(e *editor) bool {
	var list []*wasm.ElemSegment
	for i := range e.m.Elems {
		if len(e.m.Elems[i].Funcs) > 0 {
			list = append(list, &e.m.Elems[i])
		}
	}
	if len(list) == 0 {
		return false
	}
	s := tape.Pick(e.t, list)
	s.Funcs = slices.Clone(s.Funcs)
	s.Funcs[e.t.Intn(len(s.Funcs))] = uint32(e.t.Intn(edit.Size(e.m, wasm.ImmFunc)))
	return wasm.ValidateFor(e.m, wasm.AllFeatures) == nil // it may have declared a function for ref.func
}

// moveElems puts an active element segment at an edge of its table.
func moveElems(e *editor) bool {
	var list []*wasm.ElemSegment
	for i := range e.m.Elems {
		if e.m.Elems[i].Mode == wasm.Active {
			list = append(list, &e.m.Elems[i])
		}
	}
	if len(list) == 0 {
		return false
	}
	s := tape.Pick(e.t, list)
	size := e.m.TableTypes()[s.Table].Limits.Min
	s.Offset = e.constExpr(boundaryOf(e.t, size-uint64(len(s.Funcs)+len(s.Exprs))))
	return true
}
