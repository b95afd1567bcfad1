package reduce

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// operand returns the part of a list that computes one of the topmost operands before instruction j: the one with so many others below
// it in the function. It reports false if the list does not compute it alone.
func operand(list []edit.Node, j, below int) (from, to int, ok bool) {
	height := func(i int) int {
		switch {
		case i < len(list):
			return len(list[i].Before)
		case i == 0:
			return 0
		}
		return len(list[i-1].After)
	}
	back := func(i, h int) int { // the last place from i backwards where there are not more than h operands
		for i >= 0 && height(i) > h {
			i--
		}
		return i
	}
	to = back(j, below+1)
	from = back(to, below)
	return from, to, from >= 0 && height(to) == below+1 && height(from) == below
}

// part is a parameter or a result of a function that a module defines.
type part struct {
	fn, k  int
	result bool
}

// signatures has an item for each parameter and each result of a function: the last ones of each come first.
func signatures(m *wasm.Module) (int, change) {
	c := newCode(m)
	var parts []part
	for f := range c.bodies {
		if int(m.Funcs[f].Type) >= len(m.Types) {
			continue
		}
		t := m.Types[m.Funcs[f].Type]
		for k := len(t.Params) - 1; k >= 0; k-- {
			parts = append(parts, part{f, k, false})
		}
		for k := len(t.Results) - 1; k >= 0; k-- {
			parts = append(parts, part{f, k, true})
		}
	}
	return len(parts), func(from, _ int) *wasm.Module {
		p := parts[from]
		out := edit.Clone(m)
		f := &out.Funcs[p.fn]
		old := m.Types[f.Type]
		t := wasm.FuncType{Params: slices.Clone(old.Params), Results: slices.Clone(old.Results)}
		body, ok := c.bodies[p.fn], true
		if p.result {
			t.Results = slices.Delete(t.Results, p.k, p.k+1)
			body, ok = withoutResult(body, p.k)
		} else {
			t.Params = slices.Delete(t.Params, p.k, p.k+1)
			body = withoutLocals(body, p.k, p.k+1)
		}
		if !ok {
			return nil
		}
		f.Type = typeIndex(out, t)
		for i := range c.bodies {
			list := c.bodies[i]
			if i == p.fn {
				list = body
			}
			if list, ok = c.callers(list, p, old); !ok {
				return nil
			}
			out.Funcs[i].Body = edit.Expr(edit.Tidy(list))
		}
		return usedTypes(out)
	}
}

// callers returns a list with all calls of a function changed, which loses a parameter or a result.
func (c *code) callers(list []edit.Node, p part, t wasm.FuncType) ([]edit.Node, bool) {
	index := uint64(c.m.ImportedFuncs() + p.fn)
	ok := true
	out := edit.Map(list, func(n edit.Node) []edit.Node {
		ok = ok && (n.Op != wasm.OpReturnCall || n.Imm[0] != index || !p.result)
		return []edit.Node{n}
	})
	for _, inner := range slices.Backward(edit.Lists(&out)) { // inner ones first: changing the outer one copies them
		for j := len(*inner) - 1; j >= 0; j-- {
			n := (*inner)[j]
			if n.Op != wasm.OpCall && n.Op != wasm.OpReturnCall || n.Imm[0] != index {
				continue
			}
			last := p.k == len(t.Params)-1
			switch from, to, found := operand(*inner, j, len(n.Before)-len(t.Params)+p.k); {
			case p.result && p.k == len(t.Results)-1:
				*inner = edit.Splice(*inner, j+1, j+1, edit.Zero(t.Results[p.k]))
			case p.result:
				ok = false
			case found && n.Typed:
				*inner = edit.Splice(*inner, from, to)
				j = from
			case last:
				*inner = edit.Splice(*inner, j, j, edit.Of(wasm.OpDrop))
			default:
				ok = false
			}
		}
	}
	return out, ok
}

// withoutResult returns a body that gives one result less, if it gives them at its end only.
func withoutResult(body []edit.Node, k int) ([]edit.Node, bool) {
	if leaves(body, 0) {
		return nil, false
	}
	from, to, ok := operand(body, len(body), k)
	if !ok {
		return nil, false
	}
	return edit.Splice(body, from, to), true
}

// leaves reports whether a list has a return, or a branch to the label so many levels out.
func leaves(list []edit.Node, level uint64) bool {
	return slices.ContainsFunc(list, func(n edit.Node) bool {
		switch n.Op {
		case wasm.OpReturn, wasm.OpReturnCall, wasm.OpReturnCallIndirect:
			return true
		case wasm.OpBr, wasm.OpBrIf:
			return n.Imm[0] == level
		case wasm.OpBrTable:
			return slices.Contains(n.Labels, uint32(level))
		}
		return leaves(n.Body, level+1) || leaves(n.Else, level+1)
	})
}

// typeIndex returns the index of a type, which it adds if it is new.
func typeIndex(m *wasm.Module, t wasm.FuncType) uint32 {
	i := slices.IndexFunc(m.Types, t.Equal)
	if i < 0 {
		i = len(m.Types)
		m.Types = append(m.Types, t)
	}
	return uint32(i)
}

// usedTypes returns the module without the types that nothing uses.
func usedTypes(m *wasm.Module) *wasm.Module {
	used := make([]bool, len(m.Types))
	use := func(i uint64) {
		if i < uint64(len(used)) {
			used[i] = true
		}
	}
	for _, im := range m.Imports {
		if im.Kind == wasm.ExternFunc {
			use(uint64(im.Func))
		}
	}
	var in wasm.Instr
	for i := range m.Funcs {
		use(uint64(m.Funcs[i].Type))
		for r := wasm.NewReader(m.Funcs[i].Body); r.Next(&in) == nil; {
			for k, kind := range in.Op.Info().Imms {
				if kind == wasm.ImmType || kind == wasm.ImmBlock {
					use(in.Imm[k])
				}
			}
		}
	}
	to, next := make([]int, len(used)), 0
	for i := range to {
		if to[i] = edit.Gone; used[i] {
			to[i] = next
			next++
		}
	}
	out, err := edit.Renumber(m, wasm.ImmType, to)
	if err != nil {
		return nil
	}
	return out
}
