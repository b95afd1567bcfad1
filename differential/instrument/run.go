package instrument

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// A run is a stretch of code without a way in or out, see [Options.Runs]. What its events tell is summed up in a local, and goes into the hash
// at its end, where the events are counted. That is written out: to compile a call takes as long as to compile all of it, because of the
// registers that the call may change, and entries to functions are compiled for each of their types.
type run struct {
	local  uint64 // where the sum is
	events uint64 // that are not counted yet
	summed bool   // these have words
}

// runFactor is the factor of the hash for runs. As an immediate of 32 bits it is part of an instruction.
const runFactor = 0xffffffff_9e3779b1

// reserveSum takes the first of the added locals for the sum.
func (b *body) reserveSum() { b.run.local = b.temp(wasm.I64) }

// keepSum keeps it from being used for anything else.
func (b *body) keepSum() {
	if b.r.o.Runs {
		b.busy[0] = true
	}
}

// note adds an event to the run.
func (b *body) note(locals []uint64, types []wasm.ValType) {
	for i, t := range types {
		b.sum(t, func() *emitter { return b.op(wasm.OpLocalGet, locals[i]) })
	}
	b.run.events++
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
	b.run.events++
	b.end(func() {
		if b.in.Op == wasm.OpBrTable {
			b.chosen(operand)
		} else {
			b.op(wasm.OpLocalGet, operand).ops(wasm.OpI32Eqz, wasm.OpI32Eqz)
		}
		b.op(wasm.OpI64ExtendI32U)
	})
}

// flush ends a run in which there were events.
func (b *body) flush() {
	if b.run.events > 0 {
		b.end()
	}
}

// end ends a run: the site goes into the hash, with the sum and the words that each of the functions pushes.
func (b *body) end(words ...func()) {
	b.r.sites = append(b.r.sites, Site{Func: b.index, Offset: b.in.Offset, Op: b.in.Op})
	site := uint64(len(b.r.sites) - 1)
	b.op(wasm.OpGlobalGet, uint64(b.r.hash)).op(wasm.OpI64Const, turn).op(wasm.OpI64Rotl).op(wasm.OpI64Const, site).op(wasm.OpI64Xor)
	if b.run.summed {
		words = append(words, func() { b.op(wasm.OpLocalGet, b.run.local) })
	}
	for _, push := range words {
		b.op(wasm.OpI64Const, turn).op(wasm.OpI64Rotl)
		push()
		b.op(wasm.OpI64Xor)
	}
	b.op(wasm.OpI64Const, runFactor).op(wasm.OpI64Mul).op(wasm.OpGlobalSet, uint64(b.r.hash))
	b.op(wasm.OpGlobalGet, uint64(b.r.count)).op(wasm.OpI64Const, b.run.events).op(wasm.OpI64Add).op(wasm.OpGlobalSet, uint64(b.r.count))
	b.run.events, b.run.summed = 0, false
}
