package engine

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// arguments are what exports with parameters are called with: values at which instructions change what they do, small ones first, so that a
// guest that counts up to its argument has done the rest before it gets a large one.
var arguments = map[wasm.ValType][]uint64{
	wasm.I32: {0, 1, 7, 0xffff, 0xffff_ffff, 0x8000_0000, 0x7fff_ffff},
	wasm.I64: {0, 1, 7, 0xffff_ffff, math.MaxUint64, 1 << 63, 1<<63 - 1},
	wasm.F32: bits32(0, 1, -1.5, 1<<31, -1<<31, math.Inf(1), math.NaN()),
	wasm.F64: bits64(0, 1, -1.5, 1<<63, -1<<63, math.Inf(1), math.NaN()),
}

// rounds is how often an export with parameters is called.
const rounds = 7

func bits32(fs ...float64) (bits []uint64) {
	for _, f := range fs {
		v := Value{Type: wasm.F32, Bits: uint64(math.Float32bits(float32(f)))}
		bits = append(bits, CanonicalNaN(v).Bits)
	}
	return bits
}

func bits64(fs ...float64) (bits []uint64) {
	for _, f := range fs {
		bits = append(bits, CanonicalNaN(Value{Type: wasm.F64, Bits: math.Float64bits(f)}).Bits)
	}
	return bits
}

// argumentsOf returns the arguments of one round; references are null. In round r the parameter with the index i gets the value r(i+1), so that all
// are zero in the first, and mostly differ from each other in the others.
func argumentsOf(params []wasm.ValType, round int) (args []Value) {
	for i, t := range params {
		v := Value{Type: t}
		if list := arguments[t]; list != nil {
			v.Bits = list[round*(i+1)%len(list)]
		}
		args = append(args, v)
	}
	return args
}
