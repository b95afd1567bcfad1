package module

import (
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// vector appends a vector instruction and its operands, from its row in the opcode table.
func (b *body) vector(o wasm.Op, height int) {
	info, sig := o.Info(), o.Operands()
	if info.Lanes.Form == wasm.LaneShift {
		b.expr(sig.Params[0], height+1)
		b.shiftAmount(uint32(info.Lanes.Width), height+1)
	} else {
		b.exprs(sig.Params, height+1)
	}
	b.vectorOp(o)
}

// vectorOp appends a vector instruction whose operands are there. What it returns that the specification leaves open is made
// canonical.
func (b *body) vectorOp(o wasm.Op) {
	in := wasm.Instr{Op: o}
	for _, kind := range o.Info().Imms {
		switch kind {
		case wasm.ImmLane:
			in.Lane = b.laneIndex(o)
		case wasm.ImmLanes:
			in.Imm[0], in.Imm[1] = lanePattern(b.t)
			in.Imm[0] &= shuffleMask
			in.Imm[1] &= shuffleMask
		}
	}
	b.code = wasm.AppendInstr(b.code, &in)
	if bits := o.OpenLanes(); bits != 0 && !b.g.opts.RawNaN {
		b.canonicaliseLanes(bits)
	}
}

// shuffleMask brings eight lane indexes of a shuffle below 32.
const shuffleMask = 0x1f1f1f1f1f1f1f1f

// laneIndex reads the index of a lane that o can name.
func (b *body) laneIndex(o wasm.Op) uint8 { return uint8(b.t.Intn(o.Info().Lanes.Count())) }

// lane appends an instruction with the index of a lane.
func (b *body) lane(o wasm.Op, lane uint8) {
	b.code = wasm.AppendInstr(b.code, &wasm.Instr{Op: o, Lane: lane})
}

// access appends a load or a store, with the index of a lane if it has one.
func (b *body) access(o wasm.Op, align, offset uint64) {
	in := wasm.Instr{Op: o, Imm: [2]uint64{align, offset}}
	if c := o.Info().Class; c == wasm.ClassLoadLane || c == wasm.ClassStoreLane {
		in.Lane = b.laneIndex(o)
	}
	b.code = wasm.AppendInstr(b.code, &in)
}

// shiftAmount appends an i32 by which lanes of a width are shifted: often one at a bound, since it is taken modulo the width.
func (b *body) shiftAmount(width uint32, height int) {
	if !b.t.Chance(128) {
		b.expr(wasm.I32, height)
		return
	}
	b.i32(tape.Pick(b.t, []uint32{0, width, width + 1, width - 1, 1, 2*width - 1, 1 << 31, 1<<32 - 1}))
}

// canonicaliseLanes replaces the NaNs among the lanes of the vector on the stack by the canonical NaN.
func (b *body) canonicaliseLanes(bits int) {
	nan, eq := uint64(nan32<<32|nan32), wasm.OpF32x4Eq
	if bits == 64 {
		nan, eq = nan64, wasm.OpF64x2Eq
	}
	s := b.scratch[wasm.V128]
	b.op(wasm.OpLocalTee, s)
	b.op(wasm.OpV128Const, nan, nan)
	b.op(wasm.OpLocalGet, s)
	b.op(wasm.OpLocalGet, s)
	b.op(eq)
	b.op(wasm.OpV128Bitselect)
}

// foldVector folds the halves of the vector on the stack.
func (b *body) foldVector() {
	s := b.scratch[wasm.V128]
	b.op(wasm.OpLocalTee, s)
	b.lane(wasm.OpI64x2ExtractLane, 0)
	b.fold(wasm.I64)
	b.op(wasm.OpLocalGet, s)
	b.lane(wasm.OpI64x2ExtractLane, 1)
	b.fold(wasm.I64)
}
