package matrix

import (
	"math"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// value is the bits of a number, or of a vector in two halves.
type value struct{ low, high uint64 }

// integers returns the boundary values of integers of a width, of 8 bits or more: what pairs are made of. Others, for instructions
// with one operand, follow in odd.
func integers(width int) []uint64 {
	w, mask := uint64(width), ^uint64(0)>>(64-width)
	least := uint64(1) << (w - 1)
	list := []uint64{0, 1, mask, least, least - 1, 2, least + 1, mask - 1, w - 1, w, w + 1, 3, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff,
		0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 1 << 32, 0xffffffff80000000, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa, 0x0123456789abcdef}
	return distinct(list, mask)
}

// odd returns integers that conversions to floats round: halfway between two floats of 24 or 53 bits, and beside that.
func odd(width int) (list []uint64) {
	for _, digits := range []int{24, 53} {
		for _, top := range []int{digits, width - 2, width - 1} {
			half := uint64(1) << max(top-digits, 0)
			for _, x := range []uint64{half, half - 1, half + 1, 3 * half, 3*half + 1, 3*half - 1} {
				list = append(list, uint64(1)<<top|x, -(uint64(1)<<top | x))
			}
		}
	}
	return distinct(list, ^uint64(0)>>(64-width))
}

// floats returns the boundary values of floats, of 32 or 64 bits, both signs of each.
func floats(width int, nans bool) (list []uint64) {
	bits, next := math.Float64bits, func(f float64) float64 { return math.Nextafter(f, 0) }
	inf, quiet, signalling := uint64(0x7ff)<<52, uint64(0x7ff8)<<48, uint64(0x7ff4)<<48
	least, normal, top := math.SmallestNonzeroFloat64, 0x1p-1022, math.MaxFloat64
	if width == 32 {
		bits = func(f float64) uint64 { return uint64(math.Float32bits(float32(f))) }
		next = func(f float64) float64 { return float64(math.Nextafter32(float32(f), 0)) }
		inf, quiet, signalling = 0x7f800000, 0x7fc00000, 0x7fa00000
		least, normal, top = math.SmallestNonzeroFloat32, 0x1p-126, math.MaxFloat32
	}
	for _, f := range []float64{0, 1, 0.5, 1.5, 2.5, least, top, next(0.5), normal, next(normal), 3.5, 0x1p31, next(0x1p31), 0x1p63} {
		list = append(list, bits(f), bits(-f))
	}
	sign := uint64(1) << (width - 1)
	list = append(list, inf, inf|sign)
	if nans {
		list = append(list, quiet, quiet|sign, quiet|0x123, signalling, signalling|sign)
	}
	return distinct(list, ^uint64(0)>>(64-width))
}

// fractions returns floats for instructions with one operand: the bounds of conversions to integers and to fewer bits, halves, and what
// is beside them.
func fractions(width int) (list []uint64) {
	add := func(f float64) {
		for _, f := range []float64{f, -f, math.Nextafter(f, 0), -math.Nextafter(f, 0), math.Nextafter(f, 2*f), -math.Nextafter(f, 2*f)} {
			if width == 64 {
				list = append(list, math.Float64bits(f))
			} else {
				list = append(list, uint64(math.Float32bits(float32(f))))
			}
		}
	}
	for _, top := range []float64{0x1p7, 0x1p8, 0x1p15, 0x1p16, 0x1p31, 0x1p32, 0x1p63, 0x1p64, 0x1p23, 0x1p24, 0x1p52, 0x1p53} {
		for _, by := range []float64{-1, -0.5, 0, 0.5, 1} {
			add(top + by)
		}
	}
	for _, f := range []float64{1 + 0x1p-24, 1 + 3*0x1p-24, 0x1.fffffep127 + 0x1p103, 0x1p-149, 0x1p-150, 3 * 0x1p-150, 0x1p-126, 0.5, 1, 1.5, 2.5, 4.5} {
		add(f)
	}
	return distinct(list, ^uint64(0)>>(64-width))
}

// distinct returns values cut off to a mask, without what occurs twice.
func distinct(list []uint64, mask uint64) (out []uint64) {
	for _, v := range list {
		if v &= mask; !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// numbers returns the boundary values of a type of numbers; long adds those for instructions with one operand.
func (b *builder) numbers(t wasm.ValType, long bool) (list []uint64) {
	width := 32
	if t == wasm.I64 || t == wasm.F64 {
		width = 64
	}
	return b.lanes(width, t.IsFloat(), long)
}

// lanes returns the boundary values of lanes of a width, and those that the input has.
func (b *builder) lanes(width int, float, long bool) (list []uint64) {
	mask := ^uint64(0) >> (64 - width)
	if float {
		list = floats(width, !b.opts.NoNaN)
	} else {
		list = integers(width)
	}
	if long && width >= 32 && float {
		list = append(list, fractions(width)...)
	} else if long && width >= 32 {
		list = append(list, odd(width)...)
	}
	for _, x := range b.own {
		if !float || !b.opts.NoNaN || !isNaN(x&mask, width) {
			list = append(list, x&mask)
		}
	}
	return distinct(list, mask)
}

func isNaN(bits uint64, width int) bool {
	if width == 32 {
		return bits&0x7fffffff > 0x7f800000
	}
	return bits&^(1<<63) > 0x7ff<<52
}

// vectors packs lanes: the first lane of the next vector is step values after that of the one before. With as many as there are lanes,
// each value occurs once; with 1, each value occurs in each lane, so that all pairs of values meet.
func vectors(lanes []uint64, width, step int) (list []value) {
	n := 128 / width
	for first := 0; first < len(lanes); first += step {
		var v value
		for i := range n {
			x, at := lanes[(first+i)%len(lanes)], i*width
			if at < 64 {
				v.low |= x << at
			} else {
				v.high |= x << (at - 64)
			}
		}
		list = append(list, v)
	}
	return list
}

// uniform returns for each value the vector that has it in all lanes: what is summed up over lanes is largest then.
func uniform(list []uint64, width int) (out []value) {
	for _, x := range list {
		out = append(out, vectors([]uint64{x}, width, 1)...)
	}
	return out
}
