package engine

import (
	"encoding/binary"
	"hash/fnv"
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// HostResult is the one host function that every engine offers for every imported function outside WASI: its results are
// a function of the import's name, of the arguments and of the result types, so that all engines see the same host.
// NaN arguments count as one, because their bits may differ between engines that are both right. Float results are finite
// and references null.
func HostResult(module, name string, args []Value, results []wasm.ValType) []Value {
	h := fnv.New64a()
	h.Write([]byte(module))
	h.Write([]byte{0xff})
	h.Write([]byte(name))
	var word [8]byte
	for _, a := range args {
		binary.LittleEndian.PutUint64(word[:], CanonicalNaN(a).Bits)
		h.Write(word[:])
	}
	seed := h.Sum64()
	var out []Value
	for i, t := range results {
		out = append(out, hostValue(t, mix(seed+uint64(i))))
	}
	return out
}

// hostValue turns a random word into a value. Half of the integers are small, because guests use them as indices.
func hostValue(t wasm.ValType, r uint64) Value {
	small := r&1 == 0
	r >>= 1
	switch t {
	case wasm.I32, wasm.I64:
		if small {
			r &= 0xff
		}
		if t == wasm.I32 {
			r = uint64(uint32(r))
		}
		return Value{Type: t, Bits: r}
	case wasm.F32:
		return Value{Type: t, Bits: uint64(math.Float32bits(float32(int16(r)) / 8))}
	case wasm.F64:
		return Value{Type: t, Bits: math.Float64bits(float64(int32(r)) / 8)}
	}
	return Value{Type: t}
}

// mix is a bijection on 64-bit words whose output bits all depend on all input bits (a xorshift-multiply finaliser).
func mix(x uint64) uint64 {
	x ^= x >> 31
	x *= 0x9e3779b97f4a7c15
	x ^= x >> 29
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}

// CanonicalNaN returns v with every NaN replaced by the positive quiet NaN without payload.
func CanonicalNaN(v Value) Value {
	switch v.Type {
	case wasm.F32:
		if f := math.Float32frombits(uint32(v.Bits)); f != f {
			v.Bits = 0x7fc00000
		}
	case wasm.F64:
		if f := math.Float64frombits(v.Bits); f != f {
			v.Bits = 0x7ff8000000000000
		}
	}
	return v
}
