package lower

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// address leaves the addition of a constant to a local, or to such a sum, to the load or store that it is likely the address of. If
// it is for something else, that has it computed.
func (l *lowerer) address(op wasm.Op, a operand, bits uint64) bool {
	if op != wasm.OpI32Add && op != wasm.OpI64Add || !a.usesLocal() || !l.fuses(Addresses) {
		return false
	}
	if a.place == isSum {
		bits += a.bits
	}
	l.pushSum(a.local, bits, op == wasm.OpI64Add)
	return true
}

// pair emits a numeric instruction together with the last instruction, if that computed one of its operands, a and b, and there is
// an instruction that does both.
func (l *lowerer) pair(op wasm.Op, a, b operand) bool {
	second, other := true, a
	at, w, spec := l.writes(b)
	if spec == nil {
		second, other = false, b
		at, w, spec = l.writes(a)
	}
	if spec == nil || other.place != inLocal && other.place != inHome || !l.fuses(Pairs) {
		return false
	}
	both := follow(w, isa.Follow{Then: op, Second: second && !isa.Commutes(op) && planted.Selected != planted.PairOrder})
	if both == isa.Exit {
		return false
	}
	from, imm := l.low(other), l.immOf(at, spec)
	switch {
	case spec.How == isa.Load:
		if !spec.Plus {
			imm = uint64(w.B()) << 32
		}
		l.again(at, isa.Word(both, uint16(l.free), from, w.A()), imm) // the load is what may trap
	case spec.How == isa.Fetch:
		l.again(at, isa.Word(both, uint16(l.free), w.A(), w.B()), imm)
		l.code.Words = append(l.code.Words, uint64(from))
	case spec.Const:
		l.takeBack(at)
		l.emitImm(isa.Word(both, uint16(l.free), w.A(), from), imm)
	default:
		l.takeBack(at)
		l.emitImm(isa.Word(both, uint16(l.free), w.A(), w.B()), uint64(from))
	}
	l.push()
	return true
}

// again emits an instruction in place of the one at a word, which is the last, for the same WebAssembly instruction.
func (l *lowerer) again(at int, w, imm uint64) {
	offset := l.offset
	if first := l.takeBack(at); planted.Selected != planted.TrapPlace {
		l.offset = first
	}
	l.emitImm(w, imm)
	l.offset = offset
}

// pairConst is pair for an instruction whose second operand is a constant.
func (l *lowerer) pairConst(op wasm.Op, a operand, bits uint64) bool {
	at, w, spec := l.writes(a)
	if spec == nil || !l.fuses(Pairs) {
		return false
	}
	both, imm := follow(w, isa.Follow{Then: op, Tail: true}), l.immOf(at, spec)
	if both == isa.Exit {
		return false
	}
	if spec.How == isa.Load {
		l.again(at, isa.Word(both, l.push(), w.A(), w.B()), bits)
		return true
	}
	if spec.Const {
		if op.Operands().Params[0] == wasm.I64 && (!short(imm) || !short(bits)) {
			return false
		}
		imm, bits = 0, imm&math.MaxUint32|bits<<32
	}
	l.takeBack(at)
	l.emitImm(isa.Word(both, l.push(), w.A(), w.B()), bits)
	return true
}

// putTwo emits a store together with the last instruction, if that computed the value v and there is an instruction that does both.
// a and add are its address.
func (l *lowerer) putTwo(store wasm.Op, v operand, a uint16, imm uint64) bool {
	at, w, spec := l.writes(v)
	if spec == nil {
		return false
	}
	both, konst := follow(w, isa.Follow{Then: store}), l.immOf(at, spec)
	switch {
	case both == isa.Exit:
		return false
	case spec.How == isa.Load:
		return l.fuses(Moves) && l.moveTwo(both, at, w, a, imm)
	case !l.fuses(Puts):
		return false
	}
	l.takeBack(at)
	if !spec.Const {
		l.emitImm(isa.Word(both, w.B(), a, w.A()), imm)
		return true
	}
	l.emitImm(isa.Word(both, 0, a, w.A()), imm)
	l.code.Words = append(l.code.Words, konst)
	return true
}

// moveTwo is putTwo for a load, w at a word, which can trap too: it has a place of its own.
func (l *lowerer) moveTwo(both isa.Op, at int, w isa.Inst, a uint16, imm uint64) bool {
	from := uint64(w.B()) << 32
	if spec := w.Op().Spec(); spec.Plus {
		from = l.immOf(at, spec)
	}
	l.again(at, isa.Word(both, a, w.A(), 0), from)
	l.code.Pos = append(l.code.Pos, isa.Pos{Word: uint32(len(l.code.Words) - 1), Offset: l.offset})
	l.code.Words = append(l.code.Words, imm)
	return true
}

// immOf returns the immediate word of the instruction at a word, 0 if it has none.
func (l *lowerer) immOf(at int, spec *isa.Spec) uint64 {
	if spec.Shape.Imm == isa.NoImm {
		return 0
	}
	return l.code.Words[at+1]
}

// follow returns the instruction that does the work of first and of the one that want describes, or Exit if there is none.
func follow(first isa.Inst, want isa.Follow) isa.Op {
	for _, f := range isa.Follows[first.Op()] {
		want.Op = f.Op
		if f == want {
			return f.Op
		}
	}
	return isa.Exit
}

// wrap lowers i32.wrap_i64: the low half of what there is.
func (l *lowerer) wrap() {
	o := l.pop()
	switch {
	case !l.fuses(Wraps):
		a := l.slot(o)
		l.emit(isa.Word(isa.Of[wasm.OpI32WrapI64].Plain, l.push(), a, 0))
	case o.place == isConst:
		l.pushConst(uint64(uint32(o.bits)))
	case o.place == isSum:
		l.pushSum(o.local, o.bits, planted.Selected == planted.WrapSum)
	default:
		o.wide = true
		l.pushAgain(o)
	}
}

// extend lowers i64.extend_i32_u: an i32 is zero-extended in its slot.
func (l *lowerer) extend() {
	o := l.pop()
	if !l.fuses(Wraps) {
		a := l.slot(o)
		l.emit(isa.Word(isa.Of[wasm.OpI64ExtendI32U].Plain, l.push(), a, 0))
		return
	}
	if o.wide && planted.Selected != planted.WrapLost || o.place == isSum {
		l.slot(o)
		o = operand{home: o.home, width: 1}
	}
	o.wide = o.wide && planted.Selected != planted.WrapLost
	l.pushAgain(o)
}
