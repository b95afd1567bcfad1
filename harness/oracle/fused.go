package oracle

import (
	"context"
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// Fused generates a module from a tape and asserts that it does the same whether its instructions are fused or not, or are
// observed, or the instance is used again: to the last bit, the payloads of NaNs and the places of traps included. If two NaNs meet,
// of which the specification leaves open which one comes out, deterministic code is compared instead. What the observed run
// executes is counted.
func Fused(ctx context.Context, tape []byte, counts *coverage.Counts) *Failure {
	m := module.Generate(tape, module.Options{RawNaN: true, Features: featuresFor(tape, wasm.AllFeatures)})
	f := lowerings(ctx, m, false, runtime.Counting(counts))
	if f == nil || !nansMeet(ctx, m) {
		return f
	}
	return lowerings(ctx, m, true, nil)
}

// lowerings compares fused, plain and observed code of a module.
func lowerings(ctx context.Context, m *wasm.Module, deterministic bool, observer runtime.Observer) *Failure {
	var fused *outcome
	for _, lowering := range []struct {
		name     string
		compiler runtime.Compiler
		observer runtime.Observer
	}{{"fused", runtime.Compiler{}, nil}, {"plain", runtime.Compiler{Plain: true}, nil}, {"observed", runtime.Compiler{Observed: true}, observer}} {
		lowering.compiler.Deterministic = deterministic
		compiled, err := lowering.compiler.CompileModule(m)
		if err != nil {
			return fail("generate: module is refused", "%s: %v", lowering.name, err)
		}
		o, f := touchstone(ctx, compiled, lowering.observer)
		if f != nil {
			return f
		}
		if fused == nil {
			fused = o
			if f := resets(ctx, compiled); f != nil {
				return f
			}
			continue
		}
		if f := fused.compare(o, "the "+lowering.name+" lowering", engine.Merge()); f != nil {
			return f
		}
		for i, c := range fused.calls {
			if !slices.Equal(c.frames, o.calls[i].frames) {
				return fail("fused: traps elsewhere", "%s: fused\n%s%s\n%s", c.export, runtime.Stack(c.frames), lowering.name, runtime.Stack(o.calls[i].frames))
			}
		}
	}
	return nil
}

// nansMeet reports whether, in a run of the module, an instruction takes two NaNs of which it may return either.
func nansMeet(ctx context.Context, m *wasm.Module) (met bool) {
	compiled, err := (&runtime.Compiler{Observed: true}).CompileModule(m)
	if err != nil {
		return false
	}
	_, _ = touchstone(ctx, compiled, func(step *runtime.Step) error {
		met = met || takesNaNs(step.Op(), step.Operands())
		return nil
	})
	return met
}
