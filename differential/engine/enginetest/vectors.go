package enginetest

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// testVectors computes with vectors, and exports functions and a global that are vectors: the functions are called with halves, the global is left
// out.
func testVectors(t *testing.T, h *harness) {
	if !h.Features().SIMD {
		t.Skip("the engine has no vectors")
	}
	sum := func() *asm.Body {
		return new(asm.Body).Op(wasm.OpV128Const, 1<<32|2, 3<<32|4).Op(wasm.OpV128Const, 10<<32|20, 30<<32|40).Op(wasm.OpI32x4Add)
	}
	var m asm.Module
	m.Func("lane", ":i", "", sum().Op(wasm.OpI32x4ExtractLane, 3))
	res := h.do(t, &engine.Job{Module: m.Encode()})
	wantStage(t, res, engine.StageRun)
	wantCalls(t, res, returned("lane", engine.Value{Type: wasm.I32, Bits: 33}))

	m.Func("vector", ":V", "", sum())
	m.Func("mixed", "iV:Vi", "", new(asm.Body).Get(1).Get(0).Op(wasm.OpI32x4Splat).Op(wasm.OpI32x4Add).Get(0))
	m.Globals = []wasm.Global{{Type: wasm.GlobalType{Type: wasm.V128}, Init: new(asm.Body).Op(wasm.OpV128Const, 1, 2).Expr()}}
	m.Export("global", wasm.ExternGlobal, 0)
	half := func(bits uint64) engine.Value { return engine.Value{Type: wasm.I64, Bits: bits} }
	five := engine.Value{Type: wasm.I32, Bits: 5}
	calls := []engine.Call{{Export: "lane"}, {Export: "vector"}, {Export: "mixed", Args: []engine.Value{five, half(1<<32 | 2), half(3 << 32)}}}
	res = h.do(t, &engine.Job{Module: m.Encode(), Calls: calls})
	wantStage(t, res, engine.StageRun)
	mixed := returned("mixed", half(6<<32|7), half(3<<32+5<<32|5), five)
	mixed.Args = calls[2].Args
	wantCalls(t, res, returned("lane", engine.Value{Type: wasm.I32, Bits: 33}), returned("vector", half(11<<32|22), half(33<<32|44)), mixed)
	if len(res.Globals) != 0 {
		t.Errorf("globals %+v, want none", res.Globals)
	}
}
