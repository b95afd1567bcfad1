package oracle

import (
	"bytes"
	"context"
	"errors"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// executeFuel is what a generated module cannot use up: it counts its own fuel and ends long before.
const executeFuel = 20_000_000

// Execute generates a module from a tape and asserts: it is valid and compiles; it ends by itself, and without a trap
// if it was made to; and it does on our runtime what it does on wazero, to the last bit of its results, globals and memory.
func (w *Wazero) Execute(ctx context.Context, tape []byte) *Failure {
	opts := module.Options{Features: featuresFor(tape, onWazero)}
	return w.Run(ctx, module.Generate(tape, opts), module.ModeOf(tape, opts))
}

// onWazero is what modules use that run on wazero: as it comes, it has neither tail calls nor extended constant expressions.
var onWazero = wasm.Features(wasm.SIMD)

// featuresFor returns what the module of a tape uses besides what all modules do: with every third length the given features, so
// that the other tapes mean what they always did.
func featuresFor(tape []byte, features wasm.FeatureSet) wasm.FeatureSet {
	if len(tape)%3 == 2 {
		return features
	}
	return 0
}

// Run is Execute for a module that there is already. Entry points are the exported functions without parameters.
func (w *Wazero) Run(ctx context.Context, m *wasm.Module, mode module.Mode) *Failure {
	src := wasm.Encode(m)
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
	if f := ours.compare(theirs, "wazero", wazeroTraps); f != nil {
		return f
	}
	if mode == module.NoTrap {
		if f := ours.trapped(); f != nil {
			return f
		}
	}
	return tight(ctx, compiled, uint64(20+len(src)%500), ours)
}

// tight runs a module again with little fuel and a shallow stack. Every entry point must end as before or because of these
// limits: a limit never changes a result.
func tight(ctx context.Context, compiled *runtime.Module, fuel uint64, free *outcome) *Failure {
	rt := runtime.New(&runtime.Config{Fuel: fuel, MaxCallDepth: 20, MaxStackBytes: 1 << 16, MaxMemoryBytes: 64 << 20})
	in, err := rt.Instantiate(ctx, compiled, nil)
	if err != nil {
		return limited(free.started, err)
	}
	for i := range free.calls {
		was := &free.calls[i]
		values, err := in.Call(ctx, was.export)
		if err != nil {
			// The state is now another than in the free run, so what follows cannot be compared.
			return limited(was.trap, err)
		}
		if was.trap != wasm.NoTrap {
			return fail("execute: limits prevent a trap", "%s: %v with limits, %v without", was.export, wasm.NoTrap, was.trap)
		}
		for j, v := range values {
			if x := valueBits(v.Type(), v); x != was.values[j] {
				return fail("execute: limits change a result", "%s, result %d: %#x with limits, %#x without", was.export, j, x, was.values[j])
			}
		}
	}
	return nil
}

// limited asserts that err is the trap that there was without limits, or a limit's.
func limited(was wasm.TrapCode, err error) *Failure {
	var trap *runtime.Trap
	if !errors.As(err, &trap) {
		return fail("execute: no trap", "%T: %v", err, err)
	}
	if trap.Code != was && trap.Code != wasm.FuelExhausted && trap.Code != wasm.StackExhausted {
		return fail("execute: limits change a trap", "%v with limits, %v without", trap.Code, was)
	}
	return nil
}

// touchstone runs a module on our runtime, observed by observer if it is not nil.
func touchstone(ctx context.Context, compiled *runtime.Module, observer runtime.Observer) (*outcome, *Failure) {
	in, start, f := instance(ctx, compiled, observer)
	if f != nil || start != wasm.NoTrap {
		return &outcome{started: start}, f
	}
	return outcomeOf(ctx, in)
}

// resets runs a module, resets the instance and runs it again, and asserts that both do the same.
func resets(ctx context.Context, compiled *runtime.Module) *Failure {
	in, start, f := instance(ctx, compiled, nil)
	if f != nil || start != wasm.NoTrap {
		return f
	}
	first, f := outcomeOf(ctx, in)
	if f != nil {
		return f
	}
	first.memory = bytes.Clone(first.memory)
	if err := in.Reset(ctx); err != nil {
		return fail("reset: starts otherwise", "%v", err)
	}
	again, f := outcomeOf(ctx, in)
	if f != nil {
		return f
	}
	return first.compare(again, "the reset instance", engine.Merge())
}

// instance instantiates a module; start is the trap if it does not start.
func instance(ctx context.Context, compiled *runtime.Module, observer runtime.Observer) (in *runtime.Instance, start wasm.TrapCode, f *Failure) {
	rt := runtime.New(&runtime.Config{Fuel: executeFuel, MaxMemoryBytes: 64 << 20})
	rt.Observe(observer)
	in, err := rt.Instantiate(ctx, compiled, nil)
	if err != nil {
		start, f = trapOf(err)
	}
	return in, start, f
}

// outcomeOf calls the entry points of an instance in order. The memory of the outcome is the instance's.
func outcomeOf(ctx context.Context, in *runtime.Instance) (*outcome, *Failure) {
	o, m := &outcome{}, in.Module().Wasm()
	globals, types := m.GlobalTypes(), m.FuncTypes()
	for _, e := range m.Exports {
		switch e.Kind {
		case wasm.ExternFunc:
			if len(types[e.Index].Params) > 0 {
				continue
			}
			values, err := in.Call(ctx, e.Name)
			c := call{export: e.Name}
			if err != nil {
				var f *Failure
				if c.trap, f = trapOf(err); f != nil {
					return nil, f
				}
				c.frames = err.(*runtime.Trap).Frames
			}
			for i, v := range values {
				c.values = append(c.values, valueBits(types[e.Index].Results[i], v))
			}
			o.calls = append(o.calls, c)
		case wasm.ExternGlobal:
			o.globals = append(o.globals, valueBits(globals[e.Index].Type, in.Export(e.Name).(*runtime.Global).Get()))
		}
	}
	if mem := in.Memory(); mem != nil {
		o.memory, _ = mem.Slice(0, mem.Size())
	}
	return o, nil
}

func valueBits(t wasm.ValType, v runtime.Value) uint64 {
	if t.IsRef() {
		if v.IsNull() {
			return 0
		}
		return 1
	}
	return engine.Visible(t, v.Bits()).Bits
}

// trapOf returns the class of a trap, or a Failure if err is anything else or a trap that cannot be.
func trapOf(err error) (wasm.TrapCode, *Failure) {
	var trap *runtime.Trap
	if !errors.As(err, &trap) {
		return 0, fail("execute: no trap", "%T: %v", err, err)
	}
	switch trap.Code {
	case wasm.StackExhausted, wasm.FuelExhausted, wasm.Interrupted, wasm.NoTrap:
		return 0, fail("execute: does not end by itself", "%v", err)
	}
	return trap.Code, nil
}
