package typing

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/harness/evaluator"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// context is the context C of section 3.1.1.
type context struct {
	m        *wasm.Module
	funcs    []wasm.FuncType
	tables   []wasm.TableType
	memories []wasm.MemoryType
	globals  []wasm.GlobalType
	refs     map[uint32]bool // functions that occur outside of functions

	locals  []wasm.ValType
	labels  [][]wasm.ValType // the innermost last
	results []wasm.ValType   // of the function
}

// rules are the instructions whose type is not in their names, by these (section 3.3).
var rules map[string]func(c *context, n *evaluator.Node, o *operands)

func init() {
	rules = map[string]func(c *context, n *evaluator.Node, o *operands){
		"unreachable":          func(_ *context, _ *evaluator.Node, o *operands) { o.unreachable() },
		"nop":                  func(*context, *evaluator.Node, *operands) {},
		"block":                (*context).block,
		"loop":                 (*context).block,
		"if":                   (*context).block,
		"br":                   (*context).branch,
		"br_if":                (*context).branchIf,
		"br_table":             (*context).branchTable,
		"return":               func(c *context, _ *evaluator.Node, o *operands) { o.take(c.results...); o.unreachable() },
		"call":                 func(c *context, n *evaluator.Node, o *operands) { o.apply(c.callee(n, o)) },
		"call_indirect":        func(c *context, n *evaluator.Node, o *operands) { o.apply(c.indirect(n, o)) },
		"return_call":          func(c *context, n *evaluator.Node, o *operands) { c.tail(c.callee(n, o), o) },
		"return_call_indirect": func(c *context, n *evaluator.Node, o *operands) { c.tail(c.indirect(n, o), o) },
		"drop":                 func(_ *context, _ *evaluator.Node, o *operands) { o.pop() },
		"select":               choose,
		"local.get":            func(c *context, n *evaluator.Node, o *operands) { o.give(c.local(n, o)) },
		"local.set":            func(c *context, n *evaluator.Node, o *operands) { o.take(c.local(n, o)) },
		"local.tee":            func(c *context, n *evaluator.Node, o *operands) { t := c.local(n, o); o.take(t); o.give(t) },
		"global.get":           func(c *context, n *evaluator.Node, o *operands) { o.give(c.global(n, o).Type) },
		"global.set":           (*context).setGlobal,
		"table.get":            func(c *context, n *evaluator.Node, o *operands) { o.take(wasm.I32); o.give(c.table(n.Imm[0], o)) },
		"table.set":            func(c *context, n *evaluator.Node, o *operands) { o.take(wasm.I32, c.table(n.Imm[0], o)) },
		"table.size":           func(c *context, n *evaluator.Node, o *operands) { c.table(n.Imm[0], o); o.give(wasm.I32) },
		"table.grow": func(c *context, n *evaluator.Node, o *operands) {
			o.take(c.table(n.Imm[0], o), wasm.I32)
			o.give(wasm.I32)
		},
		"table.fill":  func(c *context, n *evaluator.Node, o *operands) { o.take(wasm.I32, c.table(n.Imm[0], o), wasm.I32) },
		"ref.null":    func(_ *context, n *evaluator.Node, o *operands) { o.give(wasm.ValType(n.Imm[0])) },
		"ref.is_null": isNull,
		"ref.func":    (*context).refFunc,
	}
}

// sequence types instructions one after the other.
func (c *context) sequence(nodes []evaluator.Node, o *operands) {
	for i := range nodes {
		if c.instruction(&nodes[i], o); o.wrong != nil {
			return
		}
	}
}

func (c *context) instruction(n *evaluator.Node, o *operands) {
	c.immediates(n, o)
	if o.wrong != nil {
		return
	}
	if rule := rules[n.Op.String()]; rule != nil {
		rule(c, n, o)
		return
	}
	o.apply(*evaluator.Of(n.Op).Type)
}

// immediates checks what the type of an instruction does not depend on: memories, segments, alignments and lanes.
func (c *context) immediates(n *evaluator.Node, o *operands) {
	meaning := evaluator.Of(n.Op)
	if meaning.Access > 0 {
		o.require(len(c.memories) > 0, "%s without a memory", n.Op)
		o.require(1<<n.Imm[0] <= meaning.Access, "%s with an alignment of 2^%d", n.Op, n.Imm[0])
	}
	switch {
	case n.Op == wasm.OpI8x16Shuffle:
		indexes := n.Indexes()
		o.require(int(slices.Max(indexes[:])) < meaning.Lanes, "lanes %v", indexes)
	case meaning.Lanes > 0:
		o.require(int(n.Lane) < meaning.Lanes, "lane %d of %d", n.Lane, meaning.Lanes)
	}
	segment := n.Imm[0]
	switch n.Op {
	case wasm.OpMemorySize, wasm.OpMemoryGrow, wasm.OpMemoryFill, wasm.OpMemoryCopy, wasm.OpMemoryInit:
		o.require(len(c.memories) > 0, "%s without a memory", n.Op)
	case wasm.OpTableCopy:
		o.require(c.table(n.Imm[0], o) == c.table(n.Imm[1], o), "tables of different types")
	case wasm.OpTableInit, wasm.OpElemDrop:
		if o.require(segment < uint64(len(c.m.Elems)), "no element segment %d", segment) && n.Op == wasm.OpTableInit {
			o.require(c.m.Elems[segment].Type == c.table(n.Imm[1], o), "a segment and a table of different types")
		}
	}
	if n.Op == wasm.OpMemoryInit || n.Op == wasm.OpDataDrop {
		o.require(segment < uint64(len(c.m.Datas)) && c.m.DataCount != nil, "no data segment %d", segment)
	}
}

