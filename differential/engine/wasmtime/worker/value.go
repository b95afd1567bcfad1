//go:build cgo

package main

import (
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
	switch x := engine.GoNum(v).(type) {
	case int32:
		return wt.ValI32(x)
	case int64:
		return wt.ValI64(x)
	case float32:
		return wt.ValF32(x)
	case float64:
		return wt.ValF64(x)
	}
	switch {
	case v.Type == wasm.FuncRef:
		return wt.ValFuncref(nil)
	case v.Bits != 0:
		return wt.ValExternref(reference)
	}
	return wt.ValExternref(nil)
}

func fromVal(t wasm.ValType, v any) engine.Value {
	switch {
	case !t.IsRef():
		return engine.FromGoNum(t, v)
	case isNull(v):
		return engine.Value{Type: t}
	}
	return engine.Value{Type: t, Bits: 1}
}

// isNull reports whether v is a null reference: nil, or nil as a function.
func isNull(v any) bool {
	f, isFunc := v.(*wt.Func)
	return v == nil || isFunc && f == nil
}
