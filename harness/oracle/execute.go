package oracle

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// executeFuel is what a generated module cannot use up: it counts its own fuel and ends long before.
const executeFuel = 20_000_000

// Execute generates a module from a tape and asserts: it is valid and compiles; it ends by itself, and without a trap
// if it was made to; it does on our runtime what the specification says, to the last bit of its results, globals, tables and memory,
// and traps at the same places; it does the same in another instance, or once more in one that was reset; and limits change no
// result. Every fifth length of a tape gives a module with the NaNs of arithmetic as they come, which is compiled deterministically, and
// every 29th one that runs as long as the generator's usual ones.
func Execute(ctx context.Context, tape []byte) (failure *Failure) {
	opts, src := executeOptions(tape), ExecuteModule(tape)
	defer func() { failure.of(src) }()
	compiled, err := (&runtime.Compiler{Deterministic: opts.RawNaN}).Compile(src)
	if err != nil {
		return fail("generate: module is refused", "%v", err)
	}
	ours, f := repeated(ctx, compiled, len(tape)%2 == 0)
	if f != nil {
		return f
	}
	specified, f := evaluated(compiled.Wasm())
	if f != nil {
		return f
	}
	if f := ours.compare(specified, &specification); f != nil {
		return f
	}
	if module.ModeOf(tape, opts) == module.NoTrap {
		if f := ours.trapped(); f != nil {
			return f
		}
	}
	return tight(ctx, compiled, uint64(20+len(src)%500), ours)
}

// executeOptions returns what the module of [Execute] uses.
func executeOptions(tape []byte) module.Options {
	opts := optionsFor(tape)
	opts.ExternSegments, opts.RawNaN = true, len(tape)%5 == 3
	return opts
}

// shortFuel is what most modules run with. Of the iterations of a loop and the entries of a function the first few find what all would: of
// the instructions with their classes of operands that modules execute with the usual fuel, they execute 98 in 100 with this, in an
// eighth of the steps.
const shortFuel = 16

// longRuns is the part of tapes, by length, whose modules have the usual fuel.
const longRuns = 29

// optionsFor returns what the module of a tape uses, and how long it runs.
func optionsFor(tape []byte) module.Options {
	opts := module.Options{Features: featuresFor(tape, wasm.AllFeatures), Fuel: shortFuel}
	if len(tape)%longRuns == longRuns-1 {
		opts.Fuel = 0 // the generator's own
	}
	return opts
}

// featuresFor returns what the module of a tape uses besides what all modules do: with every third length the given features, so
// that the other tapes mean what they always did.
func featuresFor(tape []byte, features wasm.FeatureSet) wasm.FeatureSet {
	if len(tape)%3 == 2 {
		return features
	}
	return 0
}

