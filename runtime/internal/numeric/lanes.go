package numeric

import (
	"math/bits"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// The meanings of vector instructions, lane by lane, where they are not those of the numeric instruction of the same name.
// Rows of the opcode table name them in Lanes.Func and say in Lanes.Form which lanes they are applied to. A type parameter
// stands for all types of the constraint that a row can ask for by a width: T for lanes of operands, R for lanes of the
// result. The operands are called a, b, c and d.

// LaneNot inverts all bits.
func LaneNot(a uint64) uint64 { return ^a }

// LaneAndnot is the conjunction of a and the inverse of b.
func LaneAndnot(a, b uint64) uint64 { return a &^ b }

// LaneBitselect takes the bits of a where c has ones and those of b where it has zeros.
func LaneBitselect(a, b, c uint64) uint64 { return a&c | b&^c }

// LaneEq reports whether the operands are equal.
func LaneEq[T uint8 | uint16](a, b T) bool { return a == b }

// LaneNe reports whether the operands differ.
func LaneNe[T uint8 | uint16](a, b T) bool { return a != b }

// LaneLtS is the signed comparison a < b.
func LaneLtS[T int8 | int16](a, b T) bool { return a < b }

// LaneLtU is the unsigned comparison a < b.
func LaneLtU[T uint8 | uint16](a, b T) bool { return a < b }

// LaneGtS is the signed comparison a > b.
func LaneGtS[T int8 | int16](a, b T) bool { return a > b }

// LaneGtU is the unsigned comparison a > b.
func LaneGtU[T uint8 | uint16](a, b T) bool { return a > b }

// LaneLeS is the signed comparison a <= b.
func LaneLeS[T int8 | int16](a, b T) bool { return a <= b }

// LaneLeU is the unsigned comparison a <= b.
func LaneLeU[T uint8 | uint16](a, b T) bool { return a <= b }

// LaneGeS is the signed comparison a >= b.
func LaneGeS[T int8 | int16](a, b T) bool { return a >= b }

// LaneGeU is the unsigned comparison a >= b.
func LaneGeU[T uint8 | uint16](a, b T) bool { return a >= b }

// LaneNonzero reports whether a lane has a bit that is one.
func LaneNonzero[T uint8 | uint16 | uint32 | uint64](a T) bool { return a != 0 }

// LaneNegative reports whether the highest bit of a lane is one.
func LaneNegative[T int8 | int16 | int32 | int64](a T) bool { return a < 0 }

// LaneAbs is the absolute value; that of the least integer is itself.
func LaneAbs[T int8 | int16 | int32 | int64](a T) T {
	if a < 0 {
		return -a
	}
	return a
}

// LaneNeg is the negated value, modulo the width.
func LaneNeg[T uint8 | uint16 | uint32 | uint64](a T) T { return -a }

// LanePopcnt counts the one bits.
func LanePopcnt(a uint8) uint8 { return uint8(bits.OnesCount8(a)) }

// LaneAdd adds modulo the width.
func LaneAdd[T uint8 | uint16](a, b T) T { return a + b }

// LaneSub subtracts modulo the width.
func LaneSub[T uint8 | uint16](a, b T) T { return a - b }

// LaneMul multiplies modulo the width.
func LaneMul[T uint16](a, b T) T { return a * b }

// LaneMinS is the lesser signed operand.
func LaneMinS[T int8 | int16 | int32](a, b T) T {
	if a < b {
		return a
	}
	return b
}

// LaneMinU is the lesser unsigned operand.
func LaneMinU[T uint8 | uint16 | uint32](a, b T) T {
	if a < b {
		return a
	}
	return b
}

// LaneMaxS is the greater signed operand.
func LaneMaxS[T int8 | int16 | int32](a, b T) T {
	if a > b {
		return a
	}
	return b
}

// LaneMaxU is the greater unsigned operand.
func LaneMaxU[T uint8 | uint16 | uint32](a, b T) T {
	if a > b {
		return a
	}
	return b
}

// LanePmin is b if b < a, else a, whatever their signs and NaNs are; the bits are kept.
func LanePmin[T float32 | float64](a, b T) T {
	if b < a || planted.Selected == planted.PminNaN && a != a {
		return b
	}
	return a
}

// LanePmax is b if a < b, else a, whatever their signs and NaNs are; the bits are kept.
func LanePmax[T float32 | float64](a, b T) T {
	if a < b {
		return b
	}
	return a
}

// LaneAvgrU is the average of unsigned operands, rounded up.
func LaneAvgrU[T uint8 | uint16](a, b T) T { return T((uint32(a) + uint32(b) + 1) >> 1) }

// LaneShl shifts left by b, which is less than the width.
func LaneShl[T uint8 | uint16](a T, b uint32) T { return a << b }

// LaneShrS shifts right by b, which is less than the width, and copies the sign.
func LaneShrS[T int8 | int16](a T, b uint32) T { return a >> b }

// LaneShrU shifts right by b, which is less than the width.
func LaneShrU[T uint8 | uint16](a T, b uint32) T { return a >> b }

// LaneExtendS extends the sign.
func LaneExtendS[T int8 | int16 | int32, R int16 | int32 | int64](a T) R { return R(a) }

// LaneExtendU extends by zeros.
func LaneExtendU[T uint8 | uint16 | uint32, R uint16 | uint32 | uint64](a T) R { return R(a) }

// LaneExtmulS is the whole product of signed operands.
func LaneExtmulS[T int8 | int16 | int32, R int16 | int32 | int64](a, b T) R { return R(a) * R(b) }

// LaneExtmulU is the whole product of unsigned operands.
func LaneExtmulU[T uint8 | uint16 | uint32, R uint16 | uint32 | uint64](a, b T) R {
	return R(a) * R(b)
}

// LaneExtaddS is the whole sum of signed operands.
func LaneExtaddS[T int8 | int16, R int16 | int32](a, b T) R { return R(a) + R(b) }

// LaneExtaddU is the whole sum of unsigned operands.
func LaneExtaddU[T uint8 | uint16, R uint16 | uint32](a, b T) R { return R(a) + R(b) }

// LaneDotS is the sum of the products of the first and of the second lanes, a with c and b with d, modulo 2^32.
func LaneDotS(a, b, c, d int16) int32 {
	if planted.Selected == planted.DotLeast && a == -1<<15 && b == a && c == a && d == a {
		return 1<<31 - 1
	}
	return int32(a)*int32(c) + int32(b)*int32(d)
}
