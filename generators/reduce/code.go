package reduce

import (
	"math"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// code holds the functions of a module as trees.
type code struct {
	m      *wasm.Module
	bodies [][]edit.Node
}

func newCode(m *wasm.Module) *code {
	bodies, err := edit.Bodies(m)
	if err != nil {
		return &code{m: m} // nothing to be done
	}
	return &code{m, bodies}
}

// with returns the module with another body of a function.
func (c *code) with(f int, list []edit.Node) *wasm.Module {
	out := edit.Clone(c.m)
	out.Funcs[f].Body = edit.Expr(edit.Tidy(list))
	return out
}

// site is a list of instructions in a function.
type site struct {
	fn   int
	list *[]edit.Node
}

// replace returns the module with other instructions in place of a list.
func (c *code) replace(s site, list []edit.Node) *wasm.Module {
	old := *s.list
	*s.list = list
	out := c.with(s.fn, c.bodies[s.fn])
	*s.list = old
	return out
}

// sites returns all lists of instructions, those of a function together and outer ones first.
func (c *code) sites() (sites []site) {
	for f := range c.bodies {
		for _, list := range edit.Lists(&c.bodies[f]) {
			sites = append(sites, site{f, list})
		}
	}
	return sites
}

// stubs has an item for each function: it returns zeros and does nothing else.
func stubs(m *wasm.Module) (int, change) {
	return len(m.Funcs), func(from, to int) *wasm.Module {
		out := edit.Clone(m)
		for i := from; i < to; i++ {
			f := &out.Funcs[i]
			if int(f.Type) >= len(m.Types) {
				return nil
			}
			f.Locals, f.Body = nil, edit.Expr(edit.Bridge(nil, m.Types[f.Type].Results))
		}
		return out
	}
}

// span is a part of a list of instructions.
type span struct {
	site
	from, to int
}

// unreachable has two items for each instruction behind the end of what can be reached in its list: it and what is behind it go, or
// what is between that end and it.
func unreachable(m *wasm.Module) (int, change) {
	c := newCode(m)
	type part struct {
		site
		end, at int
	}
	var parts []part
	for _, s := range c.sites() {
		end := slices.IndexFunc(*s.list, func(n edit.Node) bool { return edit.Ends(n.Op) }) + 1
		for at := end; end > 0 && at < len(*s.list); at++ {
			parts = append(parts, part{s, end, at})
		}
	}
	return 2 * len(parts), func(from, _ int) *wasm.Module {
		p := parts[from/2]
		list := *p.list
		switch {
		case from%2 == 1:
			return c.replace(p.site, edit.Splice(list, p.end, p.at))
		case p.at == p.end:
			return c.replace(p.site, list[:p.at])
		}
		return c.replace(p.site, edit.Splice(list, p.at, len(list), edit.Of(wasm.OpUnreachable)))
	}
}

// statements has an item for each statement: the instructions between two places where a list has as many operands as at its
// beginning. Of code without types, each instruction is one.
func statements(m *wasm.Module) (int, change) {
	c := newCode(m)
	var spans []span
	for _, s := range c.sites() {
		first := 0
		for i, n := range *s.list {
			if !n.Typed || len(n.After) == len((*s.list)[0].Before) || i == len(*s.list)-1 {
				spans = append(spans, span{s, first, i + 1})
				first = i + 1
			}
		}
	}
	return len(spans), func(from, to int) *wasm.Module { return c.without(spans[from:to]) }
}

// without returns the module with neutral instructions in place of some spans, which stand in the order of their lists.
func (c *code) without(spans []span) *wasm.Module {
	out, old, changed := edit.Clone(c.m), map[*[]edit.Node][]edit.Node{}, map[int]bool{}
	for _, s := range slices.Backward(spans) { // so that places in a list stay right, and inner lists change before outer ones are copied
		if _, ok := old[s.list]; !ok {
			old[s.list] = *s.list
		}
		*s.list = edit.Splice(*s.list, s.from, s.to, edit.Neutral(old[s.list], s.from, s.to)...)
		changed[s.fn] = true
	}
	for f := range changed {
		out.Funcs[f].Body = edit.Expr(edit.Tidy(c.bodies[f]))
	}
	for list, was := range old {
		*list = was
	}
	return out
}

// maxSpans bounds how many parts that end with one instruction are tried.
const maxSpans = 4

// expressions has an item for each way to replace the end of an expression by zeros or by one of its operands. Expressions that enclose
// others come first.
func expressions(m *wasm.Module) (int, change) {
	c := newCode(m)
	var spans []span
	for _, s := range c.sites() {
		list := *s.list
		for j := len(list) - 1; j >= 0; j-- {
			if !list[j].Typed {
				continue
			}
			found, lowest := 0, len(list[j].Before)+1
			for i := j; i >= 0 && found < maxSpans && lowest > len(list[0].Before); i-- {
				if h := len(list[i].Before); h < lowest {
					lowest = h
					found++
					spans = append(spans, span{s, i, j + 1})
				}
			}
		}
	}
	// The second item of each span keeps what its last instruction takes, but for the operand before the span's beginning.
	return 2 * len(spans), func(from, _ int) *wasm.Module {
		s := spans[from/2]
		list := *s.list
		if from%2 == 0 {
			return c.replace(s.site, edit.Splice(list, s.from, s.to, edit.Neutral(list, s.from, s.to)...))
		}
		last := s.to - 1
		for i := s.from + 1; i <= last; i++ {
			if len(list[i].Before) == len(list[s.from].Before)+1 && i < last {
				return c.replace(s.site, slices.Concat(list[:s.from], list[i:last], list[s.to:]))
			}
		}
		return nil
	}
}

// blocks has three items for each block: only what it encloses is left; without its condition, what an if does if that is not true; and
// the first in a block, if there are branches to its end.
func blocks(m *wasm.Module) (int, change) {
	c := newCode(m)
	var spans []span
	for _, s := range c.sites() {
		for i, n := range *s.list {
			if n.IsBlock() {
				spans = append(spans, span{s, i, i + 1})
			}
		}
	}
	const each = 3
	return each * len(spans), func(from, _ int) *wasm.Module {
		s := spans[from/each]
		list := *s.list
		n := list[s.from]
		var with []edit.Node
		if n.Op == wasm.OpIf {
			with = append(with, edit.Of(wasm.OpDrop))
		}
		inner, ok := n.Body, true
		switch from % each {
		case 0:
			inner, ok = edit.Shift(inner, 0, -1)
		case 1:
			inner, ok = edit.Shift(n.Else, 0, -1)
			ok = ok && n.Else != nil
		default:
			block := n
			ok, block.Op, block.Else = n.Op != wasm.OpBlock, wasm.OpBlock, nil
			inner = []edit.Node{block}
		}
		if !ok {
			return nil
		}
		return c.replace(s.site, edit.Splice(list, s.from, s.to, append(with, inner...)...))
	}
}

// constants has four items for each instruction with a number in it: the number becomes 0, 1, half of it, and one less.
func constants(m *wasm.Module) (int, change) {
	c := newCode(m)
	type place struct {
		fn int
		n  *edit.Node
	}
	var places []place
	for _, s := range c.sites() {
		for i := range *s.list {
			n := &(*s.list)[i]
			if imms := n.Op.Info().Imms; len(imms) > 0 && !n.IsBlock() {
				places = append(places, place{s.fn, n})
			}
		}
	}
	const each = 4
	return each * len(places), func(from, _ int) *wasm.Module {
		p := places[from/each]
		old := p.n.Imm
		defer func() { p.n.Imm = old }()
		at := 0
		if slices.Contains(p.n.Op.Info().Imms, wasm.ImmMemarg) {
			at = 1 // the offset, not the alignment
		}
		switch x := &p.n.Imm[at]; from % each {
		case 0:
			p.n.Imm = [2]uint64{}
		case 1:
			*x = one(p.n.Op.Info().Imms[0])
		case 2:
			*x /= 2
		default:
			*x--
		}
		if p.n.Imm == old {
			return nil
		}
		return c.with(p.fn, c.bodies[p.fn])
	}
}

// one returns the bits of 1 in an immediate.
func one(kind wasm.Imm) uint64 {
	switch kind {
	case wasm.ImmF32:
		return uint64(math.Float32bits(1))
	case wasm.ImmF64:
		return math.Float64bits(1)
	}
	return 1
}
