package mutate

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// complement negates the condition of an if and exchanges what it does.
func complement(e *editor) bool {
	p, ok := e.find(func(list []edit.Node, i int) bool {
		n := &list[i]
		if n.Op != wasm.OpIf || n.Else != nil {
			return n.Op == wasm.OpIf
		}
		t := e.m.BlockFunc(n.Block())
		return slices.Equal(t.Params, t.Results)
	})
	if !ok {
		return false
	}
	n := *p.node()
	n.Body, n.Else = n.Else, append([]edit.Node{}, n.Body...)
	return e.replace(p, edit.Of(wasm.OpI32Eqz), n)
}

// maxUnrolled bounds the size of loops that are unrolled, in instructions.
const maxUnrolled = 400

// unroll executes the first turn of a loop before the loop:
//
//	(block $out  (block $again  turn  (br $out))  (loop  turn))
//
// In the first turn, what was a branch to the loop leads to the end of $again, which has the same depth.
func unroll(e *editor) bool {
	p, ok := e.find(func(list []edit.Node, i int) bool {
		n := &list[i]
		return n.Op == wasm.OpLoop && n.Typed && len(e.m.BlockFunc(n.Block()).Params) == 0 && edit.Count(n.Body) < maxUnrolled
	})
	if !ok {
		return false
	}
	loop := *p.node()
	turn, _ := edit.Shift(loop.Body, 1, 1) // what leads out of the loop leads out of $out too
	again := edit.Of(wasm.OpBlock, uint64(emptyBlock))
	again.Body = slices.Concat(turn, []edit.Node{edit.Of(wasm.OpBr, 1)})
	out := edit.Of(wasm.OpBlock, loop.Imm[0])
	loop.Body = turn
	out.Body = []edit.Node{again, loop}
	return e.replace(p, out)
}

var emptyBlock = wasm.EmptyBlock // a variable, since the constant does not fit the type of immediates

// identities are instructions behind a value that give the same value, by its type.
var identities = map[wasm.ValType][][]edit.Node{
	wasm.I32: append(integer(wasm.OpI32Const, wasm.OpI32Add, wasm.OpI32Sub, wasm.OpI32Mul, wasm.OpI32Xor, wasm.OpI32Or, wasm.OpI32And, wasm.OpI32Shl, wasm.OpI32Rotl, 1<<32-1),
		[]edit.Node{edit.Of(wasm.OpF32ReinterpretI32), edit.Of(wasm.OpI32ReinterpretF32)},
		[]edit.Node{edit.Of(wasm.OpI64ExtendI32S), edit.Of(wasm.OpI32WrapI64)}),
	wasm.I64: append(integer(wasm.OpI64Const, wasm.OpI64Add, wasm.OpI64Sub, wasm.OpI64Mul, wasm.OpI64Xor, wasm.OpI64Or, wasm.OpI64And, wasm.OpI64Shl, wasm.OpI64Rotl, 1<<64-1),
		[]edit.Node{edit.Of(wasm.OpF64ReinterpretI64), edit.Of(wasm.OpI64ReinterpretF64)}),
	wasm.F32:  {{edit.Of(wasm.OpF32Neg), edit.Of(wasm.OpF32Neg)}, {edit.Of(wasm.OpI32ReinterpretF32), edit.Of(wasm.OpF32ReinterpretI32)}},
	wasm.F64:  {{edit.Of(wasm.OpF64Neg), edit.Of(wasm.OpF64Neg)}, {edit.Of(wasm.OpI64ReinterpretF64), edit.Of(wasm.OpF64ReinterpretI64)}},
	wasm.V128: {{edit.Of(wasm.OpV128Not), edit.Of(wasm.OpV128Not)}, {edit.Of(wasm.OpV128Const), edit.Of(wasm.OpV128Xor)}},
}

// integer returns the identities of an integer type.
func integer(constant, add, sub, mul, xor, or, and, shl, rotl wasm.Op, ones uint64) (list [][]edit.Node) {
	for _, id := range []struct {
		x  uint64
		op wasm.Op
	}{{0, add}, {0, sub}, {1, mul}, {0, xor}, {0, or}, {ones, and}, {0, shl}, {0, rotl}} {
		list = append(list, []edit.Node{edit.Of(constant, id.x), edit.Of(id.op)})
	}
	not := []edit.Node{edit.Of(constant, ones), edit.Of(xor)}
	return append(list, slices.Concat(not, not))
}

