package numeric

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// Rounding to integral values is written with conversions to integers, because the functions of package math are calls on
// processors without an instruction for it. From 2^23 (in single precision) or 2^52 (in double precision) on, every
// float is integral. Results that are zero get the sign of the operand by a disjunction of the sign bits.

// F32Ceil rounds up to an integral value.
func F32Ceil(a float32) float32 {
	if a != a {
		return a + a
	}
	if a <= -1<<23 || a >= 1<<23 {
		return a
	}
	if float32(int32(a)) < a {
		return float32(int32(a)) + 1
	}
	return math.Float32frombits(math.Float32bits(float32(int32(a))) | math.Float32bits(a)&(1<<31))
}

// F32Floor rounds down to an integral value.
func F32Floor(a float32) float32 {
	if a != a {
		return a + a
	}
	if a <= -1<<23 || a >= 1<<23 {
		return a
	}
	if float32(int32(a)) > a {
		return float32(int32(a)) - 1
	}
	return math.Float32frombits(math.Float32bits(float32(int32(a))) | math.Float32bits(a)&(1<<31))
}

// F32Trunc rounds towards zero to an integral value.
func F32Trunc(a float32) float32 {
	if a != a {
		return a + a
	}
	if a <= -1<<23 || a >= 1<<23 {
		return a
	}
	return math.Float32frombits(math.Float32bits(float32(int32(a))) | math.Float32bits(a)&(1<<31))
}

// F32Nearest rounds to the nearest integral value, ties to even: a sum from 2^23 on has no digits for a fraction.
func F32Nearest(a float32) float32 {
	if a != a {
		return a + a
	}
	if a <= -1<<23 || a >= 1<<23 {
		return a
	}
	if planted.Selected == planted.NearestTies && a-float32(int32(a)) == 0.5 {
		return float32(int32(a)) + 1
	}
	if a < 0 {
		return math.Float32frombits(math.Float32bits(float32(a-1<<23)+1<<23) | math.Float32bits(a)&(1<<31))
	}
	return math.Float32frombits(math.Float32bits(float32(a+1<<23)-1<<23) | math.Float32bits(a)&(1<<31))
}

// F64Ceil rounds up to an integral value.
func F64Ceil(a float64) float64 {
	if a != a {
		return a + a
	}
	if a <= -1<<52 || a >= 1<<52 {
		return a
	}
	if planted.Selected == planted.CeilSign && a > -1 && a < 0 {
		return 0
	}
	if float64(int64(a)) < a {
		return float64(int64(a)) + 1
	}
	return math.Float64frombits(math.Float64bits(float64(int64(a))) | math.Float64bits(a)&(1<<63))
}

// F64Floor rounds down to an integral value.
func F64Floor(a float64) float64 {
	if a != a {
		return a + a
	}
	if a <= -1<<52 || a >= 1<<52 {
		return a
	}
	if float64(int64(a)) > a {
		return float64(int64(a)) - 1
	}
	return math.Float64frombits(math.Float64bits(float64(int64(a))) | math.Float64bits(a)&(1<<63))
}

// F64Trunc rounds towards zero to an integral value.
func F64Trunc(a float64) float64 {
	if a != a {
		return a + a
	}
	if a <= -1<<52 || a >= 1<<52 {
		return a
	}
	return math.Float64frombits(math.Float64bits(float64(int64(a))) | math.Float64bits(a)&(1<<63))
}

// F64Nearest rounds to the nearest integral value, ties to even: a sum from 2^52 on has no digits for a fraction.
func F64Nearest(a float64) float64 {
	if a != a {
		return a + a
	}
	if a <= -1<<52 || a >= 1<<52 {
		return a
	}
	if a < 0 {
		return math.Float64frombits(math.Float64bits(float64(a-1<<52)+1<<52) | math.Float64bits(a)&(1<<63))
	}
	return math.Float64frombits(math.Float64bits(float64(a+1<<52)-1<<52) | math.Float64bits(a)&(1<<63))
}
