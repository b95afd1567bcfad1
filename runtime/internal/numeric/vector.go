package numeric

import "github.com/touchstone-wasm/touchstone/runtime/planted"

// V128 is a vector of 128 bits; lane 0 is in the lowest bits of Low.
type V128 struct{ Low, High uint64 }

// byteAt returns lane i, below 16, of 16 lanes.
func (v V128) byteAt(i uint8) uint64 {
	if i < 8 {
		return v.Low >> (8 * i) & 0xff
	}
	return v.High >> (8 * (i - 8)) & 0xff
}

// gather makes a vector of 16 lanes.
func gather(lane func(i uint8) uint64) (v V128) {
	for i := range uint8(8) {
		v.Low |= lane(i) << (8 * i)
		v.High |= lane(i+8) << (8 * i)
	}
	return v
}

// Shuffle takes the lanes of a and b that c names: 0 to 15 are those of a, 16 to 31 those of b.
func Shuffle(a, b, c V128) V128 {
	return gather(func(i uint8) uint64 {
		k := uint8(c.byteAt(i))
		if planted.Selected == planted.ShuffleLast && k == 31 {
			k = 15
		}
		if k < 16 {
			return a.byteAt(k)
		}
		return b.byteAt(k & 15)
	})
}

// Swizzle takes the lanes of a that b names; those that a does not have are zero.
func Swizzle(a, b V128) V128 {
	return gather(func(i uint8) uint64 {
		k := uint8(b.byteAt(i))
		if planted.Selected == planted.SwizzleWrap && k < 128 {
			k &= 15
		}
		if k >= 16 {
			return 0
		}
		return a.byteAt(k)
	})
}
