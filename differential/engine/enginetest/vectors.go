package enginetest

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// testVectors computes with vectors, and exports a function and a global that are vectors: these are left out, on engines
// whose binding stands them at all.
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
	m.Globals = []wasm.Global{{Type: wasm.GlobalType{Type: wasm.V128}, Init: new(asm.Body).Op(wasm.OpV128Const, 1, 2).Expr()}}
	m.Export("global", wasm.ExternGlobal, 0)
	res = h.do(t, &engine.Job{Module: m.Encode()})
	if res.Stage == engine.StageUnsupported {
		t.Logf("vectors in the types of exports: %s", res.Message)
		return
	}
	wantStage(t, res, engine.StageRun)
	wantCalls(t, res, returned("lane", engine.Value{Type: wasm.I32, Bits: 33}))
	if len(res.Globals) != 0 {
		t.Errorf("globals %+v, want none", res.Globals)
	}
}
