package module

import (
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// constants are the values worth trying, by type: zeros, ones, limits and their neighbours, and for floats the subnormals,
// infinities, the bounds of the conversions to integers, and NaNs, quiet and signalling, with payloads.
var constants = map[wasm.ValType][]uint64{
	wasm.I32: {
		0, 1, 0xffffffff, 2, 0x7fffffff, 0x80000000, 0x80000001, 31, 32, 33, 63, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000,
		0xffff, 0x10000, 0xfffffffe, 0x55555555, 0xaaaaaaaa, 0x01020304,
	},
	wasm.I64: {
		0, 1, 0xffffffffffffffff, 2, 0x7fffffffffffffff, 0x8000000000000000, 0x8000000000000001, 31, 32, 63, 64, 65,
		0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0xffffffff80000000,
		0xfffffffffffffffe, 0x0102030405060708,
	},
	wasm.F32: {
		0, 0x3f800000, 0x80000000, 0xbf800000, 0x00000001, 0x80000001, 0x007fffff, 0x00800000, 0x7f7fffff, 0xff7fffff,
		0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7fc00123, 0x7f800001, 0xffa00000, 0x3f000000, 0x3effffff,
		0x3fc00000, 0x40200000, 0x4b000000, 0x4b000001, 0x4f000000, 0x4effffff, 0xcf000000, 0xcf000001, 0x4f800000,
		0x5f000000, 0x5effffff, 0xdf000000, 0x5f800000,
	},
	wasm.F64: {
		0, 0x3ff0000000000000, 0x8000000000000000, 0xbff0000000000000, 1, 0x8000000000000001, 0x000fffffffffffff,
		0x0010000000000000, 0x7fefffffffffffff, 0xffefffffffffffff, 0x7ff0000000000000, 0xfff0000000000000,
		0x7ff8000000000000, 0xfff8000000000000, 0x7ff8000000000abc, 0x7ff0000000000001, 0xfff4000000000000,
		0x3fe0000000000000, 0x3fdfffffffffffff, 0x3ff8000000000000, 0x4330000000000000, 0x4330000000000001,
		0x41e0000000000000, 0x41dfffffffc00000, 0xc1e0000000000000, 0xc1e0000000200000, 0x41f0000000000000,
		0x43e0000000000000, 0x43dfffffffffffff, 0xc3e0000000000000, 0x43f0000000000000, 0x47efffffe0000000,
		0x36a0000000000000, 0x380fffffe0000000,
	},
}

// constOps is the constant instruction of each type but references.
var constOps = func() map[wasm.ValType]wasm.Op {
	m := map[wasm.ValType]wasm.Op{}
	for o, info := range wasm.Ops() {
		if info.Class == wasm.ClassConst {
			m[o.Operands().Results[0]] = o
		}
	}
	return m
}()

// interesting reads a number of type t: mostly one of the constants, else small or any.
func interesting(t *tape.Tape, typ wasm.ValType) uint64 {
	list := constants[typ]
	switch k := int(t.Byte()); {
	case k < 160:
		return list[k%len(list)]
	case k < 200:
		// Small, of either sign for integers; for floats a subnormal.
		x := uint64(int64(int8(t.Byte())))
		if typ == wasm.I64 || typ == wasm.F64 {
			return x
		}
		return x & 0xffffffff
	case k < 216:
		return list[int(t.Byte())%len(list)] ^ 1<<(t.Byte()%32)
	case typ == wasm.I64 || typ == wasm.F64:
		return t.Uint64()
	}
	return uint64(t.Uint32())
}

// appendOp appends an instruction with up to two immediates.
func appendOp(dst []byte, o wasm.Op, imm ...uint64) []byte {
	in := wasm.Instr{Op: o}
	copy(in.Imm[:], imm)
	return wasm.AppendInstr(dst, &in)
}

// appendConst appends the instruction that pushes a value of type t, which it reads from the tape; for references it
// is null.
func (g *generator) appendConst(dst []byte, t wasm.ValType) []byte {
	if t.IsRef() {
		return appendZero(dst, t)
	}
	if t.IsVector() {
		low, high := interestingVector(g.t)
		return appendOp(dst, constOps[t], low, high)
	}
	return appendOp(dst, constOps[t], interesting(g.t, t))
}

// appendZero appends the instruction that pushes the default value of type t.
func appendZero(dst []byte, t wasm.ValType) []byte {
	if t.IsRef() {
		return appendOp(dst, wasm.OpRefNull, uint64(t))
	}
	return appendOp(dst, constOps[t], 0)
}
