package oracle

import (
	"context"

	"github.com/touchstone-wasm/touchstone/differential/nan"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Canonical generates a module from a tape and asserts that compiled deterministically it does what wazero does with a module in
// which every open NaN is replaced by the canonical one with instructions: to the last bit, on fused and on plain code.
func (w *Wazero) Canonical(ctx context.Context, tape []byte) *Failure {
	m := module.Generate(tape, module.Options{RawNaN: true, Features: featuresFor(tape, wasm.AllFeatures)})
	src, _ := nan.Canonicalise(wasm.Encode(m))
	theirs, release, f := w.run(ctx, m, src)
	defer release()
	if f != nil {
		return f
	}
	for _, plain := range []bool{false, true} {
		c := runtime.Compiler{Deterministic: true, Plain: plain}
		compiled, err := c.CompileModule(m)
		if err != nil {
			return fail("generate: module is refused", "%v", err)
		}
		ours, f := touchstone(ctx, compiled, nil)
		if f != nil {
			return f
		}
		if f := ours.compare(theirs, &wazeroEngine); f != nil {
			return f
		}
	}
	return nil
}
