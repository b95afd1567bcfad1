package oracle

import (
	"context"

	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Differential generates a module from a tape and asserts that it does on our runtime what it does on wazero, to the last bit of its
// results, globals and memory. Entry points are the exported functions without parameters.
func (w *Wazero) Differential(ctx context.Context, tape []byte) (failure *Failure) {
	m := module.Generate(tape, optionsFor(tape))
	src := wasm.Encode(m)
	defer func() { failure.of(src) }()
	compiled, err := runtime.Compile(src)
	if err != nil {
		return fail("generate: module is refused", "%v", err)
	}
	ours, f := touchstone(ctx, compiled, nil)
	if f != nil {
		return f
	}
	theirs, release, f := w.run(ctx, m, src)
	defer release()
	if f != nil {
		return f
	}
	return ours.compare(theirs, &wazeroEngine)
}
