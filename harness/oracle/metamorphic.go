package oracle

import (
	"context"

	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/generators/mutate"
	"github.com/touchstone-wasm/touchstone/runtime"
)

// Metamorphic generates a module from the first half of data and rewrites it in ways that keep its meaning, which the other half chooses,
// and asserts that both do the same on our runtime: results, traps, exported globals and memory. No other engine is needed, so
// that it also finds what all engines get wrong alike. It returns what was done.
func Metamorphic(ctx context.Context, data []byte) ([]string, *Failure) {
	tape, choices := data[:len(data)/2], data[len(data)/2:]
	m := module.Generate(tape, optionsFor(tape))
	executed := map[position]bool{}
	c := runtime.Compiler{Observed: true}
	compiled, err := c.CompileModule(m)
	if err != nil {
		return nil, fail("generate: module is refused", "%v", err)
	}
	before, f := touchstone(ctx, compiled, func(s *runtime.Step) error {
		executed[position{s.Func(), s.Frame().Offset}] = true
		return nil
	})
	if f != nil {
		return nil, f
	}
	changed, done := mutate.Mutate(m, choices, mutate.Options{Keeps: mutate.Meaning,
		Executed: func(function uint32, offset int) bool { return executed[position{function, offset}] }})
	if compiled, err = runtime.CompileModule(changed); err != nil {
		return done, fail("metamorphic: rewritten module is refused", "%q: %v", done, err)
	}
	after, f := touchstone(ctx, compiled, nil)
	if f != nil {
		return done, f
	}
	if f := before.compare(after.placeless(), &rewritten); f != nil {
		return done, fail("metamorphic: rewriting changes what a module does", "%q: %v", done, f)
	}
	return done, nil
}

// position is where an instruction stands: its function, and the offset in its code.
type position struct {
	function uint32
	offset   int
}
