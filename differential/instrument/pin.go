package instrument

import (
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Pin names a value that a global keeps behind an instruction, each time that is executed. That is the least that can be done to look at a value:
// nothing is called and nothing is chosen, so that an optimising compiler treats all other code as before. At each event it is told of.
type Pin struct {
	Func   uint32
	Offset int // of the instruction, in the module's bytes
	Of     Held
	// Index is the number of the local, or how many operands are above the one that is pinned.
	Index int
	Type  wasm.ValType
	// Instead, if set, are the words of a number or vector that takes the place of the result, so that nobody but the pin takes that: some
	// compilers treat what has two uses in another way.
	Instead []uint64
}

// Held says what a pin is of.
type Held uint8

// What can be pinned.
const (
	ItsResult Held = iota // what the instruction gives
	ALocal
	AnOperand // one that is on the stack behind the instruction
)

func pinName(word int) string { return fmt.Sprintf("pin.%d", word) }

// addPin adds the global of the pinned value, and those that tell its words.
func (r *rewriter) addPin() {
	p := r.o.Pin
	for w := range width(p.Type) {
		if g := r.global(pinName(w), 0); w == 0 {
			r.pinWords = g
		}
	}
	r.pin = r.plainGlobal(wasm.Global{Type: wasm.GlobalType{Type: p.Type, Mutable: true}, Init: wasm.Expr{Code: constant(p.Type, []uint64{0, 0}).op(wasm.OpEnd).code}})
	r.pinned = &Site{Kind: After, Func: p.Func, Offset: p.Offset, Types: []wasm.ValType{p.Type}}
}

// constant pushes a value by its words; of references, null.
func constant(t wasm.ValType, words []uint64) *emitter {
	e := new(emitter)
	switch {
	case t == wasm.I32:
		e.op(wasm.OpI32Const, words[0])
	case t == wasm.I64:
		e.op(wasm.OpI64Const, words[0])
	case t == wasm.F32:
		e.op(wasm.OpF32Const, words[0])
	case t == wasm.F64:
		e.op(wasm.OpF64Const, words[0])
	case t.IsVector():
		e.op(wasm.OpV128Const, words[0], words[1])
	default:
		e.op(wasm.OpRefNull, uint64(t))
	}
	return e
}

// pin keeps what is pinned behind the current instruction, given the operands behind it.
func (b *body) pin(after []wasm.ValType) {
	p := b.r.o.Pin
	if p == nil || p.Func != b.index || p.Offset != b.in.Offset {
		return
	}
	b.r.pinned.Op = b.in.Op
	switch {
	case p.Of == ALocal:
		b.op(wasm.OpLocalGet, uint64(p.Index))
	case p.Instead != nil:
		b.op(wasm.OpGlobalSet, uint64(b.r.pin))
		b.code = append(b.code, constant(p.Type, p.Instead).code...)
		return
	case p.Index < min(len(after), maxOperands):
		b.op(wasm.OpLocalGet, b.capture(after[len(after)-p.Index-1:])[0])
	default:
		return
	}
	b.op(wasm.OpGlobalSet, uint64(b.r.pin))
}

// tellPin tells of the pinned value.
func (h *helper) tellPin() {
	if p := h.r.o.Pin; p != nil {
		for w := range width(p.Type) {
			h.emitter.word(p.Type, w, func() *emitter { return h.op(wasm.OpGlobalGet, uint64(h.r.pin)) })
			h.op(wasm.OpGlobalSet, uint64(int(h.r.pinWords)+w))
		}
	}
}
