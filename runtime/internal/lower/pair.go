package lower

import (
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// address leaves the addition of a constant to a local, or to such a sum, to the load or store that it is likely the address of. If
// it is for something else, that has it computed.
func (l *lowerer) address(op wasm.Op, a operand, bits uint64) bool {
	if op != wasm.OpI32Add || !a.usesLocal() || !l.fuses(Addresses) {
		return false
	}
	if a.place == isSum {
		bits += a.bits
	}
	l.pushSum(int(a.local), bits)
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
	both := follow(spec, op, second && !isa.Commutes(op))
	if both == isa.Exit {
		return false
	}
	from, imm := l.slot(other), uint64(0)
	if spec.Shape.Words() > 1 {
		imm = l.code.Words[at+1]
	}
	switch {
	case spec.How == isa.Load:
		if !spec.Plus {
			imm = uint64(w.B()) << 32
		}
		offset := l.offset
		l.offset = l.takeBack(at) // the load is what may trap
		l.emitImm(isa.Word(both, l.push(), from, w.A()), imm)
		l.offset = offset
	case spec.Const:
		l.takeBack(at)
		l.emitImm(isa.Word(both, l.push(), w.A(), from), imm)
	default:
		l.takeBack(at)
		l.emitImm(isa.Word(both, l.push(), w.A(), w.B()), uint64(from))
	}
	return true
}

// follow returns the instruction that does the work of first and then op, or Exit if there is none.
func follow(first *isa.Spec, op wasm.Op, second bool) isa.Op {
	if first.How != isa.Numeric && first.How != isa.Load || first.Sum || first.Abs {
		return isa.Exit
	}
	for _, f := range isa.Follows[first.Wasm] {
		if f.Then == op && f.Const == first.Const && f.Second == second {
			return f.Op
		}
	}
	return isa.Exit
}
