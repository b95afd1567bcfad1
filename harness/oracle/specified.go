package oracle

import (
	"context"
	"errors"

	"github.com/touchstone-wasm/touchstone/harness/evaluator"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// codeLimits bound the evaluator where code need not end. A memory may have as many pages as [runConfig] allows.
var codeLimits = evaluator.Limits{Steps: 5000, Depth: runConfig.MaxCallDepth, Pages: 2, Elems: 1000}

// asSpecified asserts that every function of a valid module without imports does on our runtime, compiled deterministically, what the
// specification says, with the same arguments as in [Run], up to the first call that a limit ends in either.
func asSpecified(ctx context.Context, m *wasm.Module) *Failure {
	exposeAll(m)
	compiled, err := (&runtime.Compiler{Limits: &runLimits, Deterministic: true}).Compile(wasm.Encode(m))
	if err != nil {
		return refusedToCompile(err)
	}
	cfg := runConfig
	cfg.Fuel = runFuel
	m = compiled.Wasm()
	in, err := runtime.New(&cfg).Instantiate(ctx, compiled, nil)
	if err != nil {
		return nil // what a segment or a limit does at the start is for Execute to compare
	}
	specified, err := evaluator.Instantiate(m, nil, codeLimits)
	if err != nil {
		return fail("lower: specification does not start", "%v", err)
	}
	ours, theirs, types := &outcome{refs: []uint64{}}, &outcome{refs: []uint64{}}, m.FuncTypes()
	for i := range types {
		name := exposed(wasm.ExternFunc, i)
		args := arguments(&types[i], i)
		expected, f := theirs.specifiedCall(name, specified.Export(name).(*evaluator.Func), codeLimits, valuesOf(&types[i], args))
		got, limited := ours.codeCall(ctx, in.Func(name), name, args)
		if f != nil || limited {
			return ours.compare(theirs, &specifiedCode) // of the calls before, since these are not at their ends
		}
		ours.calls, theirs.calls = append(ours.calls, got), append(theirs.calls, expected)
	}
	ours.look(in)
	theirs.lookSpecified(m, specified)
	return ours.compare(theirs, &specifiedCode)
}

// codeCall calls a function with its arguments in slots; limited says that a limit ended it.
func (o *outcome) codeCall(ctx context.Context, fn *runtime.Func, name string, args []uint64) (c call, limited bool) {
	t := fn.Type()
	c.export = name
	err := fn.CallStack(ctx, args)
	var trap *runtime.Trap
	switch {
	case errors.As(err, &trap):
		c.trap, c.frames = trap.Code, trap.Frames
		return c, trap.Code == wasm.FuelExhausted || trap.Code == wasm.StackExhausted
	case err != nil:
		return c, true
	}
	n := 0
	for _, r := range t.Results {
		n += slots(r)
	}
	c.values = append(c.values, args[:n]...)
	return c, false
}

// valuesOf returns arguments in slots as values; references are null.
func valuesOf(t *wasm.FuncType, slotsOf []uint64) (values []evaluator.Value) {
	at := 0
	for _, p := range t.Params {
		v := evaluator.Num(p, slotsOf[at])
		if p == wasm.V128 {
			v.High = slotsOf[at+1]
		}
		values = append(values, v)
		at += slots(p)
	}
	return values
}