// tight runs a module again with little fuel and a shallow stack. Every entry point must end as before or because of these
// limits: a limit never changes a result.
func tight(ctx context.Context, compiled *runtime.Module, fuel uint64, free *outcome) *Failure {
	rt := runtime.New(&runtime.Config{Fuel: fuel, MaxCallDepth: 20, MaxStackBytes: 1 << 16, MaxMemoryBytes: 64 << 20})
	in, err := rt.Instantiate(ctx, compiled, nil)
	if err != nil {
		return limited(free.started(), err)
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
		var seen []uint64
		for _, v := range values {
			seen = append(seen, new(outcome).seen(v)...)
		}
		if !slices.Equal(seen, was.values) {
			return fail("execute: limits change a result", "%s: %#x with limits, %#x without", was.export, seen, was.values)
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
	if f != nil || start != nil {
		return &outcome{start: start}, f
	}
	return outcomeOf(ctx, in)
}

// repeated runs a module twice, either in one instance that is reset between the runs or in two, and asserts that both do the same.
func repeated(ctx context.Context, compiled *runtime.Module, reset bool) (*outcome, *Failure) {
	in, start, f := instance(ctx, compiled, nil)
	if f != nil || start != nil {
		return &outcome{start: start}, f
	}
	first, f := outcomeOf(ctx, in)
	if f != nil {
		return nil, f
	}
	first.memory = bytes.Clone(first.memory)
	if !reset {
		again, f := touchstone(ctx, compiled, nil)
		if f == nil {
			f = first.compare(again, &otherInstance)
		}
		return first, f
	}
	if err := in.Reset(ctx); err != nil {
		return nil, fail("reset: starts otherwise", "%v", err)
	}
	again, f := outcomeOf(ctx, in)
	if f == nil {
		f = first.compare(again, &resetInstance)
	}
	return first, f
}

// instance instantiates a module; start is the trap if it does not start.
func instance(ctx context.Context, compiled *runtime.Module, observer runtime.Observer) (in *runtime.Instance, start *runtime.Trap, f *Failure) {
	rt := runtime.New(&runtime.Config{Fuel: executeFuel, MaxMemoryBytes: 64 << 20})
	linker, f := hostState(ctx, rt, compiled)
	if f != nil {
		return nil, nil, f
	}
	rt.Observe(observer)
	in, err := rt.Instantiate(ctx, compiled, linker)
	if err != nil {
		start, f = trapOf(err)
	}
	return in, start, f
}

// hostState defines what a module imports besides functions; nil if that is nothing.
func hostState(ctx context.Context, rt *runtime.Runtime, compiled *runtime.Module) (*runtime.Linker, *Failure) {
	host := module.HostState(compiled.Wasm())
	if host == nil {
		return nil, nil
	}
	provider, err := runtime.CompileModule(host)
	if err != nil {
		return nil, fail("generate: module is refused", "the module of its imports: %v", err)
	}
	in, err := rt.Instantiate(ctx, provider, nil)
	if err != nil {
		return nil, fail("generate: module is refused", "the module of its imports: %v", err)
	}
	l := new(runtime.Linker)
	l.Instance(module.StateModule, in)
	return l, nil
}

// outcomeOf calls the entry points of an instance in order. The memory of the outcome is the instance's.
func outcomeOf(ctx context.Context, in *runtime.Instance) (*outcome, *Failure) {
	o, m := &outcome{refs: []uint64{}}, in.Module().Wasm()
	types := m.FuncTypes()
	for _, e := range m.Exports {
		if e.Kind != wasm.ExternFunc || len(types[e.Index].Params) > 0 {
			continue
		}
		values, err := in.Call(ctx, e.Name)
		c := call{export: e.Name}
		if err != nil {
			trap, f := trapOf(err)
			if f != nil {
				return nil, f
			}
			c.trap, c.frames = trap.Code, trap.Frames
		}
		for _, v := range values {
			c.values = append(c.values, o.seen(v)...)
		}
		o.calls = append(o.calls, c)
	}
	o.look(in)
	return o, nil
}

// look notes what an instance exports besides functions.
func (o *outcome) look(in *runtime.Instance) {
	for _, e := range in.Module().Wasm().Exports {
		switch x := in.Export(e.Name).(type) {
		case *runtime.Global:
			o.globals = append(o.globals, o.seen(x.Get())...)
		case *runtime.Table:
			for i := range x.Len() {
				v, _ := x.Get(i)
				o.seen(v)
			}
		case *runtime.Memory:
			o.memory, _ = x.Slice(0, x.Size())
		}
	}
}

// seen notes a reference and returns the bits of a value as every engine shows them: two numbers of a vector.
func (o *outcome) seen(v runtime.Value) []uint64 {
	switch {
	case v.Type().IsRef():
		return []uint64{o.reference(v.IsNull(), v.Ref())}
	case v.Type().IsVector():
		low, high := v.V128()
		return []uint64{low, high}
	}
	return []uint64{v.Bits()}
}

// trapOf returns a trap, or a Failure if err is anything else or a trap that cannot be.
func trapOf(err error) (*runtime.Trap, *Failure) {
	var trap *runtime.Trap
	if !errors.As(err, &trap) {
		return nil, fail("execute: no trap", "%T: %v", err, err)
	}
	switch trap.Code {
	case wasm.StackExhausted, wasm.FuelExhausted, wasm.Interrupted, wasm.NoTrap:
		return nil, fail("execute: does not end by itself", "%v", err)
	}
	return trap, nil
}
