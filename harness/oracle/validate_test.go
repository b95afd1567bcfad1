package oracle

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestQuirks shows that each known difference to wazero exists, so that none outlives it.
func TestQuirks(t *testing.T) {
	w := NewWazero(t.Context(), false)
	defer w.Close(t.Context())
	for i := range wazeroQuirks {
		q := &wazeroQuirks[i]
		src := wasm.Encode(&q.example)
		verdict := wasm.Validate(&q.example)
		compiled, err := w.rt.CompileModule(t.Context(), src)
		if err == nil {
			compiled.Close(t.Context())
		}
		refusal := verdict
		if q.refuses == "wazero" {
			refusal, err = err, verdict
		}
		if err != nil || refusal == nil || !q.says(refusal.Error()) {
			t.Errorf("%s: %s refuses with %v; the other says %v", q.why, q.refuses, refusal, err)
		}
		if f := w.agrees(t.Context(), src, verdict); f != nil {
			t.Errorf("%s: %v", q.why, f)
		}
	}
}

// TestEveryVerdictIsCompared gives each of the three a verdict of its own.
func TestEveryVerdictIsCompared(t *testing.T) {
	w := NewWazero(t.Context(), false)
	defer w.Close(t.Context())
	valid := &wasm.Module{Types: []wasm.FuncType{{}}}
	invalid := &wasm.Module{Memories: make([]wasm.MemoryType, 2)}
	vectors := &wasm.Module{Types: []wasm.FuncType{{Params: []wasm.ValType{wasm.V128}}}}
	refusal := &wasm.InvalidError{Func: -1, Msg: "for a test"}
	for _, c := range []struct {
		key string
		f   *Failure
	}{
		{"", typed(valid, nil)},
		{"", typed(invalid, refusal)},
		{"validate: valid module is refused", typed(valid, refusal)},
		{"validate: invalid module is accepted", typed(invalid, nil)},
		{"", narrowed(vectors, nil, wasm.AllFeatures&^wasm.Features(wasm.SIMD))},
		{"validate: features change the verdict", narrowed(vectors, refusal, wasm.AllFeatures)},
		{"", w.agrees(t.Context(), wasm.Encode(valid), nil)},
		{"", w.agrees(t.Context(), wasm.Encode(invalid), refusal)},
		{"validate: wazero accepts what we refuse", w.agrees(t.Context(), wasm.Encode(valid), refusal)},
		{"validate: wazero refuses what we accept", w.agrees(t.Context(), wasm.Encode(invalid), nil)},
	} {
		if c.f == nil && c.key != "" || c.f != nil && c.f.Key != c.key {
			t.Errorf("got %v, want %q", c.f, c.key)
		}
	}
}

// TestHarmless: what makes wazero allocate gigabytes is not given to it.
func TestHarmless(t *testing.T) {
	w := NewWazero(t.Context(), false)
	defer w.Close(t.Context())
	manyLocals := &wasm.Module{Types: []wasm.FuncType{{}}, Funcs: []wasm.Func{{Locals: []wasm.Locals{{Count: 1<<32 - 1, Type: wasm.I64}}, Body: constExpr(wasm.OpElse)}}}
	names := wasm.Encode(&wasm.Module{Customs: []wasm.Custom{{Name: "name", Data: []byte("\x01\x06\xff\xff\xff\xff\x0f\x00")}}})
	for _, src := range [][]byte{[]byte("\x00asm\x01\x00\x00\x00\x09\x06\xff\xff\xff\xff\x0f\x00"), wasm.Encode(manyLocals), names} {
		if _, f := w.verdicts(t.Context(), src); f != nil {
			t.Error(f)
		}
	}
}
