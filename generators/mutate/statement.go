package mutate

import (
	"bytes"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// statements returns the statements of all functions: parts of a list between two places where there are no operands but those that the
// list begins with, which a statement leaves alone. What follows can be reached.
func (e *editor) statements() (places []place) {
	for fn := range e.bodies {
		for _, list := range edit.Lists(&e.bodies[fn]) {
			first := 0
			for i, n := range *list {
				if !n.Typed || edit.Ends(n.Op) {
					break
				}
				if base := (*list)[0].Before; len(n.After) == len(base) && slices.Equal(n.After, base) {
					if len(base) == 0 { // nothing below that it could take
						places = append(places, place{fn, list, first, i + 1})
					}
					first = i + 1
				}
			}
		}
	}
	return places
}

// statement chooses one.
func (e *editor) statement() (place, []edit.Node, bool) {
	p, ok := e.pick(e.statements())
	if !ok {
		return p, nil, false
	}
	return p, slices.Clone((*p.list)[p.from:p.to]), true
}

func repeatStatement(e *editor) bool {
	p, list, ok := e.statement()
	return ok && e.replace(p, slices.Concat(list, list)...)
}

func removeStatement(e *editor) bool {
	p, _, ok := e.statement()
	return ok && e.replace(p)
}

// moveStatement exchanges a statement with the one behind it.
func moveStatement(e *editor) bool {
	all := e.statements()
	type pair struct{ a, b place }
	var pairs []pair
	for i := 1; i < len(all); i++ {
		if a, b := all[i-1], all[i]; a.list == b.list && a.to == b.from {
			pairs = append(pairs, pair{a, b})
		}
	}
	if len(pairs) == 0 {
		return false
	}
	p := tape.Pick(e.t, pairs)
	list := *p.a.list
	return e.replace(place{p.a.fn, p.a.list, p.a.from, p.b.to}, slices.Concat(list[p.b.from:p.b.to], list[p.a.from:p.a.to])...)
}

// wrapped returns a block around a list.
func wrapped(op wasm.Op, list []edit.Node) edit.Node {
	inner, _ := edit.Shift(list, 0, 1)
	return edit.Node{Instr: wasm.NewInstr(op, uint64(emptyBlock)), Body: inner}
}

// wrapStatement puts a statement into a block, a loop or an if.
func wrapStatement(e *editor) bool {
	p, list, ok := e.statement()
	if !ok {
		return false
	}
	switch e.t.Intn(3) {
	case 0:
		return e.replace(p, wrapped(wasm.OpBlock, list))
	case 1:
		return e.replace(p, wrapped(wasm.OpLoop, list))
	}
	return e.replace(p, edit.Of(wasm.OpI32Const, uint64(e.t.Intn(2))), wrapped(wasm.OpIf, list))
}

// unwrapBlock puts what a block encloses in its place; of an if, one of the two lists.
func unwrapBlock(e *editor) bool {
	inner := func(n *edit.Node) ([]edit.Node, bool) {
		if !n.IsBlock() || !n.Typed || len(n.Body) == 0 || edit.Ends(n.Body[len(n.Body)-1].Op) {
			return nil, false
		}
		return edit.Shift(n.Body, 0, -1)
	}
	p, ok := e.find(func(list []edit.Node, i int) bool {
		in, ok := inner(&list[i])
		return ok && !slices.ContainsFunc(in, func(n edit.Node) bool { return edit.Ends(n.Op) })
	})
	if !ok {
		return false
	}
	list, _ := inner(p.node())
	if p.node().Op == wasm.OpIf {
		list = append([]edit.Node{edit.Of(wasm.OpDrop)}, list...)
	}
	return e.replace(p, list...)
}

// exchangeBranches exchanges what an if does if its condition is true and what it does if not.
func exchangeBranches(e *editor) bool {
	p, ok := e.find(func(list []edit.Node, i int) bool {
		n := &list[i]
		return n.Else != nil && !bytes.Equal(edit.Expr(n.Body).Code, edit.Expr(n.Else).Code)
	})
	if !ok {
		return false
	}
	n := *p.node()
	n.Body, n.Else = n.Else, append([]edit.Node{}, n.Body...) // not nil: there is an else
	return e.replace(p, n)
}

// boundaryOf returns a value at an edge of what is size long.
func boundaryOf(t *tape.Tape, size uint64) uint64 {
	return tape.Pick(t, []uint64{0, 1, size - 1, size, size + 1, 1<<31 - 1, 1 << 31, 1<<32 - 1}) & 0xffffffff
}
