package coverage

import (
	"math"
	"math/bits"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// kind is a kind of operands: a value type, or the addresses of memory accesses. Its values fall into classes, each of which is
// likely to be treated alike.
type kind struct {
	name    string
	classes []string // names by number
	// of returns the number of the class of a value. Only a v128 has a high half.
	of func(low, high uint64) int
}

// kinds holds the classes of each value type.
var kinds = map[wasm.ValType]*kind{
	wasm.I32:       {"i32", integers, ofInteger(32)},
	wasm.I64:       {"i64", integers, ofInteger(64)},
	wasm.F32:       {"f32", floats, ofFloat(32, 23, func(b uint64) float64 { return float64(math.Float32frombits(uint32(b))) })},
	wasm.F64:       {"f64", floats, ofFloat(64, 52, math.Float64frombits)},
	wasm.V128:      {"v128", vectors, ofVector},
	wasm.FuncRef:   {"funcref", references, ofReference},
	wasm.ExternRef: {"externref", references, ofReference},
}

// The classes of integers.
const (
	intZero = iota
	intOne
	intMinusOne
	intMin
	intMax
	intPowerOfTwo
	intSmall         // below 256
	intSmallNegative // at least -256
	intPositive
	intNegative
)

var integers = []string{intZero: "zero", intOne: "one", intMinusOne: "minus_one", intMin: "min", intMax: "max",
	intPowerOfTwo: "power_of_two", intSmall: "small", intSmallNegative: "small_negative", intPositive: "positive", intNegative: "negative"}

// ofInteger classifies integers of a width.
func ofInteger(width int) func(low, high uint64) int {
	least, all := uint64(1)<<(width-1), ^uint64(0)>>(64-width)
	return func(v, _ uint64) int {
		switch {
		case v == 0:
			return intZero
		case v == 1:
			return intOne
		case v == all:
			return intMinusOne
		case v == least:
			return intMin
		case v == least-1:
			return intMax
		case bits.OnesCount64(v) == 1:
			return intPowerOfTwo
		case v < 256:
			return intSmall
		case v > all-256:
			return intSmallNegative
		case v < least:
			return intPositive
		}
		return intNegative
	}
}

// The classes of floats.
const (
	floatZero = iota
	floatMinusZero
	floatOne
	floatMinusOne
	floatInf
	floatMinusInf
	floatCanonicalNaN // of either sign
	floatQuietNaN
	floatSignallingNaN
	floatSubnormal
	floatHuge // outside i64
	floatInteger
	floatPositive
	floatNegative
)

var floats = []string{floatZero: "zero", floatMinusZero: "minus_zero", floatOne: "one", floatMinusOne: "minus_one", floatInf: "inf",
	floatMinusInf: "minus_inf", floatCanonicalNaN: "canonical_nan", floatQuietNaN: "quiet_nan", floatSignallingNaN: "signalling_nan",
	floatSubnormal: "subnormal", floatHuge: "huge", floatInteger: "integer", floatPositive: "positive", floatNegative: "negative"}

// ofFloat classifies floats with so many bits in all and in the fraction.
func ofFloat(width, fraction int, value func(uint64) float64) func(low, high uint64) int {
	sign, quiet := uint64(1)<<(width-1), uint64(1)<<(fraction-1)
	inf := (sign - 1) &^ (1<<fraction - 1) // all bits of the exponent
	return func(b, _ uint64) int {
		negative, rest := 0, b&^sign
		if b != rest {
			negative = 1
		}
		f := math.Abs(value(b))
		switch {
		case rest == 0:
			return floatZero + negative
		case rest == inf:
			return floatInf + negative
		case rest == inf|quiet:
			return floatCanonicalNaN
		case rest > inf|quiet:
			return floatQuietNaN
		case rest > inf:
			return floatSignallingNaN
		case rest < 1<<fraction:
			return floatSubnormal
		case f == 1:
			return floatOne + negative
		case f >= 1<<63:
			return floatHuge
		case f == math.Trunc(f):
			return floatInteger
		}
		return floatPositive + negative
	}
}

// The classes of vectors, whatever their lanes are taken for.
const (
	vectorZero = iota
	vectorOnes
	vectorBytes  // all bytes are equal
	vectorHalves // both halves are equal
	vectorLow    // the high half is zero
	vectorMixed
)

var vectors = []string{vectorZero: "zero", vectorOnes: "ones", vectorBytes: "bytes_equal", vectorHalves: "halves_equal",
	vectorLow: "low_half", vectorMixed: "mixed"}

func ofVector(low, high uint64) int {
	switch {
	case low|high == 0:
		return vectorZero
	case low&high == math.MaxUint64:
		return vectorOnes
	case low == high && low == low&0xff*0x0101010101010101:
		return vectorBytes
	case low == high:
		return vectorHalves
	case high == 0:
		return vectorLow
	}
	return vectorMixed
}

var references = []string{"null", "reference"}

func ofReference(ref, _ uint64) int { return int(min(ref, 1)) }

// Place is the class of the address of a memory access.
type Place int

// The places. Accesses at those from Straddling on trap.
const (
	Start Place = iota
	End         // the last bytes of the memory
	Unaligned
	Inside
	Straddling // begins inside and ends outside
	Outside
	Beyond // address and displacement add up to 2^32 or more

	// NumPlaces is the number of places.
	NumPlaces = iota
)

var addresses = &kind{name: "address", classes: []string{Start: "start", End: "end", Unaligned: "unaligned", Inside: "inside",
	Straddling: "straddling", Outside: "outside", Beyond: "beyond"}}

// Classes returns the names of the classes of values of a type, by number.
func Classes(t wasm.ValType) []string { return kinds[t].classes }

// ClassOf returns the number of the class of a value. Only a v128 has a high half; a reference is 0 if it is null.
func ClassOf(t wasm.ValType, low, high uint64) int { return kinds[t].of(low, high) }

// ofAddress classifies the access of width bytes at an effective address in a memory of size bytes.
func ofAddress(address, width, size uint64) Place {
	switch {
	case address > math.MaxUint32:
		return Beyond
	case address >= size:
		return Outside
	case address+width > size:
		return Straddling
	case address == 0:
		return Start
	case address+width == size:
		return End
	case address%width != 0:
		return Unaligned
	}
	return Inside
}

// Possible reports whether an access of width bytes can be at a place: one of a byte cannot be unaligned.
func (p Place) Possible(width uint64) bool { return width > 1 || p != Unaligned && p != Straddling }

// possible reports whether an operand of an access of width bytes can be of a class.
func (k *kind) possible(class int, width uint64) bool {
	return k != addresses || Place(class).Possible(width)
}
