package engine_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// TestCalls: exports without parameters come first, then those with, with other arguments in each round, and two of them for a vector; a job's own
// calls are left as they are.
func TestCalls(t *testing.T) {
	var m asm.Module
	m.Func("two", "iF:", "", new(asm.Body))
	m.Func("none", ":", "", new(asm.Body))
	m.Func("vector", ":iV", "", new(asm.Body).I32(1).Op(wasm.OpV128Const, 2, 3))
	job := &engine.Job{Module: m.Encode()}
	plan, err := engine.NewPlan(job)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, c := range plan.Calls {
		if want := []string{"none", "vector", "two"}[min(i, 2)]; c.Export != want {
			t.Errorf("call %d is of %s, want %s", i, c.Export, want)
		}
		if i > 1 && (len(c.Args) != 2 || c.Args[0].Type != wasm.I32 || c.Args[1].Type != wasm.F64) {
			t.Errorf("call %d with %v", i, c.Args)
		}
		seen[fmt.Sprint(c.Export, c.Args)] = true
	}
	if len(plan.Calls) < 5 || len(seen) != len(plan.Calls) {
		t.Errorf("%d calls, %d of them with other arguments", len(plan.Calls), len(seen))
	}
	if ft, err := plan.FuncType("vector"); err != nil || !slices.Equal(ft.Results, []wasm.ValType{wasm.I32, wasm.I64, wasm.I64}) {
		t.Errorf("vector is called by type %v, %v", ft, err)
	}
	job.Calls = []engine.Call{{Export: "none"}}
	if plan, err = engine.NewPlan(job); err != nil || len(plan.Calls) != 1 {
		t.Errorf("%v calls in place of one: %v", plan.Calls, err)
	}
}

// TestEndlessGuess: an export that never ends with an argument of ours does not take the job's time, and is no hang.
func TestEndlessGuess(t *testing.T) {
	var m asm.Module
	spin := new(asm.Body).BlockOf(wasm.OpLoop, wasm.EmptyBlock).Get(0).Op(wasm.OpBrIf, 0).End()
	m.Func("spin", "i:", "", spin)
	m.Func("first", ":i", "", new(asm.Body).I32(5))
	e, err := touchstone.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	res, err := e.Run(context.Background(), &engine.Job{Module: m.Encode(), Timeout: time.Minute})
	if err != nil || res.Stage != engine.StageRun || time.Since(begun) > 20*time.Second {
		t.Fatalf("%+v, %v after %v", res, err, time.Since(begun))
	}
	if n := len(res.Calls); n != 3 || res.Calls[0].Outcome != engine.Returned || res.Calls[1].Outcome != engine.Returned || res.Calls[2].Outcome != engine.Limited {
		t.Errorf("calls %+v", res.Calls)
	}
}
