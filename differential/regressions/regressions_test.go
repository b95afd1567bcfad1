package regressions_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corpus "github.com/touchstone-wasm/touchstone/corpus/regressions"
	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/regressions"
	"github.com/touchstone-wasm/touchstone/differential/tree"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// ran is a regression with what touchstone did with it.
type ran struct {
	*corpus.Regression
	outcome *regressions.Outcome
}

// onTouchstone runs all regressions once for all tests.
var onTouchstone = sync.OnceValues(func() ([]ran, error) {
	e, err := touchstone.Open(context.Background())
	if err != nil {
		return nil, err
	}
	all, err := corpus.All()
	if err != nil {
		return nil, err
	}
	var list []ran
	var errs []error
	for _, r := range all {
		o, err := regressions.Run(context.Background(), r, e, "")
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, ran{r, o})
	}
	return list, errors.Join(errs...)
})

// TestTouchstone: our engine holds everything, and comes as far as the dangerous step of every guest.
func TestTouchstone(t *testing.T) {
	list, err := onTouchstone()
	if err != nil {
		t.Error(err)
	}
	for _, r := range list {
		t.Run(r.ID, func(t *testing.T) {
			t.Logf("%d KiB, %v\n%s", r.outcome.Memory>>10, r.outcome.Result.Elapsed, strings.Join(r.outcome.Lines(), "\n"))
			if verdict, why := regressions.Judge(r.Regression, r.outcome); verdict != regressions.Holds {
				t.Errorf("%s: %s", verdict, why)
			}
		})
	}
}

// breaches makes, for each kind of demand, an outcome into one that does not meet it.
var breaches = map[string]func(o *regressions.Outcome, e *corpus.Expectation){
	"survives": func(o *regressions.Outcome, _ *corpus.Expectation) { o.Result.Stage = engine.StageHang },
	"confined": func(o *regressions.Outcome, _ *corpus.Expectation) { change(o, "outside/secret") },
	"secret": func(o *regressions.Outcome, _ *corpus.Expectation) {
		o.Result.Stderr = []byte("it is: " + regressions.Secret)
	},
	"rejected":    func(o *regressions.Outcome, _ *corpus.Expectation) { o.Result.Stage = engine.StageCompiled },
	"unlinkable":  func(o *regressions.Outcome, _ *corpus.Expectation) { o.Result.Stage = engine.StageRun },
	"start-traps": func(o *regressions.Outcome, _ *corpus.Expectation) { o.Result.Stage = engine.StageRun },
	"refused":     func(o *regressions.Outcome, e *corpus.Expectation) { returning(o, e.Step, 0) },
	"succeeds":    func(o *regressions.Outcome, e *corpus.Expectation) { returning(o, e.Step, 8) },
	"returns": func(o *regressions.Outcome, e *corpus.Expectation) {
		v := &o.Step(e.Step).Values[0]
		if v.Bits ^= 1 << 5; compare.IsNaN(*v) {
			v.Bits = 0
		}
	},
	"traps": func(o *regressions.Outcome, e *corpus.Expectation) { returning(o, e.Step, 0) },
	"within": func(o *regressions.Outcome, e *corpus.Expectation) {
		o.Result.Elapsed = time.Duration(e.MS)*time.Millisecond + 1
	},
	"memory":    func(o *regressions.Outcome, e *corpus.Expectation) { o.Memory = e.MiB<<20 + 1 },
	"unchanged": func(o *regressions.Outcome, e *corpus.Expectation) { change(o, e.Path) },
}

// returning makes a step return a number.
func returning(o *regressions.Outcome, step string, bits uint64) {
	c := o.Step(step)
	c.Outcome, c.Trap, c.Values = engine.Returned, wasm.NoTrap, []engine.Value{{Type: wasm.I32, Bits: bits}}
}

// change makes a file longer, or puts a new one into a directory.
func change(o *regressions.Outcome, path string) {
	for i := range o.After {
		if e := &o.After[i]; e.Path == path && e.Type.IsRegular() {
			e.Size++
			return
		}
	}
	o.After = append(o.After, tree.Entry{Path: path + "/new"})
}

