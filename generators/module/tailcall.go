package module

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// A tail call counts no depth: the callee takes the place of the function that calls it, whose own caller has counted one call and
// takes it back once, whoever returns. It ends because every entry of a function takes fuel.

// tailCallees are the functions from index first on that this function may call in its place: those with its results.
func (b *body) tailCallees(first uint32) (list []callee) {
	for _, c := range b.g.callees() {
		if c.index >= first && slices.Equal(c.sig.Results, b.sig.Results) {
			list = append(list, c)
		}
	}
	return list
}

// tailCallIf leaves the function for another one under a condition.
func (b *body) tailCallIf(call func(*body, callee)) {
	list := b.tailCallees(0)
	b.condition(true)
	b.op(wasm.OpIf, emptyBlock)
	call(b, list[b.t.Intn(len(list))])
	b.op(wasm.OpEnd)
}

// tailCallAtEnd ends the function with a call of one that comes after it, if there is one: with a call of one before it, half
// of the modules would go round until their fuel is spent.
func (b *body) tailCallAtEnd() bool {
	list := b.tailCallees(b.index + 1)
	if !b.tail || len(list) == 0 {
		return false
	}
	if c := list[0]; b.tailIndirect {
		b.returnCallIndirect(c)
	} else {
		b.returnCall(c)
	}
	return true
}

func (b *body) returnCall(c callee) {
	b.exprs(c.sig.Params, 2)
	b.op(wasm.OpReturnCall, uint64(c.index))
}

func (b *body) returnCallIndirect(c callee) {
	b.op(wasm.OpReturnCallIndirect, uint64(b.indirect(c, 2)), tableCalls)
}
