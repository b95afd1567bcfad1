package evaluator

import (
	"math"
	"math/big"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// convert holds the conversions (section 4.3.4) by the pattern of their names. Each makes bits of one shape of those of another, for
// numbers and for lanes.
var convert = map[string]func(to, from shape, a uint64) uint64{
	"wrap_*":        func(to, _ shape, a uint64) uint64 { return a & mask(to.width) },
	"extend_*_s":    func(to, from shape, a uint64) uint64 { return extendS(from.width, to.width, a) },
	"extend_*_u":    func(to, from shape, a uint64) uint64 { return extendU(from.width, to.width, a) },
	"reinterpret_*": func(_, _ shape, a uint64) uint64 { return a },
	"promote_*":     func(to, from shape, a uint64) uint64 { return fromFloat(to.width, toFloat(from.width, a)) },
	"demote_*":      func(to, from shape, a uint64) uint64 { return fromFloat(to.width, toFloat(from.width, a)) },
	"convert_*_s":   func(to, from shape, a uint64) uint64 { return convertBig(to, big.NewInt(signed(from.width, a))) },
	"convert_*_u":   func(to, _ shape, a uint64) uint64 { return convertBig(to, new(big.Int).SetUint64(a)) },
	"trunc_*_s":     func(to, from shape, a uint64) uint64 { return truncate(to.width, true, toFloat(from.width, a)) },
	"trunc_*_u":     func(to, from shape, a uint64) uint64 { return truncate(to.width, false, toFloat(from.width, a)) },
	"trunc_sat_*_s": func(to, from shape, a uint64) uint64 { return truncateSat(to.width, true, toFloat(from.width, a)) },
	"trunc_sat_*_u": func(to, from shape, a uint64) uint64 { return truncateSat(to.width, false, toFloat(from.width, a)) },
}

// convertBig rounds an integer to the nearest float, ties to even, once.
func convertBig(to shape, x *big.Int) uint64 {
	if to.width == 32 {
		f, _ := new(big.Float).SetInt(x).Float32()
		return uint64(math.Float32bits(f))
	}
	f, _ := new(big.Float).SetInt(x).Float64()
	return math.Float64bits(f)
}

// bounds returns the least and the greatest integer of n bits.
func bounds(n int, isSigned bool) (least, most *big.Int) {
	power := func(n int) *big.Int { return new(big.Int).Lsh(big.NewInt(1), uint(n)) }
	if isSigned {
		half := power(n - 1)
		return new(big.Int).Neg(half), new(big.Int).Sub(half, big.NewInt(1))
	}
	return new(big.Int), new(big.Int).Sub(power(n), big.NewInt(1))
}

// wrapBig returns the n bits of an integer that n bits can represent.
func wrapBig(n int, x *big.Int) uint64 {
	modulus := new(big.Int).Lsh(big.NewInt(1), uint(n))
	return new(big.Int).Mod(x, modulus).Uint64()
}

// truncate makes an integer of n bits of a float, or traps.
func truncate(n int, isSigned bool, x float64) uint64 {
	switch {
	case math.IsNaN(x):
		panic(wasm.InvalidConversion)
	case math.IsInf(x, 0):
		panic(wasm.IntegerOverflow)
	}
	z, _ := big.NewFloat(x).Int(nil) // towards zero
	least, most := bounds(n, isSigned)
	if z.Cmp(least) < 0 || z.Cmp(most) > 0 {
		panic(wasm.IntegerOverflow)
	}
	return wrapBig(n, z)
}

// truncateSat makes the closest integer of n bits of a float, and 0 of a NaN.
func truncateSat(n int, isSigned bool, x float64) uint64 {
	least, most := bounds(n, isSigned)
	switch {
	case math.IsNaN(x):
		return 0
	case math.IsInf(x, -1):
		return wrapBig(n, least)
	case math.IsInf(x, 1):
		return wrapBig(n, most)
	}
	z, _ := big.NewFloat(x).Int(nil)
	if z.Cmp(least) < 0 {
		z = least
	}
	if z.Cmp(most) > 0 {
		z = most
	}
	return wrapBig(n, z)
}

// conversions finds the meanings of conversions between numbers (section 4.4.1).
func conversions(on shape, op operator) *Meaning {
	f := convert[op.pattern]
	if !on.isNumber() || f == nil {
		return nil
	}
	t := on.number()
	return pure(types(op.from.number()), t, func(v []Value) Value { return Num(t, f(on, op.from, v[0].Bits)) })
}

// constants finds the meanings of i32.const and its like. The decoder has the bits of all in the same places.
func constants(on shape, op operator) *Meaning {
	if op.text != "const" {
		return nil
	}
	t := on.typ()
	return typed(nil, t, func(_ *frame, n *Node, _ []Value) Value {
		return Value{Type: t, Bits: n.Imm[0], High: n.Imm[1]}
	})
}
