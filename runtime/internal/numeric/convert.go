package numeric

import "github.com/touchstone-wasm/touchstone/runtime/planted"

// I32WrapI64 keeps the low 32 bits.
func I32WrapI64(a uint64) uint32 { return uint32(a) }

// I64ExtendI32S extends the sign.
func I64ExtendI32S(a int32) int64 { return int64(a) }

// I64ExtendI32U extends by zeros.
func I64ExtendI32U(a uint32) uint64 { return uint64(a) }

// F32ConvertI32S converts a signed integer, rounding to the nearest float.
func F32ConvertI32S(a int32) float32 { return float32(a) }

// F32ConvertI32U converts an unsigned integer, rounding to the nearest float.
func F32ConvertI32U(a uint32) float32 { return float32(a) }

// F32ConvertI64S converts a signed integer, rounding to the nearest float.
func F32ConvertI64S(a int64) float32 { return float32(a) }

// F32ConvertI64U converts an unsigned integer, rounding to the nearest float.
func F32ConvertI64U(a uint64) float32 {
	if planted.Selected == planted.ConvertTwice {
		return float32(float64(a))
	}
	return float32(a)
}

// F64ConvertI32S converts a signed integer.
func F64ConvertI32S(a int32) float64 { return float64(a) }

// F64ConvertI32U converts an unsigned integer.
func F64ConvertI32U(a uint32) float64 { return float64(a) }

// F64ConvertI64S converts a signed integer, rounding to the nearest float.
func F64ConvertI64S(a int64) float64 { return float64(a) }

// F64ConvertI64U converts an unsigned integer, rounding to the nearest float.
func F64ConvertI64U(a uint64) float64 { return float64(a) }

// F32DemoteF64 rounds to single precision; a NaN becomes quiet.
func F32DemoteF64(a float64) float32 { return float32(a) }

// F64PromoteF32 extends to double precision; a NaN becomes quiet.
func F64PromoteF32(a float32) float64 { return float64(a) }

// I32ReinterpretF32 keeps the bits.
func I32ReinterpretF32(a uint32) uint32 { return a }

// I64ReinterpretF64 keeps the bits.
func I64ReinterpretF64(a uint64) uint64 { return a }

// F32ReinterpretI32 keeps the bits.
func F32ReinterpretI32(a uint32) uint32 { return a }

// F64ReinterpretI64 keeps the bits.
func F64ReinterpretI64(a uint64) uint64 { return a }
