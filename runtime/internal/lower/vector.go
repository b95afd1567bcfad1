package lower

import (
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// vector lowers an instruction with vectors among its operands or results. There is one register form of each, and its
// shape says where operands, lanes and constants go.
func (l *lowerer) vector(in *wasm.Instr) {
	op, sig := isa.Of[in.Op].Plain, in.Op.Operands()
	shape := op.Spec().Shape
	var slots [3]uint16
	for i := len(sig.Params) - 1; i >= 0; i-- {
		slots[i] = l.popSlot()
	}
	d, a, b := uint16(0), slots[0], slots[1]
	if shape.B == isa.Lane {
		b = uint16(in.Lane)
	}
	if len(sig.Results) > 0 {
		d = l.pushType(sig.Results[0])
	}
	at := l.emit(isa.Word(op, d, a, b))
	switch shape.Imm {
	case isa.Slot2:
		l.code.Words = append(l.code.Words, uint64(slots[2]))
	case isa.LaneIndex:
		if planted.Selected == planted.ReplaceLane {
			in.Lane &= 7
		}
		l.code.Words = append(l.code.Words, uint64(in.Lane))
	case isa.DispLane:
		if planted.Selected == planted.StoreLane && in.Imm[1] > 0 {
			in.Lane = 0
		}
		l.code.Words = append(l.code.Words, in.Imm[1]|uint64(in.Lane)<<32)
	case isa.Halves, isa.LaneIndexes:
		l.code.Words = append(l.code.Words, in.Imm[0], in.Imm[1])
	}
	l.last = at
}
