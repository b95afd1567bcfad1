package oracle

import (
	"context"

	"github.com/touchstone-wasm/touchstone/generators/matrix"
	"github.com/touchstone-wasm/touchstone/runtime"
)

// Instruction makes a module of package matrix, an instruction with all pairs of boundary operands in many forms, and asserts: it does
// what the specification says, compiled deterministically, to the last bit of its memory and tables and with the same traps at the same
// places; it does the same once more when it was reset, or in another instance. If floats are computed, and of every third length, plain
// ordinary code does the same as fused ordinary code where no operand is a NaN.
func Instruction(ctx context.Context, data []byte) (failure *Failure) {
	src := InstructionModule(data)
	defer func() { failure.of(src) }()
	compiled, err := (&runtime.Compiler{Deterministic: true}).Compile(src)
	if err != nil {
		return fail("generate: module is refused", "%v", err)
	}
	fused, f := repeated(ctx, compiled, len(data)%2 == 0)
	if f != nil {
		return f
	}
	specified, f := evaluated(compiled.Wasm())
	if f != nil {
		return f
	}
	if f := fused.compare(specified, &specification); f != nil {
		return f
	}
	if !matrix.Floats(data) && len(data)%3 != 0 {
		return nil // ordinary code is the same as deterministic code, and the specification has said what that does
	}
	return unfused(ctx, data)
}

// unfused compares fused and plain ordinary code. Without NaNs among the operands no two NaNs meet, since those that are computed do not
// go on to where others are.
func unfused(ctx context.Context, data []byte) *Failure {
	m := matrix.Module(data, matrix.Options{NoNaN: true})
	var outcomes [2]*outcome
	for i := range outcomes {
		compiled, f := lowered(m, runtime.Compiler{Plain: i == 1})
		if f != nil {
			return f
		}
		if outcomes[i], f = touchstone(ctx, compiled, nil); f != nil {
			return f
		}
	}
	return outcomes[0].compare(outcomes[1], &plainLowering)
}
