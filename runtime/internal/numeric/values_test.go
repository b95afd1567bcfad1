package numeric_test

import (
	"math"
	"math/big"
	"math/rand/v2"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// format is a binary interchange format of IEEE 754 in terms of its bits.
type format struct {
	width, mant uint // of the whole and of the fraction
}

func (f format) sign() uint64      { return 1 << (f.width - 1) }
func (f format) inf() uint64       { return (1<<(f.width-1-f.mant) - 1) << f.mant }
func (f format) quiet() uint64     { return 1 << (f.mant - 1) }
func (f format) canonical() uint64 { return f.inf() | f.quiet() }

func (f format) isNaN(b uint64) bool       { return b&^f.sign() > f.inf() }
func (f format) isInf(b uint64) bool       { return b&^f.sign() == f.inf() }
func (f format) isZero(b uint64) bool      { return b&^f.sign() == 0 }
func (f format) isCanonical(b uint64) bool { return b&^f.sign() == f.canonical() }
func (f format) isArithmetic(b uint64) bool {
	return f.isNaN(b) && b&f.quiet() != 0
}

// rat returns the exact value of a finite float.
func (f format) rat(b uint64) *big.Rat {
	exp := int(b &^ f.sign() >> f.mant)
	frac := b & (1<<f.mant - 1)
	if exp == 0 {
		exp = 1
	} else {
		frac |= 1 << f.mant
	}
	bias := 1<<(f.width-2-f.mant) - 1
	exp -= bias + int(f.mant)
	n, d := new(big.Int).SetUint64(frac), big.NewInt(1)
	if exp >= 0 {
		n.Lsh(n, uint(exp))
	} else {
		d.Lsh(d, uint(-exp))
	}
	if b&f.sign() != 0 {
		n.Neg(n)
	}
	return new(big.Rat).SetFrac(n, d)
}

// round returns the float nearest to r, ties to even; a zero gets the sign bit zeroSign.
func (f format) round(r *big.Rat, zeroSign uint64) uint64 {
	var b uint64
	if f.width == 32 {
		x, _ := r.Float32()
		b = uint64(math.Float32bits(x))
	} else {
		x, _ := r.Float64()
		b = math.Float64bits(x)
	}
	switch r.Sign() {
	case 0:
		return zeroSign
	case -1:
		return b | f.sign() // a negative value may have become zero
	}
	return b
}

// formats has the formats by letter of a signature.
var formats = map[byte]format{'f': {32, 23}, 'F': {64, 52}}

func widthOf(letter byte) uint {
	if wasm.SigTypes[letter] == wasm.I32 || wasm.SigTypes[letter] == wasm.F32 {
		return 32
	}
	return 64
}

// edges has the values at which something changes, by the letter of their type.
var edges = func() map[byte][]uint64 {
	m := map[byte][]uint64{}
	for letter := range wasm.SigTypes {
		m[letter] = edgesOf(letter)
	}
	return m
}()

func edgesOf(letter byte) []uint64 {
	w := widthOf(letter)
	f, isFloat := formats[letter]
	var vals []uint64
	if !isFloat {
		for _, v := range []uint64{0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 255, 1 << 15, 1<<16 - 1, 1<<24 + 1, 1<<25 + 3,
			1 << 31, 1<<31 - 1, 1 << 32, 1<<53 + 1, 1<<54 + 3, 1 << 63, 1<<63 - 1, 0x7fffff4000000001, 0x8000004000000001, 0x8000008000000000, 0xfffffffffffffbff, 0xfffffffffffffc00} {
			vals = append(vals, v, -v, ^v)
		}
		return cut(vals, w)
	}
	vals = []uint64{0, 1, 2, f.quiet(), 1<<f.mant - 1, 1 << f.mant, f.inf() - 1, f.inf(), f.canonical(), f.inf() + 1, f.canonical() + 1,
		f.sign() - 1, f.inf() + f.quiet()>>1}
	for _, x := range []float64{0.25, 0.5, 1, 1.25, 1.5, 2.5, 3.5, 1 << 22, 1<<22 + 0.5, 1 << 23, 1 << 24, 1<<31 - 1, 1 << 31, 1<<31 + 1, 1<<32 - 1, 1 << 32,
		1 << 51, 1<<51 + 0.5, 1 << 52, 1 << 53, 1 << 63, 1 << 64, 0x1p-126, 0x1p-149, 0x1p127} {
		b := math.Float64bits(x)
		if w == 32 {
			b = uint64(math.Float32bits(float32(x)))
		}
		vals = append(vals, b-1, b, b+1)
	}
	for _, v := range vals[:len(vals):len(vals)] {
		vals = append(vals, v|f.sign())
	}
	return vals
}

func cut(vals []uint64, w uint) []uint64 {
	for i := range vals {
		vals[i] &= 1<<w - 1
	}
	return vals
}

// random returns a value of a type: any bits, or a number of moderate size.
func random(r *rand.Rand, letter byte) uint64 {
	w := widthOf(letter)
	f, isFloat := formats[letter]
	bits := r.Uint64() & (1<<w - 1)
	if r.IntN(2) == 0 {
		return bits
	}
	if !isFloat {
		return bits >> r.UintN(w)
	}
	bias := uint64(1)<<(f.width-2-f.mant) - 1
	exp := bias - 4 + r.Uint64N(74) // between 2^-4 and 2^70: around all limits of integers
	frac := bits & (1<<f.mant - 1) &^ (1<<r.UintN(f.mant) - 1)
	return bits&f.sign() | exp<<f.mant | frac
}
