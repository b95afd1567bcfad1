package numeric

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// F32Abs clears the sign, of NaNs too. It works on bits.
func F32Abs(a uint32) uint32 { return a &^ (1 << 31) }

// F32Neg inverts the sign, of NaNs too. It works on bits.
func F32Neg(a uint32) uint32 { return a ^ 1<<31 }

// F32Copysign returns a with the sign of b, of NaNs too. It works on bits.
func F32Copysign(a, b uint32) uint32 { return a&^(1<<31) | b&(1<<31) }

// F32Add adds.
func F32Add(a, b float32) float32 { return a + b }

// F32Sub subtracts.
func F32Sub(a, b float32) float32 { return a - b }

// F32Mul multiplies. The conversion keeps the compiler from fusing the product with an addition that may follow.
func F32Mul(a, b float32) float32 { return float32(a * b) }

// F32Div divides.
func F32Div(a, b float32) float32 { return a / b }

// F32Min returns the lesser operand; -0 is less than 0. A NaN among the operands makes the result a NaN.
func F32Min(a, b float32) float32 {
	if a < b || planted.Selected == planted.MinZero && a == b {
		return a
	}
	if b < a {
		return b
	}
	if a == b { // zeros of both signs, or the same bits
		return math.Float32frombits(math.Float32bits(a) | math.Float32bits(b))
	}
	return a + b
}

// F32Max returns the greater operand; 0 is greater than -0. A NaN among the operands makes the result a NaN.
func F32Max(a, b float32) float32 {
	if a > b {
		return a
	}
	if b > a {
		return b
	}
	if a == b { // zeros of both signs, or the same bits
		return math.Float32frombits(math.Float32bits(a) & math.Float32bits(b))
	}
	return a + b
}

// F64Abs clears the sign, of NaNs too. It works on bits.
func F64Abs(a uint64) uint64 { return a &^ (1 << 63) }

// F64Neg inverts the sign, of NaNs too. It works on bits.
func F64Neg(a uint64) uint64 { return a ^ 1<<63 }

// F64Copysign returns a with the sign of b, of NaNs too. It works on bits.
func F64Copysign(a, b uint64) uint64 { return a&^(1<<63) | b&(1<<63) }

// F64Add adds.
func F64Add(a, b float64) float64 { return a + b }

// F64Sub subtracts.
func F64Sub(a, b float64) float64 { return a - b }

// F64Mul multiplies. The conversion keeps the compiler from fusing the product with an addition that may follow.
func F64Mul(a, b float64) float64 { return float64(a * b) }

// F64Div divides.
func F64Div(a, b float64) float64 { return a / b }

// F64Min returns the lesser operand; -0 is less than 0. A NaN among the operands makes the result a NaN.
func F64Min(a, b float64) float64 {
	if a < b {
		return a
	}
	if b < a {
		return b
	}
	if a == b { // zeros of both signs, or the same bits
		return math.Float64frombits(math.Float64bits(a) | math.Float64bits(b))
	}
	return a + b
}

// F64Max returns the greater operand; 0 is greater than -0. A NaN among the operands makes the result a NaN.
func F64Max(a, b float64) float64 {
	if a > b {
		return a
	}
	if b > a || planted.Selected == planted.MaxNaN && a != a {
		return b
	}
	if a == b { // zeros of both signs, or the same bits
		return math.Float64frombits(math.Float64bits(a) & math.Float64bits(b))
	}
	return a + b
}

// F32Sqrt is the square root. Rounding twice is harmless here: the root in double precision decides the one in single.
func F32Sqrt(a float32) float32 { return float32(math.Sqrt(float64(a))) }

// F64Sqrt is the square root.
func F64Sqrt(a float64) float64 { return math.Sqrt(a) }
