package explain_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmer"
	"github.com/touchstone-wasm/touchstone/differential/explain"
	"github.com/touchstone-wasm/touchstone/differential/nan"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// dying runs jobs on our own engine, but dies in a way where the fault's instruction would be executed.
func dying(t *testing.T, f *fault, stage engine.Stage) explain.Runner {
	r := runner(t, "dying", nil)
	run := r.Run
	r.Run = func(ctx context.Context, job explain.Job) (compare.Side, error) {
		job.Module = f.mine(t, job.Module)
		side, err := run(ctx, job)
		if slices.ContainsFunc(side.Result.Calls, func(c engine.CallResult) bool { return c.Trap == wasm.DivideByZero }) {
			side.Result = &engine.Result{Stage: stage, Message: "signal: segmentation fault"}
		}
		return side, err
	}
	return r
}

// mine puts a division by zero in front of the instruction.
func (f *fault) mine(t *testing.T, module []byte) []byte {
	m, err := wasm.Decode(module)
	if err != nil {
		t.Fatal(err)
	}
	var code []byte
	n := 0
	r := wasm.NewReader(m.Funcs[f.fn].Body)
	for in := (wasm.Instr{}); r.Next(&in) == nil; {
		if in.Op == f.op {
			if n == f.nth {
				for _, x := range []wasm.Instr{wasm.NewInstr(wasm.OpI32Const, 1), wasm.NewInstr(wasm.OpI32Const), wasm.NewInstr(wasm.OpI32DivS), wasm.NewInstr(wasm.OpDrop)} {
					code = wasm.AppendInstr(code, &x)
				}
			}
			n++
		}
		code = wasm.AppendInstr(code, &in)
	}
	m.Funcs[f.fn].Body = wasm.Expr{Code: code}
	return wasm.Encode(m)
}

// loop is a module that stores 1000 values and comes to a multiplication in the turn where its counter is 700.
func loop() []byte {
	var m asm.Module
	m.Memory(1, 1)
	empty := wasm.EmptyBlock
	b := new(asm.Body).BlockOf(wasm.OpLoop, empty)
	b.Get(0).Get(0).Op(wasm.OpI32Store, 2, 0)
	b.Get(0).I32(2800).Op(wasm.OpI32Eq).BlockOf(wasm.OpIf, empty)
	b.Get(0).I32(3).Op(wasm.OpI32Mul).Set(1)
	b.End()
	b.Get(0).I32(4).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, 0).I32(4000).Op(wasm.OpI32LtS).Op(wasm.OpBrIf, 0).End()
	m.Func("run", ":i", "ii", b.Get(1))
	return m.Encode()
}

