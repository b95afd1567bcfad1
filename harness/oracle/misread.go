package oracle

import (
	"context"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/generators/mutate"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// misreadFuel bounds each run of [Misread]: what is left of a module by a reduction need not end by itself.
const misreadFuel = 100_000

// Misread returns the key of what a module shows of an engine that takes one instruction for another, or "" if it shows nothing. There is
// no such engine: the instruction is exchanged in the module. Like a defect that was found, it is a question that reductions are asked.
func Misread(ctx context.Context, src []byte, op, as wasm.Op) string {
	m, err := wasm.Decode(src)
	if err != nil {
		return ""
	}
	bodies, err := edit.Bodies(m)
	if err != nil {
		return ""
	}
	wrong := edit.Clone(m)
	for i, body := range bodies {
		wrong.Funcs[i].Body = edit.Expr(edit.Map(body, func(n edit.Node) []edit.Node {
			if n.Op == op {
				mutate.Exchange(&n, as)
			}
			return []edit.Node{n}
		}))
	}
	x, y := briefly(ctx, m), briefly(ctx, wrong)
	if x == nil || y == nil {
		return ""
	}
	if f := x.compare(y.placeless(), &misreading); f != nil {
		return f.Key
	}
	return ""
}

// briefly runs a module, and returns nil if it does not end by itself soon.
func briefly(ctx context.Context, m *wasm.Module) *outcome {
	compiled, err := runtime.CompileModule(m)
	if err != nil {
		return nil
	}
	rt := runtime.New(&runtime.Config{Fuel: misreadFuel, MaxMemoryBytes: 64 << 20})
	in, err := rt.Instantiate(ctx, compiled, nil)
	if err != nil {
		start, f := trapOf(err)
		if f != nil {
			return nil
		}
		return &outcome{start: start}
	}
	o, f := outcomeOf(ctx, in)
	if f != nil {
		return nil
	}
	return o
}
