package runtime

import (
	"fmt"
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Value is a WebAssembly value with its type.
type Value struct {
	typ  wasm.ValType
	bits uint64 // numbers: their bits, zero-extended; v128: the low half
	high uint64 // v128: the high half
	ref  any    // references: nil for null, else *Func or the host's value
}

// I32 returns an i32.
func I32(v int32) Value { return Value{typ: wasm.I32, bits: uint64(uint32(v))} }

// I64 returns an i64.
func I64(v int64) Value { return Value{typ: wasm.I64, bits: uint64(v)} }

// F32 returns an f32.
func F32(v float32) Value { return Value{typ: wasm.F32, bits: uint64(math.Float32bits(v))} }

// F64 returns an f64.
func F64(v float64) Value { return Value{typ: wasm.F64, bits: math.Float64bits(v)} }

// Num returns a number of type t from its bits; the upper half is ignored for i32 and f32.
func Num(t wasm.ValType, bits uint64) Value {
	if t == wasm.I32 || t == wasm.F32 {
		bits = uint64(uint32(bits))
	}
	return Value{typ: t, bits: bits}
}

// V128 returns a v128 from its halves.
func V128(low, high uint64) Value { return Value{typ: wasm.V128, bits: low, high: high} }

// FuncRef returns a reference to f, or the null reference if f is nil.
func FuncRef(f *Func) Value {
	if f == nil {
		return Value{typ: wasm.FuncRef}
	}
	return Value{typ: wasm.FuncRef, ref: f}
}

// ExternRef returns a reference to a value of the host, or the null reference if v is nil. v must be comparable.
func ExternRef(v any) Value { return Value{typ: wasm.ExternRef, ref: v} }

// Type returns the type of v.
func (v Value) Type() wasm.ValType { return v.typ }

// Bits returns the bits of a number, zero-extended; of a v128 the low half; 0 for references.
func (v Value) Bits() uint64 { return v.bits }

// V128 returns the halves of a v128.
func (v Value) V128() (low, high uint64) { return v.bits, v.high }

// I32 returns the low 32 bits of a number.
func (v Value) I32() int32 { return int32(uint32(v.bits)) }

// I64 returns the bits of a number as a signed integer.
func (v Value) I64() int64 { return int64(v.bits) }

// F32 returns the low 32 bits of a number as a float.
func (v Value) F32() float32 { return math.Float32frombits(uint32(v.bits)) }

// F64 returns the bits of a number as a float.
func (v Value) F64() float64 { return math.Float64frombits(v.bits) }

// IsNull reports whether v is a null reference.
func (v Value) IsNull() bool { return v.typ.IsRef() && v.ref == nil }

// Ref returns what a reference refers to: a *Func, the host's value, or nil for null and for numbers.
func (v Value) Ref() any { return v.ref }

// String returns the value as people read it; floats in their shortest form, NaN with its bits.
func (v Value) String() string {
	switch v.typ {
	case wasm.I32:
		return fmt.Sprint(v.I32())
	case wasm.I64:
		return fmt.Sprint(v.I64())
	case wasm.F32:
		if f := v.F32(); f == f {
			return fmt.Sprint(f)
		}
		return fmt.Sprintf("nan:%#x", v.bits)
	case wasm.F64:
		if f := v.F64(); f == f {
			return fmt.Sprint(f)
		}
		return fmt.Sprintf("nan:%#x", v.bits)
	case wasm.V128:
		return fmt.Sprintf("%#016x%016x", v.high, v.bits)
	}
	if v.ref == nil {
		return "null"
	}
	return fmt.Sprintf("%s(%v)", v.typ, v.ref)
}