// block types a block, a loop or an if (sections 3.3.8 and 3.3.9).
func (c *context) block(n *evaluator.Node, o *operands) {
	b := n.Block()
	if !o.require(b < 0 || int64(b) < int64(len(c.m.Types)), "no type %d", b) {
		return
	}
	t := evaluator.BlockType(c.m, b)
	if n.Op == wasm.OpIf {
		o.take(wasm.I32)
	}
	o.take(t.Params...)
	label := t.Results
	if n.Op == wasm.OpLoop {
		label = t.Params
	}
	c.body(n.Body, t, label, o)
	if n.Op == wasm.OpIf {
		c.body(n.Else, t, label, o)
	}
	o.give(t.Results...)
}

// body types the instructions inside a block.
func (c *context) body(nodes []evaluator.Node, t wasm.FuncType, label []wasm.ValType, outer *operands) {
	if outer.wrong != nil {
		return
	}
	c.labels = append(c.labels, label)
	inner := &operands{types: slices.Clone(t.Params)}
	c.sequence(nodes, inner)
	inner.end(t.Results)
	c.labels = c.labels[:len(c.labels)-1]
	outer.wrong = inner.wrong
}

// label returns what a branch takes along.
func (c *context) label(index uint64, o *operands) []wasm.ValType {
	if !o.require(index < uint64(len(c.labels)), "no label %d", index) {
		return nil
	}
	return c.labels[len(c.labels)-1-int(index)]
}

func (c *context) branch(n *evaluator.Node, o *operands) {
	o.take(c.label(n.Imm[0], o)...)
	o.unreachable()
}

func (c *context) branchIf(n *evaluator.Node, o *operands) {
	o.take(wasm.I32)
	types := c.label(n.Imm[0], o)
	o.take(types...)
	o.give(types...)
}

// branchTable types a br_table: the operands must match every label, all of which take equally many.
func (c *context) branchTable(n *evaluator.Node, o *operands) {
	o.take(wasm.I32)
	fallback := c.label(uint64(n.Labels[len(n.Labels)-1]), o)
	for _, l := range n.Labels {
		types := c.label(uint64(l), o)
		o.require(len(types) == len(fallback), "label %d takes %d operands, the default %d", l, len(types), len(fallback))
		copied := *o
		copied.take(types...)
		o.wrong = copied.wrong
	}
	o.unreachable()
}

// callee returns the type of the function that a call names.
func (c *context) callee(n *evaluator.Node, o *operands) (t wasm.FuncType) {
	if o.require(n.Imm[0] < uint64(len(c.funcs)), "no function %d", n.Imm[0]) {
		t = c.funcs[n.Imm[0]]
	}
	return t
}

// indirect takes the index of the element that a call_indirect calls, and returns the type that it names.
func (c *context) indirect(n *evaluator.Node, o *operands) (t wasm.FuncType) {
	o.require(c.table(n.Imm[1], o) == wasm.FuncRef, "a call through a table of no functions")
	o.take(wasm.I32)
	if o.require(n.Imm[0] < uint64(len(c.m.Types)), "no type %d", n.Imm[0]) {
		t = c.m.Types[n.Imm[0]]
	}
	return t
}

// tail types a call that ends the function (proposal for tail calls).
func (c *context) tail(t wasm.FuncType, o *operands) {
	o.require(slices.Equal(t.Results, c.results), "a tail call with other results")
	o.take(t.Params...)
	o.unreachable()
}

// choose types a select. Without a type it is for numbers and vectors.
func choose(_ *context, n *evaluator.Node, o *operands) {
	if n.Op == wasm.OpSelectT {
		if o.require(len(n.Types) == 1, "a select of %d types", len(n.Types)) {
			o.take(n.Types[0], n.Types[0], wasm.I32)
			o.give(n.Types...)
		}
		return
	}
	o.take(wasm.I32)
	a, b := o.pop(), o.pop()
	if a == bottom {
		a, b = b, a
	}
	o.require(!a.IsRef() && (b == bottom || a == b), "a select of %s and %s", b, a)
	o.give(a)
}

func (c *context) local(n *evaluator.Node, o *operands) wasm.ValType {
	if !o.require(n.Imm[0] < uint64(len(c.locals)), "no local %d", n.Imm[0]) {
		return bottom
	}
	return c.locals[n.Imm[0]]
}

func (c *context) global(n *evaluator.Node, o *operands) (t wasm.GlobalType) {
	if o.require(n.Imm[0] < uint64(len(c.globals)), "no global %d", n.Imm[0]) {
		t = c.globals[n.Imm[0]]
	}
	return t
}

func (c *context) setGlobal(n *evaluator.Node, o *operands) {
	g := c.global(n, o)
	o.require(g.Mutable, "global %d is not mutable", n.Imm[0])
	o.take(g.Type)
}

// table returns the type of the elements of a table.
func (c *context) table(index uint64, o *operands) wasm.ValType {
	if !o.require(index < uint64(len(c.tables)), "no table %d", index) {
		return bottom
	}
	return c.tables[index].Elem
}

func isNull(_ *context, _ *evaluator.Node, o *operands) {
	t := o.pop()
	o.require(t.IsRef() || t == bottom, "%s is no reference", t)
	o.give(wasm.I32)
}

func (c *context) refFunc(n *evaluator.Node, o *operands) {
	c.callee(n, o)
	o.require(c.refs[uint32(n.Imm[0])], "function %d does not occur outside of functions", n.Imm[0])
	o.give(wasm.FuncRef)
}
