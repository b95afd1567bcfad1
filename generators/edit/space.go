package edit

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Gone says in a map of indexes that what had an index is not there any more.
const Gone = -1

// Clone returns a copy of a module whose lists can be changed; what is in their elements is shared.
func Clone(m *wasm.Module) *wasm.Module {
	c := *m
	c.Types, c.Imports, c.Funcs = slices.Clone(m.Types), slices.Clone(m.Imports), slices.Clone(m.Funcs)
	c.Tables, c.Memories, c.Globals = slices.Clone(m.Tables), slices.Clone(m.Memories), slices.Clone(m.Globals)
	c.Exports, c.Elems, c.Datas, c.Customs = slices.Clone(m.Exports), slices.Clone(m.Elems), slices.Clone(m.Datas), slices.Clone(m.Customs)
	return &c
}

// Size returns the number of members of an index space, which is named by the kind of its immediates: [wasm.ImmFunc],
// [wasm.ImmTable], [wasm.ImmMemory], [wasm.ImmGlobal], [wasm.ImmType], [wasm.ImmElem] or [wasm.ImmData].
func Size(m *wasm.Module, space wasm.Imm) int {
	switch space {
	case wasm.ImmFunc:
		return m.ImportedFuncs() + len(m.Funcs)
	case wasm.ImmTable:
		return m.ImportedTables() + len(m.Tables)
	case wasm.ImmMemory:
		return m.ImportedMemories() + len(m.Memories)
	case wasm.ImmGlobal:
		return m.ImportedGlobals() + len(m.Globals)
	case wasm.ImmType:
		return len(m.Types)
	case wasm.ImmElem:
		return len(m.Elems)
	}
	return len(m.Datas)
}

// externs are the spaces whose members can be imported and exported.
var externs = map[wasm.Imm]wasm.ExternKind{
	wasm.ImmFunc: wasm.ExternFunc, wasm.ImmTable: wasm.ExternTable, wasm.ImmMemory: wasm.ExternMemory, wasm.ImmGlobal: wasm.ExternGlobal,
}

// Without returns the indexes of a space without those from i to j, for [Renumber].
func Without(size, i, j int) []int {
	to := make([]int, size)
	for k := range to {
		switch {
		case k < i:
			to[k] = k
		case k < j:
			to[k] = Gone
		default:
			to[k] = k - (j - i)
		}
	}
	return to
}

// Renumber gives the members of an index space other indexes: to holds the new one for each, or [Gone]; imports stay before
// definitions. What names a member that is gone goes too: an export, the start; a segment becomes passive. An instruction is replaced
// by neutral ones, and an element by a function that is still there. The types of what is gone must be unused for the result to be
// valid. The names section, whose indexes would be wrong, is left out.
func Renumber(m *wasm.Module, space wasm.Imm, to []int) (*wasm.Module, error) {
	bodies, err := Bodies(m)
	if err != nil {
		return nil, err
	}
	r := &renumbering{m: m, out: Clone(m), space: space, to: to}
	r.definitions()
	r.references()
	for i, body := range bodies {
		if k := r.place(i); k >= 0 {
			r.out.Funcs[k].Body = Expr(r.code(body))
		}
	}
	r.out.Customs = slices.DeleteFunc(r.out.Customs, func(c wasm.Custom) bool { return c.Name == "name" })
	return r.out, nil
}

type renumbering struct {
	m, out *wasm.Module
	space  wasm.Imm
	to     []int
}

// place returns where a function of the old module is among those of the new one.
func (r *renumbering) place(i int) int {
	if r.space != wasm.ImmFunc {
		return i
	}
	return r.to[r.m.ImportedFuncs()+i] - r.out.ImportedFuncs()
}

// index returns the new index, and false if what had it is gone.
func (r *renumbering) index(x uint32) (uint32, bool) {
	if int(x) >= len(r.to) {
		return x, true // of an invalid module
	}
	return uint32(r.to[x]), r.to[x] != Gone
}

// definitions moves what the space consists of.
func (r *renumbering) definitions() {
	out, imported := r.out, 0
	if kind, ok := externs[r.space]; ok {
		n := 0
		out.Imports = slices.DeleteFunc(out.Imports, func(im wasm.Import) bool {
			if im.Kind != kind {
				return false
			}
			n++
			return r.to[n-1] == Gone
		})
		imported = n
	}
	switch to := r.to[imported:]; r.space {
	case wasm.ImmFunc:
		out.Funcs = move(r.m.Funcs, to)
	case wasm.ImmTable:
		out.Tables = move(r.m.Tables, to)
	case wasm.ImmMemory:
		out.Memories = move(r.m.Memories, to)
	case wasm.ImmGlobal:
		out.Globals = move(r.m.Globals, to)
	case wasm.ImmType:
		out.Types = move(r.m.Types, to)
	case wasm.ImmElem:
		out.Elems = move(r.m.Elems, to)
	case wasm.ImmData:
		out.Datas = move(r.m.Datas, to)
		if out.DataCount != nil {
			n := uint32(len(out.Datas))
			out.DataCount = &n
		}
	}
}