func search(t *testing.T, module []byte, runners ...explain.Runner) *explain.Explanation {
	t.Helper()
	x, err := explain.Explain(context.Background(), &explain.Subject{Module: module, Canonical: true, Timeout: 10 * time.Second, Prefer: "touchstone"}, runners)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestDeath: the instruction at which an engine crashes or hangs is found.
func TestDeath(t *testing.T) {
	for _, stage := range []engine.Stage{engine.StageCrash, engine.StageHang} {
		x := search(t, loop(), runner(t, "touchstone", nil), dying(t, &fault{op: wasm.OpI32Mul}, stage))
		if len(x.Partings) != 1 || x.Partings[0].Culprit == nil || x.Partings[0].Culprit.Op != wasm.OpI32Mul {
			t.Errorf("%s:\n%s", stage, x.Text(loop()))
			continue
		}
		text := x.Text(loop())
		if !strings.Contains(text, "i32.mul") || !strings.Contains(text, "operands  i32 2800, i32 3") {
			t.Errorf("%s:\n%s", stage, text)
		}
	}
}

// TestStoreOfOtherBytes: a store that is given the right value and leaves another is found where it stands, not where it is read.
func TestStoreOfOtherBytes(t *testing.T) {
	var m asm.Module
	m.Memory(1, 1)
	m.Func("run", ":", "", new(asm.Body).I32(8).I32(-1).Op(wasm.OpI32Store8, 0, 0).I32(16).I32(-1).Op(wasm.OpI32Store, 0, 4).
		I32(0).I32(0).Op(wasm.OpI32Store8, 0, 0))
	module := m.Encode()
	x := search(t, module, runner(t, "touchstone", nil), runner(t, "planted", &fault{op: wasm.OpI32Store, as: wasm.OpI32Store16}))
	if len(x.Partings) != 1 || x.Partings[0].Culprit == nil || x.Partings[0].Culprit.Op != wasm.OpI32Store {
		t.Errorf("the memory is not even exported, and:\n%s", x.Text(module))
	}
}

// TestOpenNaNs: between arithmetic and what makes its NaNs canonical, engines differ in bits that are open, and are not blamed for it.
func TestOpenNaNs(t *testing.T) {
	var m asm.Module
	body := new(asm.Body).Op(wasm.OpF32Const, 0x7fc00001).Op(wasm.OpF32Const, 0xbf800000).Op(wasm.OpF32Add).Op(wasm.OpI32ReinterpretF32).I32(6).I32(7).Op(wasm.OpI32Mul).Op(wasm.OpI32Add)
	m.Func("run", ":i", "", body)
	module, _ := nan.Canonicalise(m.Encode())
	sign := &fault{op: wasm.OpF32Add, as: wasm.OpF32Copysign}
	alike := search(t, module, runner(t, "touchstone", nil), runner(t, "other sign", sign))
	if len(alike.Partings) != 0 {
		t.Errorf("the bits are open:\n%s", alike.Text(module))
	}
	planted := runner(t, "planted", sign)
	run := planted.Run
	planted.Run = func(ctx context.Context, job explain.Job) (compare.Side, error) {
		job.Module = (&fault{op: wasm.OpI32Mul, as: wasm.OpI32Sub}).plant(t, job.Module)
		return run(ctx, job)
	}
	x := search(t, module, runner(t, "touchstone", nil), planted)
	if len(x.Partings) != 1 || x.Partings[0].Culprit == nil || x.Partings[0].Culprit.Op != wasm.OpI32Mul {
		t.Error(x.Text(module))
	}
}

// TestRefused: engines that do not get as far as the first event.
func TestRefused(t *testing.T) {
	refuses := explain.Runner{Name: "refuses", Run: func(context.Context, explain.Job) (compare.Side, error) {
		return compare.Side{Engine: "refuses", Result: &engine.Result{Stage: engine.StageRejected, Message: "no"}}, nil
	}}
	x := search(t, loop(), runner(t, "touchstone", nil), refuses)
	if len(x.Partings) != 1 || x.Partings[0].Stage != explain.AtInstantiation || !strings.Contains(x.Text(loop()), "rejected [no]") {
		t.Error(x.Text(loop()))
	}
}

// TestNothing: where nothing differs, nothing is found.
func TestNothing(t *testing.T) {
	if x := search(t, loop(), runner(t, "touchstone", nil), runner(t, "twin", nil)); len(x.Partings) != 0 {
		t.Error(x.Text(loop()))
	}
}

// lateTurn is the last turn in which the sign that million shifts is positive.
const lateTurn = 330_000

// million is a module with more than a million events, and an instruction that matters in a late turn only.
func million() []byte {
	var m asm.Module
	m.Memory(1, 1)
	empty := wasm.EmptyBlock
	b := new(asm.Body).BlockOf(wasm.OpLoop, empty)
	b.Get(0).I32(0xfff0).Op(wasm.OpI32And).Get(1).Op(wasm.OpI32Store, 2, 0)
	b.Get(1).Get(0).Op(wasm.OpI32Xor).I32(7).Op(wasm.OpI32Rotl).Get(0).I32(math.MaxInt32 - lateTurn).Op(wasm.OpI32Add).I32(31).Op(wasm.OpI32ShrS).Op(wasm.OpI32Add).Set(1)
	b.Get(0).I32(1).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, 0).I32(350_000).Op(wasm.OpI32LtS).Op(wasm.OpBrIf, 0).End()
	m.Func("run", ":i", "ii", b.Get(1))
	return m.Encode()
}

