package reduce

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// direct has an item for each indirect call and each function that it could be of: the function is called without the table.
func direct(m *wasm.Module) (int, change) {
	c := newCode(m)
	type target struct {
		span
		function uint32
	}
	var targets []target
	for _, s := range c.sites() {
		for j, n := range *s.list {
			if n.Op != wasm.OpCallIndirect || !n.Typed {
				continue
			}
			for f, t := range m.FuncTypes() {
				if t.Equal(m.Types[n.Imm[0]]) {
					targets = append(targets, target{span{s, j, j + 1}, uint32(f)})
				}
			}
		}
	}
	return len(targets), func(from, _ int) *wasm.Module {
		t := targets[from]
		call := []edit.Node{edit.Of(wasm.OpDrop), edit.Of(wasm.OpCall, uint64(t.function))}
		return c.replace(t.site, edit.Splice(*t.list, t.from, t.to, call...))
	}
}

// inlined has an item for each call: what the callee does stands in its place. The callee goes, if nothing else names it.
func inlined(m *wasm.Module) (int, change) {
	c := newCode(m)
	var calls []span
	for _, s := range c.sites() {
		for j, n := range *s.list {
			if n.Op == wasm.OpCall && n.Typed && int(n.Imm[0]) >= m.ImportedFuncs() && int(n.Imm[0]) != m.ImportedFuncs()+s.fn {
				calls = append(calls, span{s, j, j + 1})
			}
		}
	}
	return len(calls), func(from, _ int) *wasm.Module { return c.inline(calls[from]) }
}

// inline returns the module with a call replaced by the body of its callee. Constants take the place of parameters that are only read;
// other arguments are put into new locals. These are not set to zero again if the call is repeated: the predicate decides whether
// that matters.
func (c *code) inline(call span) *wasm.Module {
	list := *call.list
	n := list[call.from]
	callee := int(n.Imm[0]) - c.m.ImportedFuncs()
	t := c.m.Types[c.m.Funcs[callee].Type]
	caller := &c.m.Funcs[call.fn]
	own := runs(caller)
	base := len(c.m.Types[caller.Type].Params) + len(own)
	body := rebase(c.bodies[callee], uint64(base))
	var sets []edit.Node
	for k := len(t.Params) - 1; k >= 0; k-- {
		from, to, ok := operand(list, call.from, len(n.Before)-len(t.Params)+k)
		if local := uint64(base + k); ok && len(sets) == 0 && to == call.from && to == from+1 && list[from].Op.Info().Const && !written(body, local) {
			body = substitute(body, local, list[from])
			list, call.from, call.to = edit.Splice(list, from, to), call.from-1, call.to-1
		} else {
			sets = append(sets, edit.Of(wasm.OpLocalSet, local))
		}
	}
	out := edit.Clone(c.m)
	if leaves(body, 0) || len(body) > 0 && edit.Ends(body[len(body)-1].Op) {
		if slices.ContainsFunc(body, tailCalls) {
			return nil
		}
		body = []edit.Node{{Instr: wasm.NewInstr(wasm.OpBlock, blockType(out, t.Results)), Body: returnsTo(body, 0)}}
	}
	replaced := c.replace(call.site, edit.Splice(list, call.from, call.to, append(sets, body...)...))
	out.Funcs = replaced.Funcs
	out.Funcs[call.fn].Locals = declare(slices.Concat(own, t.Params, runs(&c.m.Funcs[callee])))
	if index := c.m.ImportedFuncs() + callee; !named(out, uint32(index)) {
		size := edit.Size(out, wasm.ImmFunc)
		gone, err := edit.Renumber(out, wasm.ImmFunc, edit.Without(size, index, index+1))
		if err != nil {
			return nil
		}
		out = gone
	}
	return usedTypes(out)
}

// rebase returns a body whose locals begin at base.
func rebase(list []edit.Node, base uint64) []edit.Node {
	return edit.Map(list, func(n edit.Node) []edit.Node {
		if imms := n.Op.Info().Imms; len(imms) > 0 && imms[0] == wasm.ImmLocal {
			n.Imm[0] += base
		}
		return []edit.Node{n}
	})
}

// written reports whether a local is set.
func written(list []edit.Node, local uint64) bool {
	return slices.ContainsFunc(list, func(n edit.Node) bool {
		return (n.Op == wasm.OpLocalSet || n.Op == wasm.OpLocalTee) && n.Imm[0] == local || written(n.Body, local) || written(n.Else, local)
	})
}

// substitute puts an instruction in place of reading a local.
func substitute(list []edit.Node, local uint64, with edit.Node) []edit.Node {
	return edit.Map(list, func(n edit.Node) []edit.Node {
		if n.Op == wasm.OpLocalGet && n.Imm[0] == local {
			return []edit.Node{with}
		}
		return []edit.Node{n}
	})
}

func tailCalls(n edit.Node) bool {
	return n.Op == wasm.OpReturnCall || n.Op == wasm.OpReturnCallIndirect || slices.ContainsFunc(n.Body, tailCalls) || slices.ContainsFunc(n.Else, tailCalls)
}

// returnsTo turns returns into branches to the label so many levels out.
func returnsTo(list []edit.Node, level uint64) []edit.Node {
	out := slices.Clone(list)
	for i := range out {
		n := &out[i]
		if n.Op == wasm.OpReturn {
			*n = edit.Of(wasm.OpBr, level)
		}
		n.Body = returnsTo(n.Body, level+1)
		if n.Else != nil {
			n.Else = returnsTo(n.Else, level+1)
		}
	}
	return out
}

// blockType returns the type of a block that takes nothing and gives these results, and adds it if it is new.
func blockType(m *wasm.Module, results []wasm.ValType) uint64 {
	switch len(results) {
	case 0:
		empty := wasm.EmptyBlock
		return uint64(empty)
	case 1:
		return uint64(wasm.ResultBlock(results[0]))
	}
	return uint64(typeIndex(m, wasm.FuncType{Results: results}))
}

// named reports whether anything names a function.
func named(m *wasm.Module, index uint32) bool {
	if m.Start != nil && *m.Start == index {
		return true
	}
	if slices.ContainsFunc(m.Exports, func(e wasm.Export) bool { return e.Kind == wasm.ExternFunc && e.Index == index }) ||
		slices.ContainsFunc(m.Elems, func(s wasm.ElemSegment) bool { return slices.Contains(s.Funcs, index) }) {
		return true
	}
	exprs := m.ConstExprs()
	for i := range m.Funcs {
		exprs = append(exprs, &m.Funcs[i].Body)
	}
	var in wasm.Instr
	for _, e := range exprs {
		for r := wasm.NewReader(*e); r.Next(&in) == nil; {
			if imms := in.Op.Info().Imms; len(imms) > 0 && imms[0] == wasm.ImmFunc && uint32(in.Imm[0]) == index {
				return true
			}
		}
	}
	return false
}
