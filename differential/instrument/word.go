package instrument

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// word pushes a word, as an i64, of a value of type t that push pushes.
func (e *emitter) word(t wasm.ValType, w int, push func() *emitter) {
	switch push(); {
	case t == wasm.I32:
		e.op(wasm.OpI64ExtendI32U)
	case t == wasm.F32:
		e.ops(wasm.OpI32ReinterpretF32, wasm.OpI64ExtendI32U)
	case t == wasm.F64:
		e.op(wasm.OpI64ReinterpretF64)
	case t.IsVector():
		e.op(wasm.OpI64x2ExtractLane, uint64(w))
	case t.IsRef(): // null or not
		e.ops(wasm.OpRefIsNull, wasm.OpI32Eqz, wasm.OpI64ExtendI32U)
	}
}

// The canonical NaNs.
const (
	nan32 = 0x7fc00000
	nan64 = 0x7ff8000000000000
)

// holdsFloats reports whether a value may have the bits of a NaN.
func holdsFloats(t wasm.ValType) bool { return t == wasm.F32 || t == wasm.F64 || t.IsVector() }

// fixed pushes a float or a vector with what may be the bits of a NaN fixed. Of a vector that is bitselect(canonical, v, mask), where mask
// has the words that are NaNs of f32 and the low halves below high halves that are.
func (e *emitter) fixed(t wasm.ValType, get func() *emitter) *emitter {
	switch t {
	case wasm.F32:
		get().op(wasm.OpF32Const, nan32)
		get()
		return get().ops(wasm.OpF32Eq, wasm.OpSelect)
	case wasm.F64:
		get().op(wasm.OpF64Const, nan64)
		get()
		return get().ops(wasm.OpF64Eq, wasm.OpSelect)
	}
	mask := func() *emitter {
		get()
		return get().op(wasm.OpF32x4Ne)
	}
	e.op(wasm.OpV128Const, nan32<<32|nan32, nan32<<32|nan32)
	get()
	mask()
	return mask().op(wasm.OpI32Const, 32).ops(wasm.OpI64x2ShrU, wasm.OpV128Or, wasm.OpV128Bitselect)
}