// TestMillion: an instruction that gives another result once in a million events is found among them.
func TestMillion(t *testing.T) {
	module := million()
	x := search(t, module, runner(t, "touchstone", nil), runner(t, "planted", &fault{op: wasm.OpI32ShrS, as: wasm.OpI32ShrU}))
	if len(x.Partings) != 1 || x.Partings[0].Culprit == nil || x.Partings[0].Culprit.Op != wasm.OpI32ShrS || x.Partings[0].Events < 1_000_000 {
		t.Fatal(x.Text(module))
	}
	if x.Partings[0].Probes > 12 {
		t.Errorf("%d runs of both engines: there are more events than runs are good for", x.Partings[0].Probes)
	}
	t.Logf("event %d of %d, %d runs of both engines, %v", x.Partings[0].Event, x.Partings[0].Events, x.Partings[0].Probes, x.Elapsed)
}

// TestShapes: the instruction is found however a module is entered, and what nobody can enter does nothing.
func TestShapes(t *testing.T) {
	shift := func(b *asm.Body) *asm.Body { return b.Get(0).I32(-8).Op(wasm.OpI32Add).I32(1).Op(wasm.OpI32ShrS) }
	for name, c := range map[string]struct {
		make  func(m *asm.Module)
		found bool
	}{
		"parameters": {func(m *asm.Module) { m.Func("f", "ifF:i", "", shift(new(asm.Body))) }, true},
		"host function": {func(m *asm.Module) {
			h := m.Import("env", "log", "i:i")
			m.Func("f", "i:i", "", shift(new(asm.Body)).Op(wasm.OpCall, uint64(h)))
		}, true},
		"start function": {func(m *asm.Module) {
			m.Memory(1, 1)
			start := m.Func("", ":", "i", shift(new(asm.Body).I32(0)).Op(wasm.OpI32Store, 2, 0))
			m.Start = &start
		}, true},
		"references": {func(m *asm.Module) {
			t := asm.Sig("i:i")
			t.Params = append(t.Params, wasm.ExternRef)
			f := m.Func("f", "i:i", "", shift(new(asm.Body)))
			m.Funcs[f].Type = m.Type(t)
		}, true},
		"nothing": {func(m *asm.Module) { m.Func("", ":i", "i", shift(new(asm.Body))) }, false},
	} {
		var m asm.Module
		c.make(&m)
		module := m.Encode()
		x := search(t, module, runner(t, "touchstone", nil), runner(t, "planted", &fault{op: wasm.OpI32ShrS, as: wasm.OpI32ShrU}))
		found := len(x.Partings) == 1 && x.Partings[0].Culprit != nil && x.Partings[0].Culprit.Op == wasm.OpI32ShrS
		if found != c.found {
			t.Errorf("%s: found %v\n%s", name, found, x.Text(module))
		}
	}
}

// TestWideLoad explains a defect of a released engine: Wasmer 2.0 reads eight bytes for an i32.load whose value is sign-extended. To
// watch the load hides that: it shows in what the extension gives, as long as nobody else takes what is loaded.
func TestWideLoad(t *testing.T) {
	e, err := wasmer.Open(context.Background(), engine.ParseVariant(wasmer.Name))
	if missing := (*engine.Unavailable)(nil); errors.As(err, &missing) {
		t.Skip(missing)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	foreign := explain.Runner{Name: "wasmer", Run: func(ctx context.Context, job explain.Job) (compare.Side, error) {
		res, err := e.Run(ctx, &engine.Job{Module: job.Module, Calls: job.Calls, Timeout: job.Timeout})
		return compare.Side{Engine: "wasmer", Features: e.Features(), Result: res}, err
	}}
	var m asm.Module
	m.Memory(1, 1)
	m.Func("run", ":i", "i", new(asm.Body).I32(0).I32(7).Op(wasm.OpI32Store, 2, 0).I32(1).I32(2).Op(wasm.OpI32Add).Op(wasm.OpDrop).
		I32(65532).Op(wasm.OpI32Load, 0, 0).Op(wasm.OpI32Extend16S).Set(0).I32(8).Get(0).Op(wasm.OpI32Store, 2, 0).Get(0))
	module := m.Encode()
	x := search(t, module, runner(t, "touchstone", nil), foreign)
	if len(x.Partings) != 1 {
		t.Fatal(x.Text(module))
	}
	p := x.Partings[0]
	if c := p.Culprit; c == nil || c.Op != wasm.OpI32Extend16S || c.What != explain.End || c.With == nil || c.With.Op != wasm.OpI32Load {
		t.Error(x.Text(module))
	}
}
