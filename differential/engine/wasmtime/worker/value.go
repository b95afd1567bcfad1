//go:build cgo

package main

import (
	"fmt"
	"math"

	wt "github.com/bytecodealliance/wasmtime-go/v42"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

var kinds = map[wasm.ValType]wt.ValKind{
	wasm.I32:       wt.KindI32,
	wasm.I64:       wt.KindI64,
	wasm.F32:       wt.KindF32,
	wasm.F64:       wt.KindF64,
	wasm.FuncRef:   wt.KindFuncref,
	wasm.ExternRef: wt.KindExternref,
}

func valTypes(ts []wasm.ValType) []*wt.ValType {
	var list []*wt.ValType
	for _, t := range ts {
		list = append(list, wt.NewValType(kinds[t]))
	}
	return list
}

// reference is what non-null external references refer to.
var reference = new(byte)

func toVal(v engine.Value) wt.Val {
	switch v.Type {
	case wasm.I32:
		return wt.ValI32(int32(uint32(v.Bits)))
	case wasm.I64:
		return wt.ValI64(int64(v.Bits))
	case wasm.F32:
		return wt.ValF32(math.Float32frombits(uint32(v.Bits)))
	case wasm.F64:
		return wt.ValF64(math.Float64frombits(v.Bits))
	case wasm.ExternRef:
		if v.Bits != 0 {
			return wt.ValExternref(reference)
		}
		return wt.ValExternref(nil)
	}
	return wt.ValFuncref(nil)
}

func fromVal(t wasm.ValType, v any) engine.Value {
	out := engine.Value{Type: t}
	switch v := v.(type) {
	case int32:
		out.Bits = uint64(uint32(v))
	case int64:
		out.Bits = uint64(v)
	case float32:
		out.Bits = uint64(math.Float32bits(v))
	case float64:
		out.Bits = math.Float64bits(v)
	default:
		if !t.IsRef() {
			panic(fmt.Sprintf("a %v came as %T", t, v))
		}
		if !isNull(v) {
			out.Bits = 1
		}
	}
	return out
}

// isNull reports whether v is a null reference: nil, or nil as a function.
func isNull(v any) bool {
	f, isFunc := v.(*wt.Func)
	return v == nil || isFunc && f == nil
}
