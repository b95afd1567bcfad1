package numeric

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// Saturating meanings of lanes: results out of range become the nearest end of it.

// LaneNarrow8S keeps a in the signed range of 8 bits.
func LaneNarrow8S(a int16) int8 {
	if a < math.MinInt8 {
		return math.MinInt8
	}
	if a > math.MaxInt8 {
		return math.MaxInt8
	}
	return int8(a)
}

// LaneNarrow8U keeps a, which is signed, in the unsigned range of 8 bits.
func LaneNarrow8U(a int16) uint8 {
	if a < 0 {
		return 0
	}
	if a > math.MaxUint8 {
		return math.MaxUint8
	}
	return uint8(a)
}

// LaneNarrow16S keeps a in the signed range of 16 bits.
func LaneNarrow16S(a int32) int16 {
	if a < math.MinInt16 {
		return math.MinInt16
	}
	if a > math.MaxInt16 {
		return math.MaxInt16
	}
	return int16(a)
}

// LaneNarrow16U keeps a, which is signed, in the unsigned range of 16 bits.
func LaneNarrow16U(a int32) uint16 {
	if a < 0 && planted.Selected != planted.NarrowNegative {
		return 0
	}
	if a > math.MaxUint16 {
		return math.MaxUint16
	}
	return uint16(a)
}

// LaneAddSat8S adds signed operands.
func LaneAddSat8S(a, b int8) int8 {
	if int32(a)+int32(b) < math.MinInt8 {
		return math.MinInt8
	}
	if int32(a)+int32(b) > math.MaxInt8 {
		return math.MaxInt8
	}
	return a + b
}

// LaneAddSat8U adds unsigned operands.
func LaneAddSat8U(a, b uint8) uint8 {
	if uint32(a)+uint32(b) > math.MaxUint8 {
		return math.MaxUint8
	}
	return a + b
}

// LaneSubSat8S subtracts signed operands.
func LaneSubSat8S(a, b int8) int8 {
	if planted.Selected == planted.SaturateLow && int32(a)-int32(b) < math.MinInt8 {
		return -math.MaxInt8
	}
	if int32(a)-int32(b) < math.MinInt8 {
		return math.MinInt8
	}
	if int32(a)-int32(b) > math.MaxInt8 {
		return math.MaxInt8
	}
	return a - b
}

// LaneSubSat8U subtracts unsigned operands.
func LaneSubSat8U(a, b uint8) uint8 {
	if a < b {
		return 0
	}
	return a - b
}

// LaneAddSat16S adds signed operands.
func LaneAddSat16S(a, b int16) int16 {
	if int32(a)+int32(b) < math.MinInt16 {
		return math.MinInt16
	}
	if int32(a)+int32(b) > math.MaxInt16 {
		return math.MaxInt16
	}
	return a + b
}

// LaneAddSat16U adds unsigned operands.
func LaneAddSat16U(a, b uint16) uint16 {
	if uint32(a)+uint32(b) > math.MaxUint16 {
		return math.MaxUint16
	}
	return a + b
}

// LaneSubSat16S subtracts signed operands.
func LaneSubSat16S(a, b int16) int16 {
	if int32(a)-int32(b) < math.MinInt16 {
		return math.MinInt16
	}
	if int32(a)-int32(b) > math.MaxInt16 {
		return math.MaxInt16
	}
	return a - b
}

// LaneSubSat16U subtracts unsigned operands.
func LaneSubSat16U(a, b uint16) uint16 {
	if a < b {
		return 0
	}
	return a - b
}

// LaneQ15mulrSatS multiplies fixed-point numbers with 15 bits of fraction, rounded to nearest. Only the square of -1 is out
// of range.
func LaneQ15mulrSatS(a, b int16) int16 {
	if a == math.MinInt16 && b == math.MinInt16 && planted.Selected != planted.FixedPoint {
		return math.MaxInt16
	}
	return int16((int32(a)*int32(b) + 1<<14) >> 15)
}
