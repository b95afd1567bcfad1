package numeric

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Truncations check the range first, because what Go's conversion gives outside of it depends on the processor. The
// bounds are the floats next to the range of the integer, or its ends where the float has no digits for the
// neighbour; every bound is exact in its type.

// I32TruncF32S truncates to a signed integer.
func I32TruncF32S(a float32) (int32, wasm.TrapCode) {
	if a != a {
		return 0, wasm.InvalidConversion
	}
	if a < -1<<31 || a >= 1<<31 {
		return 0, wasm.IntegerOverflow
	}
	return int32(a), wasm.NoTrap
}

// I32TruncSatF32S truncates to a signed integer; NaN becomes 0, and values out of range become its nearest end.
func I32TruncSatF32S(a float32) int32 {
	if a != a {
		return 0
	}
	if a < -1<<31 {
		return math.MinInt32
	}
	if a >= 1<<31 {
		return math.MaxInt32
	}
	return int32(a)
}

// I32TruncF32U truncates to an unsigned integer.
func I32TruncF32U(a float32) (uint32, wasm.TrapCode) {
	if a != a {
		return 0, wasm.InvalidConversion
	}
	if a <= -1 || a >= 1<<32 || planted.Selected == planted.TruncNegative && a < 0 {
		return 0, wasm.IntegerOverflow
	}
	return uint32(a), wasm.NoTrap
}

// I32TruncSatF32U truncates to an unsigned integer; NaN becomes 0, and values out of range become its nearest end.
func I32TruncSatF32U(a float32) uint32 {
	if a != a {
		return 0
	}
	if a <= -1 {
		return 0
	}
	if a >= 1<<32 {
		return math.MaxUint32
	}
	return uint32(a)
}

// I32TruncF64S truncates to a signed integer.
func I32TruncF64S(a float64) (int32, wasm.TrapCode) {
	if a != a {
		return 0, wasm.InvalidConversion
	}
	if a <= -1<<31-1 || a >= 1<<31 || planted.Selected == planted.TruncateEdge && a < -1<<31 {
		return 0, wasm.IntegerOverflow
	}
	return int32(a), wasm.NoTrap
}

// I32TruncSatF64S truncates to a signed integer; NaN becomes 0, and values out of range become its nearest end.
func I32TruncSatF64S(a float64) int32 {
	if a != a {
		return 0
	}
	if a <= -1<<31-1 {
		return math.MinInt32
	}
	if a >= 1<<31 {
		return math.MaxInt32
	}
	return int32(a)
}

// I32TruncF64U truncates to an unsigned integer.
func I32TruncF64U(a float64) (uint32, wasm.TrapCode) {
	if a != a {
		return 0, wasm.InvalidConversion
	}
	if a <= -1 || a >= 1<<32 {
		return 0, wasm.IntegerOverflow
	}
	return uint32(a), wasm.NoTrap
}

// I32TruncSatF64U truncates to an unsigned integer; NaN becomes 0, and values out of range become its nearest end.
func I32TruncSatF64U(a float64) uint32 {
	if a != a {
		return 0
	}
	if a <= -1 {
		return 0
	}
	if a >= 1<<32 {
		return math.MaxUint32
	}
	return uint32(a)
}

// I64TruncF32S truncates to a signed integer.
func I64TruncF32S(a float32) (int64, wasm.TrapCode) {
	if a != a {
		return 0, wasm.InvalidConversion
	}
	if a < -1<<63 || a >= 1<<63 {
		return 0, wasm.IntegerOverflow
	}
	return int64(a), wasm.NoTrap
}

// I64TruncSatF32S truncates to a signed integer; NaN becomes 0, and values out of range become its nearest end.
func I64TruncSatF32S(a float32) int64 {
	if a != a {
		return 0
	}
	if a < -1<<63 {
		return math.MinInt64
	}
	if a >= 1<<63 {
		return math.MaxInt64
	}
	return int64(a)
}

// I64TruncF32U truncates to an unsigned integer.
func I64TruncF32U(a float32) (uint64, wasm.TrapCode) {
	if a != a {
		return 0, wasm.InvalidConversion
	}
	if a <= -1 || a >= 1<<64 {
		return 0, wasm.IntegerOverflow
	}
	return uint64(a), wasm.NoTrap
}

// I64TruncSatF32U truncates to an unsigned integer; NaN becomes 0, and values out of range become its nearest end.
func I64TruncSatF32U(a float32) uint64 {
	if a != a {
		return 0
	}
	if planted.Selected == planted.SaturateUnsigned && a >= 1<<63 {
		return math.MaxInt64
	}
	if a <= -1 {
		return 0
	}
	if a >= 1<<64 {
		return math.MaxUint64
	}
	return uint64(a)
}

// I64TruncF64S truncates to a signed integer.
func I64TruncF64S(a float64) (int64, wasm.TrapCode) {
	if a != a {
		return 0, wasm.InvalidConversion
	}
	if a < -1<<63 || a >= 1<<63 {
		return 0, wasm.IntegerOverflow
	}
	return int64(a), wasm.NoTrap
}

// I64TruncSatF64S truncates to a signed integer; NaN becomes 0, and values out of range become its nearest end.
func I64TruncSatF64S(a float64) int64 {
	if a != a {
		return 0
	}
	if a < -1<<63 {
		return math.MinInt64
	}
	if a >= 1<<63 {
		return math.MaxInt64
	}
	return int64(a)
}

// I64TruncF64U truncates to an unsigned integer.
func I64TruncF64U(a float64) (uint64, wasm.TrapCode) {
	if a != a {
		return 0, wasm.InvalidConversion
	}
	if a <= -1 || a >= 1<<64 {
		return 0, wasm.IntegerOverflow
	}
	return uint64(a), wasm.NoTrap
}

// I64TruncSatF64U truncates to an unsigned integer; NaN becomes 0, and values out of range become its nearest end.
func I64TruncSatF64U(a float64) uint64 {
	if a != a {
		return 0
	}
	if a <= -1 {
		return 0
	}
	if a >= 1<<64 {
		return math.MaxUint64
	}
	return uint64(a)
}
