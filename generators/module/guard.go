package module

import (
	"math"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// guard changes the last operand on the stack so that o does not trap. Which guard is needed follows from the traps
// of its row: a division guards its divisor, a conversion its operand.
func (b *body) guard(o wasm.Op) {
	params := o.Operands().Params
	if slices.Contains(o.Info().Traps, wasm.DivideByZero) {
		b.guardDivisor(params[1])
		return
	}
	b.guardConversion(params[0], o.Operands().Results[0], strings.HasSuffix(o.Info().Name, "_u"))
}

// guardDivisor replaces the divisors 0 and -1 by 1: (t+1 <u 2) ? 1 : t. The one is pushed after the value, so the
// condition is the other way round.
func (b *body) guardDivisor(t wasm.ValType) {
	add, cmp := wasm.OpI32Add, wasm.OpI32GeU
	if t == wasm.I64 {
		add, cmp = wasm.OpI64Add, wasm.OpI64GeU
	}
	s := b.scratch[t]
	b.op(wasm.OpLocalTee, s)
	b.op(constOps[t], 1)
	b.op(wasm.OpLocalGet, s)
	b.op(constOps[t], 1)
	b.op(add)
	b.op(constOps[t], 2)
	b.op(cmp)
	b.op(wasm.OpSelect)
}

// guardConversion replaces a float outside the range of the integer type by 1.
func (b *body) guardConversion(from, to wasm.ValType, unsigned bool) {
	bits := 32
	if to == wasm.I64 {
		bits = 64
	}
	low, high := -math.Ldexp(1, bits-1), math.Ldexp(1, bits-1)
	if unsigned {
		low, high = -0.75, math.Ldexp(1, bits)
	}
	ge, lt := wasm.OpF64Ge, wasm.OpF64Lt
	constant := math.Float64bits
	if from == wasm.F32 {
		ge, lt = wasm.OpF32Ge, wasm.OpF32Lt
		constant = func(f float64) uint64 { return uint64(math.Float32bits(float32(f))) }
	}
	s := b.scratch[from]
	b.op(wasm.OpLocalTee, s)
	b.op(constOps[from], constant(1))
	b.op(wasm.OpLocalGet, s)
	b.op(constOps[from], constant(low))
	b.op(ge)
	b.op(wasm.OpLocalGet, s)
	b.op(constOps[from], constant(high))
	b.op(lt)
	b.op(wasm.OpI32And)
	b.op(wasm.OpSelect)
}

// address appends an address for an access of the given width and returns the immediates. In one of a few cases the
// access touches the last byte of the memory that the module begins with.
func (b *body) address(width uint8, height int) (align, offset uint64) {
	for 1<<(align+1) <= width {
		align++
	}
	if align > 0 {
		align -= uint64(b.t.Intn(int(align) + 1))
	}
	size := b.g.memory.Limits.Min * wasm.PageSize
	mask := uint32(0x7fff)
	switch k := b.t.Byte(); {
	case k < 96:
		offset = uint64(k % 16)
		if k&32 == 0 {
			mask = patternBytes - 1
		}
	case k < 128:
		offset = uint64(b.t.Uint16()) % (size - 0x8010)
	case k < 160:
		// The last bytes, as an operand or as an offset; one byte further if traps are wanted.
		at := size - uint64(width)
		if b.g.traps && k >= 152 {
			at++
		}
		if k&1 == 0 {
			b.i32(uint32(at))
			return align, 0
		}
		b.i32(0)
		return align, at
	case k < 163 && b.g.traps:
		offset = math.MaxUint32 - uint64(k%2)
	}
	if b.g.unguarded() {
		b.expr(wasm.I32, height+1)
		return align, offset
	}
	b.expr(wasm.I32, height+1)
	b.i32(mask)
	b.op(wasm.OpI32And)
	return align, offset
}

// within appends an i32 from 0 to limit, or 0 if limit is 0.
func (b *body) within(limit uint64, height int) {
	mask := uint32(0)
	for uint64(mask)*2+1 <= limit {
		mask = mask*2 + 1
	}
	if mask == 0 {
		b.i32(0)
		return
	}
	b.expr(wasm.I32, height)
	b.i32(mask)
	b.op(wasm.OpI32And)
}
