package oracle

import (
	"context"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// Count runs a module, with the host functions that all engines have, and counts what it executes. It asserts that the module is valid
// and ends by itself.
func Count(ctx context.Context, m *wasm.Module, counts *coverage.Counts) *Failure {
	compiled, err := (&runtime.Compiler{Observed: true}).CompileModule(m)
	if err != nil {
		return fail("generate: module is refused", "%v", err)
	}
	rt := runtime.New(&runtime.Config{Fuel: executeFuel, MaxMemoryBytes: 64 << 20})
	rt.Observe(runtime.Counting(counts))
	var l runtime.Linker
	l.Fallback(hostResult)
	in, err := rt.Instantiate(ctx, compiled, &l)
	if err != nil {
		_, f := trapOf(err)
		return f
	}
	_, f := outcomeOf(ctx, in)
	return f
}

// hostResult is [engine.HostResult] as a function of our runtime.
func hostResult(imp *wasm.Import, t wasm.FuncType) runtime.HostFunc {
	return func(_ context.Context, _ *runtime.Instance, stack []uint64) error {
		args := make([]engine.Value, len(t.Params))
		for i, p := range t.Params {
			args[i] = engine.Visible(p, stack[i])
		}
		for i, v := range engine.HostResult(imp.Module, imp.Name, args, t.Results) {
			stack[i] = v.Bits
		}
		return nil
	}
}
