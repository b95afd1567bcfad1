package oracle

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// compare returns a Failure for the first difference between fused and plain code.
func (s *runState) compare(plain *runState) *Failure {
	for i := range s.calls {
		if i == len(plain.calls) {
			return fail("run: plain code does not end", "call %d", i)
		}
		x, y := &s.calls[i], &plain.calls[i]
		switch {
		case (x.trap == nil) != (y.trap == nil), x.trap != nil && x.trap.Code != y.trap.Code:
			return fail("run: other trap", "call %d: fused %v, plain %v", i, x.trap, y.trap)
		case x.trap != nil && !slices.Equal(x.trap.Frames, y.trap.Frames):
			return fail("run: traps elsewhere", "call %d: fused\n%splain\n%s", i, runtime.Stack(x.trap.Frames), runtime.Stack(y.trap.Frames))
		case !slices.Equal(x.results, y.results):
			return fail("run: other result", "call %d: fused %#x, plain %#x", i, x.results, y.results)
		}
	}
	if s.starved {
		return nil // it did something before, which the other one did not
	}
	if s.host.Sum64() != plain.host.Sum64() {
		return fail("run: other arguments of imports", "the hashes differ")
	}
	for _, e := range s.instance.Module().Wasm().Exports {
		if f := sameExtern(e.Name, s.instance.Export(e.Name), plain.instance.Export(e.Name)); f != nil {
			return f
		}
	}
	return nil
}

// sameExtern compares what is exported under a name.
func sameExtern(name string, x, y runtime.Extern) *Failure {
	switch x := x.(type) {
	case *runtime.Global:
		if a, b := x.Get(), y.(*runtime.Global).Get(); !sameValue(a, b) {
			return fail("run: other global", "%q: fused %v, plain %v", name, a, b)
		}
	case *runtime.Memory:
		other := y.(*runtime.Memory)
		if !x.Equal(other) {
			a, _ := x.Slice(0, x.Size())
			b, _ := other.Slice(0, other.Size())
			return fail("run: other memory", "%s", firstDifference(a, b, "plain code"))
		}
	case *runtime.Table:
		other := y.(*runtime.Table)
		if x.Len() != other.Len() {
			return fail("run: other table", "%q: fused %d elements, plain %d", name, x.Len(), other.Len())
		}
		for i := range x.Len() {
			a, _ := x.Get(i)
			b, _ := other.Get(i)
			if !sameValue(a, b) {
				return fail("run: other table", "%q, element %d: fused %v, plain %v", name, i, a, b)
			}
		}
	}
	return nil
}

// sameValue compares values of two stores: references by whether they are null, functions also by what people call them.
func sameValue(a, b runtime.Value) bool {
	if !a.Type().IsRef() {
		low, high := a.V128()
		low2, high2 := b.V128()
		return low == low2 && high == high2
	}
	if a.IsNull() || b.IsNull() || a.Type() == wasm.ExternRef {
		return a.IsNull() == b.IsNull()
	}
	return a.Ref().(*runtime.Func).String() == b.Ref().(*runtime.Func).String()
}