// value chooses an instruction behind which a value is on top that the same list gave and for which accept holds, and returns its type.
func (e *editor) value(accept func(wasm.ValType) bool) (place, wasm.ValType, bool) {
	top := func(n *edit.Node) wasm.ValType { return n.After[len(n.After)-1] }
	p, ok := e.find(func(list []edit.Node, i int) bool {
		n := &list[i]
		return n.Typed && !edit.Ends(n.Op) && len(n.After) > len(list[0].Before) && accept(top(n))
	})
	if !ok {
		return p, 0, false
	}
	return p, top(p.node()), true
}

// identity puts instructions behind a value that give the same value.
func identity(e *editor) bool {
	p, t, ok := e.value(func(t wasm.ValType) bool { return identities[t] != nil })
	return ok && e.replace(p, append([]edit.Node{*p.node()}, tape.Pick(e.t, identities[t])...)...)
}

// associative are operators for which (a·b)·c and a·(b·c) are the same.
var associative = []wasm.Op{
	wasm.OpI32Add, wasm.OpI32Mul, wasm.OpI32And, wasm.OpI32Or, wasm.OpI32Xor,
	wasm.OpI64Add, wasm.OpI64Mul, wasm.OpI64And, wasm.OpI64Or, wasm.OpI64Xor,
}

// inverses have for an operator, with the constants of its type, the one that undoes it.
var inverses = map[wasm.Op]struct{ constant, undo wasm.Op }{
	wasm.OpI32Add: {wasm.OpI32Const, wasm.OpI32Sub}, wasm.OpI32Xor: {wasm.OpI32Const, wasm.OpI32Xor},
	wasm.OpI64Add: {wasm.OpI64Const, wasm.OpI64Sub}, wasm.OpI64Xor: {wasm.OpI64Const, wasm.OpI64Xor},
}

// associate turns (a·b)·c into a·(b·c). If there is no such place, it makes one: it turns a·b into (a·(b÷k))·k.
func associate(e *editor) bool {
	// inner returns where the operator that computes a·b stands.
	inner := func(list []edit.Node, i int) int {
		if !list[i].Typed || !slices.Contains(associative, list[i].Op) {
			return -1
		}
		k := i // of the first instruction of c
		for k > 0 && len(list[k].Before) > len(list[i].Before)-1 {
			k--
		}
		if k == 0 || len(list[k].Before) != len(list[i].Before)-1 || list[k-1].Op != list[i].Op {
			return -1
		}
		return k - 1
	}
	if p, ok := e.find(func(list []edit.Node, i int) bool { return inner(list, i) >= 0 }); ok {
		list := *p.list
		op := list[p.from]
		p.from = inner(list, p.from)
		return e.replace(p, append(slices.Clone(list[p.from+1:p.to]), op)...)
	}
	p, ok := e.find(func(list []edit.Node, i int) bool { return inverses[list[i].Op].undo != 0 })
	if !ok {
		return false
	}
	op, inverse := *p.node(), inverses[p.node().Op]
	k := edit.Of(inverse.constant)
	e.boundary(&k)
	return e.replace(p, k, edit.Of(inverse.undo), op, k, edit.Of(op.Op))
}

// newLocal adds a local to a function, and returns its index; it reports false if there are too many.
func (e *editor) newLocal(fn int, t wasm.ValType) (uint64, bool) {
	f := &e.m.Funcs[fn]
	next := uint64(len(e.m.Types[f.Type].Params))
	for _, run := range f.Locals {
		next += uint64(run.Count)
	}
	f.Locals = append(slices.Clip(f.Locals), wasm.Locals{Count: 1, Type: t})
	return next, next < wasm.MaxLocals
}

// spill puts a value into a new local and takes it from there.
func spill(e *editor) bool {
	p, t, ok := e.value(wasm.ValType.Valid)
	if !ok {
		return false
	}
	local, ok := e.newLocal(p.fn, t)
	return ok && e.replace(p, *p.node(), edit.Of(wasm.OpLocalSet, local), edit.Of(wasm.OpLocalGet, local))
}

