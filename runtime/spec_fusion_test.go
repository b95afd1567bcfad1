package runtime_test

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/lower"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// TestSpecFusions runs the scripts of version 2.0 without fused instructions, and with each way to fuse alone.
func TestSpecFusions(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: TestSpec runs the same scripts with all fusions")
	}
	settings := map[string]lower.Fusion{"none": 0}
	for name, f := range lower.Fusions() {
		settings["only "+name] = f
	}
	for name, f := range settings {
		t.Run(name, func(t *testing.T) {
			defer runtime.SetFusions(f)()
			runSuite(t, spectest.V2, func(src []byte) ([]byte, error) { return src, nil })
		})
	}
}

// TestFarBranches branches over more code than the distance of a fused branch can span, forwards and backwards.
func TestFarBranches(t *testing.T) {
	const n = 20_000 // additions of two words each
	add := func(b *asm.Body) { b.Get(1).I32(1).Op(wasm.OpI32Add).Set(1) }
	var m asm.Module
	forward := new(asm.Body).Block(wasm.OpBlock).Get(0).I32(5).Op(wasm.OpI32LtS).Op(wasm.OpBrIf, 0)
	m.Func("forward", "i:i", "i", repeat(forward, n, add).End().Get(1))
	backward := repeat(new(asm.Body).Block(wasm.OpLoop), n, add)
	m.Func("backward", "i:i", "i", backward.Get(0).I32(-1).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, 0).I32(0).Op(wasm.OpI32GtS).Op(wasm.OpBrIf, 0).End().Get(1))
	in := instantiate(t, runtime.New(nil), &m, nil)
	for _, c := range []struct {
		name    string
		in, out int32
	}{{"forward", 4, 0}, {"forward", 5, n}, {"backward", 1, n}, {"backward", 3, 3 * n}} {
		if out, err := in.Call(background, c.name, runtime.I32(c.in)); err != nil || out[0].I32() != c.out {
			t.Errorf("%s(%d) = %v, %v, want %d", c.name, c.in, out, err, c.out)
		}
	}
}