// move puts the elements of list in the order of their new indexes, whatever number these begin with.
func move[T any](list []T, to []int) []T {
	order := make([]int, 0, len(list))
	for i := range list {
		if to[i] != Gone {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return to[a] - to[b] })
	out := make([]T, len(order))
	for k, i := range order {
		out[k] = list[i]
	}
	return out
}

// references moves what names members outside of function bodies.
func (r *renumbering) references() {
	out := r.out
	if kind, ok := externs[r.space]; ok {
		out.Exports = keep(out.Exports, func(e *wasm.Export) bool {
			if e.Kind != kind {
				return true
			}
			return r.set(&e.Index)
		})
	}
	for i := range out.Globals {
		out.Globals[i].Init = r.expr(out.Globals[i].Init)
	}
	for i := range out.Elems {
		s := &out.Elems[i]
		s.Offset = r.expr(s.Offset)
		s.Exprs = slices.Clone(s.Exprs)
		for k := range s.Exprs {
			s.Exprs[k] = r.expr(s.Exprs[k])
		}
	}
	for i := range out.Datas {
		out.Datas[i].Offset = r.expr(out.Datas[i].Offset)
	}
	switch r.space {
	case wasm.ImmFunc:
		r.functions()
	case wasm.ImmTable:
		for i := range out.Elems {
			if s := &out.Elems[i]; s.Mode == wasm.Active && !r.set(&s.Table) {
				s.Mode, s.Offset = wasm.Passive, wasm.Expr{} // so that its index stays
			}
		}
	case wasm.ImmMemory:
		for i := range out.Datas {
			if s := &out.Datas[i]; s.Mode == wasm.Active && !r.set(&s.Memory) {
				s.Mode, s.Offset = wasm.Passive, wasm.Expr{}
			}
		}
	case wasm.ImmType:
		for i := range out.Imports {
			r.set(&out.Imports[i].Func)
		}
		for i := range out.Funcs {
			r.set(&out.Funcs[i].Type)
		}
	}
}

// functions moves what names functions.
func (r *renumbering) functions() {
	out := r.out
	if out.Start != nil {
		start := *out.Start
		if out.Start = &start; !r.set(out.Start) {
			out.Start = nil
		}
	}
	for i := range out.Elems {
		s := &out.Elems[i]
		s.Funcs = slices.Clone(s.Funcs)
		s.Funcs = keep(s.Funcs, func(f *uint32) bool {
			if !r.set(f) { // another one in its place, so that those behind stay where they are
				*f = 0
				return Size(out, wasm.ImmFunc) > 0
			}
			return true
		})
	}
}

// set replaces an index by the new one, unless it is gone.
func (r *renumbering) set(x *uint32) bool {
	to, ok := r.index(*x)
	if ok {
		*x = to
	}
	return ok
}

// keep removes what f reports false for; f may change elements.
func keep[T any](list []T, f func(*T) bool) []T {
	out := list[:0]
	for i := range list {
		if f(&list[i]) {
			out = append(out, list[i])
		}
	}
	return out
}

// expr returns a constant expression with new indexes.
func (r *renumbering) expr(e wasm.Expr) wasm.Expr {
	list, err := Parse(e)
	if err != nil || len(e.Code) == 0 {
		return e
	}
	globals := r.m.GlobalTypes()
	return Expr(Map(list, func(n Node) []Node {
		switch {
		case r.instr(&n):
		case n.Op == wasm.OpRefFunc:
			n = Zero(wasm.FuncRef)
		default:
			n = Zero(globals[n.Imm[0]].Type)
		}
		return []Node{n}
	}))
}

// code returns a body with new indexes.
func (r *renumbering) code(list []Node) []Node {
	return Map(list, func(n Node) []Node {
		if r.instr(&n) {
			return []Node{n}
		}
		return Neutral([]Node{n}, 0, 1)
	})
}

// instr replaces the indexes in an instruction, and reports false if one of them is gone.
func (r *renumbering) instr(n *Node) bool {
	at := 0
	for _, kind := range n.Op.Info().Imms {
		switch kind {
		case r.space:
			to, ok := r.index(uint32(n.Imm[at]))
			if !ok {
				return false
			}
			n.Imm[at] = uint64(to)
		case wasm.ImmBlock:
			if b := n.Block(); b >= 0 && r.space == wasm.ImmType {
				to, ok := r.index(uint32(b))
				if !ok {
					return false
				}
				n.Imm[at] = uint64(to)
			}
		case wasm.ImmMemarg:
			if r.space == wasm.ImmMemory && r.to[0] == Gone {
				return false
			}
			at++
		case wasm.ImmV128, wasm.ImmLanes:
			at++
		case wasm.ImmLane, wasm.ImmLabels, wasm.ImmTypes:
			at--
		}
		at++
	}
	return true
}
