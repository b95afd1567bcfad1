package evaluator

import (
	"encoding/binary"
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Value is a value with its type (section 4.2.1).
type Value struct {
	Type wasm.ValType
	Bits uint64 // of a number, zero-extended; of a vector the low half
	High uint64 // of a vector
	Ref  any    // of a reference: nil for null, a *Func, or a value of the host
}

// Num returns a number of type t with the given bits.
func Num(t wasm.ValType, bits uint64) Value { return Value{Type: t, Bits: bits} }

// Default returns the default value of a type: zero or null.
func Default(t wasm.ValType) Value { return Value{Type: t} }

// i32 returns an i32.
func i32(x uint64) Value { return Num(wasm.I32, x&0xffffffff) }

// truth returns 1 or 0 as an i32.
func truth(b bool) Value {
	if b {
		return i32(1)
	}
	return i32(0)
}

// IsNull reports whether v is a null reference.
func (v Value) IsNull() bool { return v.Type.IsRef() && v.Ref == nil }

// Bytes returns the bytes of a vector, the lowest first.
func (v Value) Bytes() (b [16]byte) {
	binary.LittleEndian.PutUint64(b[:8], v.Bits)
	binary.LittleEndian.PutUint64(b[8:], v.High)
	return b
}

// vector returns the vector with the given bytes.
func vector(b [16]byte) Value {
	return Value{Type: wasm.V128, Bits: binary.LittleEndian.Uint64(b[:8]), High: binary.LittleEndian.Uint64(b[8:])}
}

// String returns the type and the bits, or what a reference refers to.
func (v Value) String() string {
	switch {
	case v.IsNull():
		return v.Type.String() + " null"
	case v.Type.IsRef():
		return fmt.Sprintf("%s %v", v.Type, v.Ref)
	case v.Type == wasm.V128:
		return fmt.Sprintf("v128 %#016x%016x", v.High, v.Bits)
	}
	return fmt.Sprintf("%s %#x", v.Type, v.Bits)
}