// clone copies what a breach changes.
func clone(o *regressions.Outcome) *regressions.Outcome {
	c, res := *o, *o.Result
	res.Calls = slices.Clone(res.Calls)
	for i := range res.Calls {
		res.Calls[i].Values = slices.Clone(res.Calls[i].Values)
	}
	c.Result, c.After = &res, slices.Clone(o.After)
	return &c
}

// TestEveryDemandCanFail breaks each demand of each regression, one at a time, and sees that it is noticed.
func TestEveryDemandCanFail(t *testing.T) {
	list, err := onTouchstone()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range list {
		for _, d := range regressions.Demands(r.Regression) {
			breach := breaches[d.Kind]
			if breach == nil {
				t.Fatalf("%s: there is no kind of demand %q", r.ID, d.Kind)
			}
			if d.Step != "" && r.outcome.Step(d.Step) == nil {
				t.Errorf("%s demands something of step %q, which there is not", r.ID, d.Step)
				continue
			}
			seen[d.Kind] = true
			o := clone(r.outcome)
			breach(o, &d)
			if verdict, why := regressions.Judge(r.Regression, o); verdict != regressions.Fails || !strings.HasPrefix(why, d.Kind+": ") {
				t.Errorf("%s: the breach of %+v was judged as %s: %s", r.ID, d, verdict, why)
			}
		}
	}
	for _, k := range regressions.Kinds {
		if !seen[k.Name] {
			t.Errorf("no regression makes the demand %q", k.Name)
		}
	}
}

// TestOpen: what an engine lacks is said, and still does not excuse a crash.
func TestOpen(t *testing.T) {
	list, err := onTouchstone()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		o := clone(r.outcome)
		switch {
		case slices.Contains(r.Needs, "simd"):
			o.Features.SIMD = false
		case slices.Contains(r.Needs, "tail-call"):
			o.Features.TailCall = false
		case len(r.Setup) > 0:
			returning(o, r.Setup[0], 52)
		default:
			o.Result.Stage = engine.StageLimit
		}
		if verdict, why := regressions.Judge(r.Regression, o); verdict != regressions.Open || why == "" {
			t.Errorf("%s: %s: %s", r.ID, verdict, why)
		}
		o.Result.Stage = engine.StageCrash
		if verdict, _ := regressions.Judge(r.Regression, o); verdict != regressions.Fails {
			t.Errorf("%s: a crash was judged as %s", r.ID, verdict)
		}
	}
}

func TestSelect(t *testing.T) {
	all := []*corpus.Regression{{ID: "a"}, {ID: "b"}}
	if got, err := regressions.Select(all, nil); err != nil || len(got) != 2 {
		t.Errorf("all: %v, %v", got, err)
	}
	if got, err := regressions.Select(all, []string{"corpus/regressions/b/"}); err != nil || len(got) != 1 || got[0].ID != "b" {
		t.Errorf("by folder: %v, %v", got, err)
	}
	if _, err := regressions.Select(all, []string{"c"}); err == nil {
		t.Error("an unknown id was accepted")
	}
}

func TestValue(t *testing.T) {
	for _, test := range []struct {
		v    engine.Value
		want string
	}{
		{engine.Value{Type: wasm.I32, Bits: 0xffffffff}, "i32 -1"},
		{engine.Value{Type: wasm.I64, Bits: 1 << 63}, "i64 -9223372036854775808"},
		{engine.Value{Type: wasm.F32, Bits: 0x80000000}, "f32 0x80000000"},
		{engine.Value{Type: wasm.F64, Bits: 0xfff8000000000001}, "f64 nan"},
		{engine.Value{Type: wasm.FuncRef}, "funcref null"},
		{engine.Value{Type: wasm.ExternRef, Bits: 1}, "externref reference"},
	} {
		if got := regressions.Value(test.v); got != test.want {
			t.Errorf("%v: %q, want %q", test.v, got, test.want)
		}
	}
}
