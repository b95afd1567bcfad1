package evaluator

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// The operators on floats (section 4.3.3). Those on f32 are computed on float64 and rounded once more at the end, which gives what one
// rounding would: 53 bits are more than twice 24 and 2, and a float64 holds every sum, difference and product of two float32 that is
// below the normal ones exactly.

// toFloat returns the value of a float of n bits.
func toFloat(n int, bits uint64) float64 {
	if n == 32 {
		return float64(math.Float32frombits(uint32(bits)))
	}
	return math.Float64frombits(bits)
}

// fromFloat rounds to the nearest float of n bits, ties to even. A NaN becomes the positive canonical one: nans_N{…} in section 4.3.3.
func fromFloat(n int, x float64) uint64 {
	switch {
	case math.IsNaN(x):
		return canonicalNaN(n)
	case n == 32:
		return uint64(math.Float32bits(float32(x)))
	}
	return math.Float64bits(x)
}

func canonicalNaN(n int) uint64 {
	if n == 32 {
		return 0x7fc00000
	}
	return 0x7ff8000000000000
}

func signBit(n int) uint64 { return 1 << (n - 1) }

var floatUnary = map[string]func(a float64) float64{
	"ceil":    math.Ceil,
	"floor":   math.Floor,
	"trunc":   math.Trunc,
	"nearest": math.RoundToEven,
	"sqrt":    math.Sqrt,
}

var floatBinary = map[string]func(a, b float64) float64{
	"add": func(a, b float64) float64 { return a + b },
	"sub": func(a, b float64) float64 { return a - b },
	"mul": func(a, b float64) float64 { return a * b },
	"div": func(a, b float64) float64 { return a / b },
	"min": func(a, b float64) float64 {
		switch {
		case math.IsNaN(a) || math.IsNaN(b):
			return math.NaN()
		case a == 0 && b == 0 && math.Signbit(b), b < a:
			return b
		}
		return a
	},
	"max": func(a, b float64) float64 {
		switch {
		case math.IsNaN(a) || math.IsNaN(b):
			return math.NaN()
		case a == 0 && b == 0 && !math.Signbit(b), b > a:
			return b
		}
		return a
	},
}

// floatBits are the operators that are defined on bits, so that they keep those of NaNs.
var floatBits = map[string]func(n int, a uint64) uint64{
	"abs": func(n int, a uint64) uint64 { return a &^ signBit(n) },
	"neg": func(n int, a uint64) uint64 { return a ^ signBit(n) },
}

// floatSelect are the operators with two operands that give bits of these.
var floatSelect = map[string]func(n int, a, b uint64) uint64{
	"copysign": func(n int, a, b uint64) uint64 { return a&^signBit(n) | b&signBit(n) },
	"pmin": func(n int, a, b uint64) uint64 {
		if toFloat(n, b) < toFloat(n, a) {
			return b
		}
		return a
	},
	"pmax": func(n int, a, b uint64) uint64 {
		if toFloat(n, a) < toFloat(n, b) {
			return b
		}
		return a
	},
}

var floatCompare = map[string]func(a, b float64) bool{
	"eq": func(a, b float64) bool { return a == b },
	"ne": func(a, b float64) bool { return a != b },
	"lt": func(a, b float64) bool { return a < b },
	"gt": func(a, b float64) bool { return a > b },
	"le": func(a, b float64) bool { return a <= b },
	"ge": func(a, b float64) bool { return a >= b },
}

// unaryFloat returns an operator on bits with one operand, or nil.
func unaryFloat(name string) func(n int, a uint64) uint64 {
	if f := floatUnary[name]; f != nil {
		return func(n int, a uint64) uint64 { return fromFloat(n, f(toFloat(n, a))) }
	}
	return floatBits[name]
}

// binaryFloat returns an operator on bits with two operands, or nil.
func binaryFloat(name string) func(n int, a, b uint64) uint64 {
	if f := floatBinary[name]; f != nil {
		return func(n int, a, b uint64) uint64 { return fromFloat(n, f(toFloat(n, a), toFloat(n, b))) }
	}
	return floatSelect[name]
}

// compareFloat returns a comparison on bits, or nil.
func compareFloat(name string) func(n int, a, b uint64) bool {
	if f := floatCompare[name]; f != nil {
		return func(n int, a, b uint64) bool { return f(toFloat(n, a), toFloat(n, b)) }
	}
	return nil
}

// floats finds the meanings of the operators on f32 and f64 (section 4.4.1).
func floats(on shape, op operator) *Meaning {
	if !on.isNumber() || !on.float {
		return nil
	}
	t, n := on.number(), on.width
	if f := unaryFloat(op.text); f != nil {
		return pure(types(t), t, func(v []Value) Value { return Num(t, f(n, v[0].Bits)) })
	}
	if f := binaryFloat(op.text); f != nil {
		return pure(types(t, t), t, func(v []Value) Value { return Num(t, f(n, v[0].Bits, v[1].Bits)) })
	}
	if f := compareFloat(op.text); f != nil {
		return pure(types(t, t), wasm.I32, func(v []Value) Value { return truth(f(n, v[0].Bits, v[1].Bits)) })
	}
	return nil
}