// outline puts instructions that follow each other into a function of their own, and a call in their place: those that take and give
// operands and have to do with neither locals nor control.
func outline(e *editor) bool {
	fits := func(list []edit.Node, i int) bool {
		return i < len(list) && list[i].Typed && list[i].Op.Info().Class != wasm.ClassCustom
	}
	p, ok := e.find(fits)
	if !ok {
		return false
	}
	list := *p.list
	low := len(list[p.from].Before)
	for n := 1 + e.t.Intn(8); n > 0 && fits(list, p.to-1); n-- {
		in := &list[p.to-1]
		low = min(low, len(in.Before)-len(in.Op.Operands().Params))
		if p.to++; !fits(list, p.to-1) {
			break
		}
	}
	p.to--
	t := wasm.FuncType{Params: list[p.from].Before[low:], Results: list[p.to-1].After[low:]}
	var body []edit.Node
	for i := range t.Params {
		body = append(body, edit.Of(wasm.OpLocalGet, uint64(i)))
	}
	body = append(body, list[p.from:p.to]...)
	index := uint64(edit.Size(e.m, wasm.ImmFunc))
	e.m.Funcs = append(e.m.Funcs, wasm.Func{Type: e.typeIndex(t), Body: edit.Expr(body)})
	return e.replace(p, edit.Of(wasm.OpCall, index))
}

// deadCode puts a copy of a statement where it is not executed: behind a condition that is false, or behind a branch.
func deadCode(e *editor) bool {
	p, list, ok := e.statement()
	if !ok {
		return false
	}
	var dead edit.Node
	if e.t.Bool() {
		dead = wrapped(wasm.OpBlock, list)
		dead.Body = slices.Concat([]edit.Node{edit.Of(wasm.OpBr, 0)}, dead.Body)
		return e.replace(p, slices.Concat([]edit.Node{dead}, list)...)
	}
	dead = wrapped(wasm.OpIf, list)
	return e.replace(p, slices.Concat([]edit.Node{edit.Of(wasm.OpI32Const), dead}, list)...)
}

// neverExecuted changes an instruction that was never executed: an operator, a constant, or all of it into a trap.
func neverExecuted(e *editor) bool {
	if e.executed == nil {
		return false
	}
	imported := uint32(e.imports())
	var places []place
	for fn := range e.bodies {
		for _, list := range edit.Lists(&e.bodies[fn]) {
			for i := range *list {
				n := &(*list)[i]
				if n.Typed && !e.executed(imported+uint32(fn), n.Offset) {
					places = append(places, place{fn, list, i, i + 1})
				}
			}
		}
	}
	p, ok := e.pick(places)
	if !ok {
		return false
	}
	n := *p.node()
	switch {
	case isConst(n.Op):
		e.boundary(&n)
	case len(twins[n.Op]) > 0 && e.t.Bool():
		Exchange(&n, tape.Pick(e.t, twins[n.Op]))
	default:
		return e.replace(p, edit.Of(wasm.OpUnreachable), n)
	}
	return e.replace(p, n)
}

// unusedDefinitions adds a type, a function and a global that nothing uses.
func unusedDefinitions(e *editor) bool {
	t := tape.Pick(e.t, valueTypes[:4])
	e.m.Types = append(e.m.Types, wasm.FuncType{Params: []wasm.ValType{t, t}, Results: []wasm.ValType{t}})
	body := edit.Expr([]edit.Node{edit.Of(wasm.OpLocalGet, uint64(e.t.Intn(2)))})
	e.m.Funcs = append(e.m.Funcs, wasm.Func{Type: uint32(len(e.m.Types) - 1), Body: body})
	zero := edit.Expr([]edit.Node{edit.Zero(t)})
	e.m.Globals = append(e.m.Globals, wasm.Global{Type: wasm.GlobalType{Type: t, Mutable: e.t.Bool()}, Init: zero})
	return true
}

// permutation returns new indexes for size things, of which the first fixed keep theirs. It reports false if there is only one order.
func (e *editor) permutation(size, fixed int) ([]int, bool) {
	to := edit.Without(size, size, size)
	for i := size - 1; i > fixed; i-- {
		k := fixed + e.t.Intn(i-fixed+1)
		to[i], to[k] = to[k], to[i]
	}
	return to, size-fixed > 1
}

// reorderFunctions gives the functions that the module defines other indexes.
func reorderFunctions(e *editor) bool { return e.reorder(wasm.ImmFunc, e.imports()) }

// reorderTypes gives the types other indexes.
func reorderTypes(e *editor) bool { return e.reorder(wasm.ImmType, 0) }

func (e *editor) reorder(space wasm.Imm, fixed int) bool {
	to, ok := e.permutation(edit.Size(e.m, space), fixed)
	if !ok {
		return false
	}
	out, err := edit.Renumber(e.m, space, to)
	if err != nil {
		return false
	}
	*e.m = *out
	return true
}
