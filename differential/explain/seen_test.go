package explain_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/explain"
	"github.com/touchstone-wasm/touchstone/differential/instrument"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// TestSeenTwice: an engine that is wrong only where nothing else sees a value, as compilers are that fold a load into what uses it, differs in
// what it leaves; the search gets to the event without seeing the value.
func TestSeenTwice(t *testing.T) {
	var m asm.Module
	m.Memory(1, 1)
	zero := wasm.NewInstr(wasm.OpI32Const)
	end := wasm.NewInstr(wasm.OpEnd)
	m.Globals = []wasm.Global{{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: wasm.Expr{Code: wasm.AppendInstr(wasm.AppendInstr(nil, &zero), &end)}}}
	b := new(asm.Body).I32(1).Op(wasm.OpI32Const, 0).Op(wasm.OpI32Store, 2, 8)
	b.I32(16).I32(5).I32(3).Op(wasm.OpI32Add).Op(wasm.OpGlobalSet, 0).Op(wasm.OpDrop)
	m.Func("run", ":", "", b)
	m.Export("g", wasm.ExternGlobal, 0)
	module := m.Encode()

	right, wrong := runner(t, "touchstone", nil), runner(t, "planted", &fault{op: wasm.OpI32Add, as: wasm.OpI32Sub})
	shy := explain.Runner{Name: "shy", Run: func(ctx context.Context, job explain.Job) (compare.Side, error) {
		run := wrong.Run
		if seen(t, job.Module) {
			run = right.Run
		}
		side, err := run(ctx, job)
		side.Engine = "shy"
		return side, err
	}}
	x, err := explain.Explain(context.Background(), &explain.Subject{Module: module, Canonical: true, Timeout: 10 * time.Second}, []explain.Runner{right, shy})
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Partings) != 1 || x.Partings[0].Stage == explain.Hidden || x.Partings[0].Stage == explain.AtInstantiation {
		t.Fatal(x.Text(module))
	}
	p := x.Partings[0]
	named := p.Culprit != nil && p.Culprit.Op == wasm.OpI32Add ||
		slices.ContainsFunc(p.Suspects, func(s explain.Place) bool { return s.Op == wasm.OpI32Add }) ||
		slices.ContainsFunc(p.Window, func(e instrument.Event) bool { return e.Site.Op == wasm.OpI32Add })
	if !named {
		t.Error(x.Text(module))
	}
}

// seen reports whether anything reads the global after it was set.
func seen(t *testing.T, module []byte) bool {
	m, err := wasm.Decode(module)
	if err != nil {
		t.Fatal(err)
	}
	r := wasm.NewReader(m.Funcs[0].Body)
	for in := (wasm.Instr{}); r.Next(&in) == nil; {
		if in.Op == wasm.OpGlobalGet && in.Imm[0] == 0 {
			return true
		}
	}
	return false
}
