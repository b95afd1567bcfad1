package numeric

import (
	"math"
	"math/bits"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// I32Clz counts the leading zero bits.
func I32Clz(a uint32) uint32 { return uint32(bits.LeadingZeros32(a)) }

// I32Ctz counts the trailing zero bits.
func I32Ctz(a uint32) uint32 { return uint32(bits.TrailingZeros32(a)) }

// I32Popcnt counts the one bits.
func I32Popcnt(a uint32) uint32 { return uint32(bits.OnesCount32(a)) }

// I32Add adds modulo 2^32.
func I32Add(a, b uint32) uint32 { return a + b }

// I32Sub subtracts modulo 2^32.
func I32Sub(a, b uint32) uint32 { return a - b }

// I32Mul multiplies modulo 2^32.
func I32Mul(a, b uint32) uint32 { return a * b }

// I32DivS divides signed integers, truncating towards zero.
func I32DivS(a, b int32) (int32, wasm.TrapCode) {
	if b == 0 {
		return 0, wasm.DivideByZero
	}
	if a == math.MinInt32 && b == -1 && planted.Selected != planted.DivideOverflow {
		return 0, wasm.IntegerOverflow
	}
	return a / b, wasm.NoTrap
}

// I32DivU divides unsigned integers.
func I32DivU(a, b uint32) (uint32, wasm.TrapCode) {
	if b == 0 {
		return 0, wasm.DivideByZero
	}
	return a / b, wasm.NoTrap
}

// I32RemS is the remainder of the signed division, with the sign of a. The least integer modulo -1 is 0: Go defines
// it so, though the division instruction of x86 would fault.
func I32RemS(a, b int32) (int32, wasm.TrapCode) {
	if b == 0 {
		return 0, wasm.DivideByZero
	}
	return a % b, wasm.NoTrap
}

// I32RemU is the remainder of the unsigned division.
func I32RemU(a, b uint32) (uint32, wasm.TrapCode) {
	if b == 0 {
		return 0, wasm.DivideByZero
	}
	return a % b, wasm.NoTrap
}

// I32And is the bitwise conjunction.
func I32And(a, b uint32) uint32 { return a & b }

// I32Or is the bitwise disjunction.
func I32Or(a, b uint32) uint32 { return a | b }

// I32Xor is the bitwise exclusive disjunction.
func I32Xor(a, b uint32) uint32 { return a ^ b }

// I32Shl shifts left by b modulo 32.
func I32Shl(a, b uint32) uint32 { return a << (b & 31) }

// I32ShrS shifts right by b modulo 32 and copies the sign.
func I32ShrS(a int32, b uint32) int32 { return a >> (b & 31) }

// I32ShrU shifts right by b modulo 32.
func I32ShrU(a, b uint32) uint32 { return a >> (b & 31) }

// I32Rotl rotates left by b modulo 32.
func I32Rotl(a, b uint32) uint32 { return bits.RotateLeft32(a, int(b&31)) }

// I32Rotr rotates right by b modulo 32.
func I32Rotr(a, b uint32) uint32 { return bits.RotateLeft32(a, -int(b&31)) }

// I32Extend8S extends the sign of the low 8 bits.
func I32Extend8S(a uint32) int32 { return int32(int8(a)) }

// I32Extend16S extends the sign of the low 16 bits.
func I32Extend16S(a uint32) int32 { return int32(int16(a)) }

// I64Clz counts the leading zero bits.
func I64Clz(a uint64) uint64 {
	if planted.Selected == planted.LeadingZeros {
		return uint64(bits.LeadingZeros64(a | 1))
	}
	return uint64(bits.LeadingZeros64(a))
}

// I64Ctz counts the trailing zero bits.
func I64Ctz(a uint64) uint64 { return uint64(bits.TrailingZeros64(a)) }

// I64Popcnt counts the one bits.
func I64Popcnt(a uint64) uint64 { return uint64(bits.OnesCount64(a)) }

// I64Add adds modulo 2^64.
func I64Add(a, b uint64) uint64 { return a + b }

// I64Sub subtracts modulo 2^64.
func I64Sub(a, b uint64) uint64 { return a - b }

// I64Mul multiplies modulo 2^64.
func I64Mul(a, b uint64) uint64 { return a * b }

// I64DivS divides signed integers, truncating towards zero.
func I64DivS(a, b int64) (int64, wasm.TrapCode) {
	if b == 0 {
		return 0, wasm.DivideByZero
	}
	if a == math.MinInt64 && b == -1 {
		return 0, wasm.IntegerOverflow
	}
	return a / b, wasm.NoTrap
}

// I64DivU divides unsigned integers.
func I64DivU(a, b uint64) (uint64, wasm.TrapCode) {
	if b == 0 {
		return 0, wasm.DivideByZero
	}
	return a / b, wasm.NoTrap
}

// I64RemS is the remainder of the signed division, with the sign of a. The least integer modulo -1 is 0: Go defines
// it so, though the division instruction of x86 would fault.
func I64RemS(a, b int64) (int64, wasm.TrapCode) {
	if planted.Selected == planted.RemainderOverflow && a == math.MinInt64 && b == -1 {
		return 0, wasm.IntegerOverflow
	}
	if b == 0 {
		return 0, wasm.DivideByZero
	}
	return a % b, wasm.NoTrap
}

// I64RemU is the remainder of the unsigned division.
func I64RemU(a, b uint64) (uint64, wasm.TrapCode) {
	if b == 0 {
		return 0, wasm.DivideByZero
	}
	return a % b, wasm.NoTrap
}

// I64And is the bitwise conjunction.
func I64And(a, b uint64) uint64 { return a & b }

// I64Or is the bitwise disjunction.
func I64Or(a, b uint64) uint64 { return a | b }

// I64Xor is the bitwise exclusive disjunction.
func I64Xor(a, b uint64) uint64 { return a ^ b }

// I64Shl shifts left by b modulo 64.
func I64Shl(a, b uint64) uint64 { return a << (b & 63) }

// I64ShrS shifts right by b modulo 64 and copies the sign.
func I64ShrS(a int64, b uint64) int64 { return a >> (b & 63) }

// I64ShrU shifts right by b modulo 64.
func I64ShrU(a, b uint64) uint64 { return a >> (b & 63) }

// I64Rotl rotates left by b modulo 64.
func I64Rotl(a, b uint64) uint64 { return bits.RotateLeft64(a, int(b&63)) }

// I64Rotr rotates right by b modulo 64.
func I64Rotr(a, b uint64) uint64 { return bits.RotateLeft64(a, -int(b&63)) }

// I64Extend8S extends the sign of the low 8 bits.
func I64Extend8S(a uint64) int64 { return int64(int8(a)) }

// I64Extend16S extends the sign of the low 16 bits.
func I64Extend16S(a uint64) int64 { return int64(int16(a)) }

// I64Extend32S extends the sign of the low 32 bits.
func I64Extend32S(a uint64) int64 { return int64(int32(a)) }
