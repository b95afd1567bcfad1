package compare

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// TestWithoutSelect: what has no selects any more does the same, and has none.
func TestWithoutSelect(t *testing.T) {
	e, err := touchstone.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	types := []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128}
	changed := 0
	for i := range int64(100) {
		m := wasm.Encode(module.Generate(source.Tape(7, i), module.Options{Features: wasm.Features(wasm.SIMD)}))
		out := withoutSelect(m, types...)
		if again := withoutSelect(out, types...); !bytes.Equal(again, out) {
			t.Errorf("module %d still has selects", i)
		}
		if !bytes.Equal(out, m) {
			changed++
		}
		var results [2]*engine.Result
		for k, bytes := range [][]byte{m, out} {
			if results[k], err = e.Run(context.Background(), &engine.Job{Module: bytes}); err != nil {
				t.Fatal(err)
			}
			results[k].Elapsed = 0
			for j := range results[k].Calls {
				results[k].Calls[j].Message = "" // it names offsets
			}
		}
		if diff := cmp.Diff(results[0], results[1]); diff != "" {
			t.Errorf("module %d does something else:\n%s", i, diff)
		}
	}
	if changed < 50 {
		t.Errorf("only %d of 100 modules have a select", changed)
	}
}

// TestWithoutTypedSelect: what has no selects with types any more is as valid as it was.
func TestWithoutTypedSelect(t *testing.T) {
	changed := 0
	for i := range int64(100) {
		m := wasm.Encode(module.Generate(source.Tape(7, i), module.Options{Features: wasm.Features(wasm.SIMD)}))
		out := withoutTypedSelect(m)
		if err := refusal(out); err != nil {
			t.Errorf("module %d: %v", i, err)
		}
		if anyFunc(out, func(_ *wasm.Module, ins []wasm.Instr) bool { return uses(ins, wasm.OpSelectT) }) {
			t.Errorf("module %d still has selects with types", i)
		}
		if !bytes.Equal(out, m) {
			changed++
		}
	}
	if changed < 10 {
		t.Errorf("only %d of 100 modules have a select with a type", changed)
	}
	var m asm.Module
	m.Func("f", ":i", "", new(asm.Body).Op(wasm.OpUnreachable).SelectOf(wasm.F64))
	if got := invalid(withoutTypedSelect(m.Encode())); got != invalid(m.Encode()) || got == "" {
		t.Errorf("of another type than is wanted: %q", got)
	}
}
