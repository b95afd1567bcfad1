package instrument

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// A run is a stretch of code without a way in or out, see [Options.Runs]. What its events tell is summed up in a local, and one call of a
// helper at its end hands that to the hash. To compile a call takes as long as to compile several instructions, because of the registers that
// it may change, and an entry is compiled for every type of functions; so the helpers take nothing but i64.
type run struct {
	local  uint64 // where the sum is
	events uint64 // since the last call of the helper
	summed bool   // these have words
}

// eventShift is where the argument of a helper that is otherwise the site has the number of events.
const (
	eventShift = 20
	maxEvents  = 1<<(32-eventShift) - 1
)

// reserveSum takes the first of the added locals for the sum.
func (b *body) reserveSum() { b.run.local = b.temp(wasm.I64) }

// keepSum keeps it from being used for anything else.
func (b *body) keepSum() {
	if b.r.o.Runs {
		b.busy[0] = true
	}
}

// note adds an event to the run.
func (b *body) note(kind Kind, locals []uint64, types []wasm.ValType) {
	for i, t := range types {
		b.sum(t, func() *emitter { return b.op(wasm.OpLocalGet, locals[i]) })
	}
	if b.run.events++; kind == Exit || kind == TailCall || b.run.events == maxEvents {
		b.flush()
	}
}

// sum adds the words of a value to the sum.
func (b *body) sum(t wasm.ValType, get func() *emitter) {
	if value := get; b.r.o.NaNs == Folded && holdsFloats(t) {
		get = func() *emitter { return value().op(wasm.OpCall, uint64(b.r.helper(fixes, []wasm.ValType{t}))) }
	}
	for w := range width(t) {
		if b.run.summed {
			b.op(wasm.OpLocalGet, b.run.local).op(wasm.OpI64Const, turn).op(wasm.OpI64Rotl)
			b.word(t, w, get)
			b.op(wasm.OpI64Add)
		} else {
			b.word(t, w, get)
		}
		b.op(wasm.OpLocalSet, b.run.local)
		b.run.summed = true
	}
}

// branchOfRun ends a run with the event of an instruction that chooses by the operand in a local.
func (b *body) branchOfRun(operand uint64) {
	if b.in.Op == wasm.OpBrTable {
		b.chosen(operand)
	} else {
		b.op(wasm.OpLocalGet, operand).ops(wasm.OpI32Eqz, wasm.OpI32Eqz)
	}
	b.op(wasm.OpI64ExtendI32U)
	b.run.events++
	b.end(1)
}

// flush ends a run in which there were events.
func (b *body) flush() {
	if b.run.events > 0 {
		b.end(0)
	}
}

// end ends a run; a number of words is on the stack.
func (b *body) end(words int) {
	if b.run.summed {
		b.op(wasm.OpLocalGet, b.run.local)
		words++
	}
	b.r.sites = append(b.r.sites, Site{Func: b.index, Offset: b.in.Offset, Op: b.in.Op})
	site := uint64(len(b.r.sites)-1) % (1 << eventShift)
	b.op(wasm.OpI32Const, b.run.events<<eventShift|site)
	b.op(wasm.OpCall, uint64(b.r.helper(counts, slices.Repeat([]wasm.ValType{wasm.I64}, words))))
	b.run.events, b.run.summed = 0, false
}
