package oracle

import (
	"context"

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
	m := module.Generate(tape, module.Options{RawNaN: true, Features: featuresFor(tape, wasm.AllFeatures), State: len(tape)%4 == 1})
	f := lowerings(ctx, m, false, runtime.Counting(counts))
	if f == nil || !nansMeet(ctx, m) {
		return f
	}
	return lowerings(ctx, m, true, nil)
}

// lowerings compares fused, plain and observed code of a module.
func lowerings(ctx context.Context, m *wasm.Module, deterministic bool, observer runtime.Observer) *Failure {
	compiled, f := lowered(m, runtime.Compiler{Deterministic: deterministic})
	if f != nil {
		return f
	}
	fused, f := repeated(ctx, compiled, module.HostState(m) == nil) // what is imported is not reset with an instance
	if f != nil {
		return f
	}
	for _, other := range []struct {
		compiler runtime.Compiler
		observer runtime.Observer
		rival    *rival
	}{{runtime.Compiler{Plain: true}, nil, &plainLowering}, {runtime.Compiler{Observed: true}, observer, &observedCode}} {
		other.compiler.Deterministic = deterministic
		if compiled, f = lowered(m, other.compiler); f != nil {
			return f
		}
		o, f := touchstone(ctx, compiled, other.observer)
		if f != nil {
			return f
		}
		if f := fused.compare(o, other.rival); f != nil {
			return f
		}
	}
	return nil
}

// lowered compiles a module that is valid.
func lowered(m *wasm.Module, compiler runtime.Compiler) (*runtime.Module, *Failure) {
	compiled, err := compiler.CompileModule(m)
	if err != nil {
		return nil, fail("generate: module is refused", "%v", err)
	}
	return compiled, nil
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
