package oracle

import (
	"errors"
	"math"

	"github.com/touchstone-wasm/touchstone/harness/evaluator"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// evaluatorLimits are beyond what a generated module can reach: it counts its own fuel and depth, and its memory and tables have limits.
var evaluatorLimits = evaluator.Limits{Steps: executeFuel, Depth: 1000, Pages: 1024, Elems: math.MaxUint32}

// evaluated runs a module as the specification says. The module has been decoded, so that its offsets are those of its bytes.
func evaluated(m *wasm.Module) (*outcome, *Failure) {
	in, err := evaluator.Instantiate(m, nil, evaluatorLimits)
	if err != nil {
		start, f := specifiedTrap(err)
		return &outcome{start: start}, f
	}
	o, types := &outcome{refs: []uint64{}}, m.FuncTypes()
	for _, e := range m.Exports {
		if e.Kind != wasm.ExternFunc || len(types[e.Index].Params) > 0 {
			continue
		}
		c, f := o.specifiedCall(e.Name, in.Export(e.Name).(*evaluator.Func), evaluatorLimits, nil)
		if f != nil {
			return nil, f
		}
		o.calls = append(o.calls, c)
	}
	o.lookSpecified(m, in)
	return o, nil
}

// specifiedCall calls a function of the evaluator.
func (o *outcome) specifiedCall(name string, fn *evaluator.Func, limits evaluator.Limits, args []evaluator.Value) (call, *Failure) {
	values, err := fn.Call(limits, args...)
	c := call{export: name}
	if err != nil {
		trap, f := specifiedTrap(err)
		if f != nil {
			return c, f
		}
		c.trap, c.frames = trap.Code, trap.Frames
	}
	for _, v := range values {
		c.values = append(c.values, o.specified(v)...)
	}
	return c, nil
}

// lookSpecified is look for an instance of the evaluator.
func (o *outcome) lookSpecified(m *wasm.Module, in *evaluator.Instance) {
	for _, e := range m.Exports {
		switch x := in.Export(e.Name).(type) {
		case *evaluator.Global:
			o.globals = append(o.globals, o.specified(x.Value)...)
		case *evaluator.Table:
			for _, v := range x.Elems {
				o.specified(v)
			}
		case *evaluator.Memory:
			o.memory = x.Data
		}
	}
}

// specified is seen for a value of the evaluator.
func (o *outcome) specified(v evaluator.Value) []uint64 {
	switch {
	case v.Type.IsRef():
		return []uint64{o.reference(v.IsNull(), v.Ref)}
	case v.Type.IsVector():
		return []uint64{v.Bits, v.High}
	}
	return []uint64{v.Bits}
}

// specifiedTrap returns a trap of the evaluator as one of ours, or a Failure if err is anything else or a limit.
func specifiedTrap(err error) (*runtime.Trap, *Failure) {
	var trap *evaluator.Trap
	if !errors.As(err, &trap) || trap.Code == wasm.FuelExhausted || trap.Code == wasm.StackExhausted {
		return nil, fail("evaluator: no outcome", "%T: %v", err, err)
	}
	ours := &runtime.Trap{Code: trap.Code, Frames: []runtime.Frame{}}
	for _, frame := range trap.Frames[:min(len(trap.Frames), shownFrames)] {
		ours.Frames = append(ours.Frames, runtime.Frame{Func: frame.Func, Offset: frame.Offset})
	}
	return ours, nil
}

// shownFrames is how many frames of a trap our runtime shows.
const shownFrames = 64
