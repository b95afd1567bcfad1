package engine

import (
	"fmt"
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Visible returns the value of type t in a slot of 64 bits as it is compared: references lose their identity, and what is above
// the 32 bits of an i32 or f32 is no part of it.
func Visible(t wasm.ValType, slot uint64) Value {
	switch {
	case t == wasm.I32, t == wasm.F32:
		slot = uint64(uint32(slot))
	case t.IsRef():
		slot = min(slot, 1)
	}
	return Value{Type: t, Bits: slot}
}

// GoNum returns a number as the Go type that bindings use for its type: int32, int64, float32 or float64; nil for references.
func GoNum(v Value) any {
	switch v.Type {
	case wasm.I32:
		return int32(uint32(v.Bits))
	case wasm.I64:
		return int64(v.Bits)
	case wasm.F32:
		return math.Float32frombits(uint32(v.Bits))
	case wasm.F64:
		return math.Float64frombits(v.Bits)
	}
	return nil
}

// FromGoNum is the inverse of GoNum for a number of type t. It panics if x is not of the Go type for t: the binding has mixed up
// values then, and nothing that it returns can be relied on.
func FromGoNum(t wasm.ValType, x any) Value {
	v := Value{Type: t}
	got := wasm.I32
	switch x := x.(type) {
	case int32:
		v.Bits = uint64(uint32(x))
	case int64:
		v.Bits, got = uint64(x), wasm.I64
	case float32:
		v.Bits, got = uint64(math.Float32bits(x)), wasm.F32
	case float64:
		v.Bits, got = math.Float64bits(x), wasm.F64
	default:
		panic(fmt.Sprintf("a %v came as %T", t, x))
	}
	if got != t {
		panic(fmt.Sprintf("a %v came as %T", t, x))
	}
	return v
}

// GoResults returns the results of a call as a binding gives them: nothing, one value, or a list, of which at returns an
// element. The function from turns one of them into a value.
func GoResults[L any](types []wasm.ValType, out any, at func(L, int) any, from func(wasm.ValType, any) Value) []Value {
	if len(types) == 0 {
		return nil
	}
	if len(types) == 1 {
		return []Value{from(types[0], out)}
	}
	list, values := out.(L), make([]Value, len(types))
	for i, t := range types {
		values[i] = from(t, at(list, i))
	}
	return values
}
