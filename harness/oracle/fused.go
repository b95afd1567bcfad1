package oracle

import (
	"context"
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime"
)

// Fused generates a module from a tape and asserts that it does the same whether its instructions are fused or not: to the
// last bit, the payloads of NaNs and the places of traps included.
func Fused(ctx context.Context, tape []byte) *Failure {
	m := module.Generate(tape, module.Options{RawNaN: true})
	var outcomes []*outcome
	for _, compile := range []func() (*runtime.Module, error){
		func() (*runtime.Module, error) { return runtime.CompileModule(m) },
		func() (*runtime.Module, error) { return runtime.CompilePlain(m) },
	} {
		compiled, err := compile()
		if err != nil {
			return fail("generate: module is refused", "%v", err)
		}
		o, f := touchstone(ctx, compiled)
		if f != nil {
			return f
		}
		outcomes = append(outcomes, o)
	}
	fused, plain := outcomes[0], outcomes[1]
	if f := fused.compare(plain, "the plain lowering", engine.Merge()); f != nil {
		return f
	}
	for i, c := range fused.calls {
		if !slices.Equal(c.frames, plain.calls[i].frames) {
			return fail("fused: traps elsewhere", "%s: fused\n%splain\n%s", c.export, runtime.Stack(c.frames), runtime.Stack(plain.calls[i].frames))
		}
	}
	return nil
}
