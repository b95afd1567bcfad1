package measure

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/bench/inproc"
	"github.com/touchstone-wasm/touchstone/bench/workload"
)

// fake is a workload that doubles its argument.
var fake = workload.Workload{
	Name: "fake", Suite: "Kernel", Module: func() []byte { return nil }, Export: "run", Arg: 21,
	Reference: func(arg uint32) uint32 { return 2 * arg },
}

// fakeEngine returns an engine whose calls take some time and multiply by factor.
func fakeEngine(name string, factor uint64, took time.Duration, calls *[]string) inproc.Engine {
	return inproc.Engine{Name: name, Open: func(context.Context, []byte, string) (inproc.Func, func(), error) {
		return func(_ context.Context, stack []uint64) error {
			time.Sleep(took)
			stack[0] *= factor
			*calls = append(*calls, name)
			return nil
		}, func() {}, nil
	}}
}

func TestRunInterleaves(t *testing.T) {
	var calls []string
	engines := []inproc.Engine{fakeEngine("a", 2, MinBatch, &calls), fakeEngine("b", 2, MinBatch, &calls)}
	series, err := Run(t.Context(), fake, engines, 3)
	if err != nil {
		t.Fatal(err)
	}
	// One call each to prepare, then rounds whose order rotates.
	want := []string{"a", "b", "a", "b", "b", "a", "a", "b"}
	if len(calls) != len(want) {
		t.Fatalf("calls = %q, want %q", calls, want)
	}
	for i := range want {
		if calls[i] != want[i] {
			t.Fatalf("calls = %q, want %q", calls, want)
		}
	}
	for _, s := range series {
		if len(s.Samples) != 3 || Median(s.Samples) < float64(MinBatch) {
			t.Errorf("%s: samples %v", s.Engine, s.Samples)
		}
	}
}

func TestRunChecksResults(t *testing.T) {
	var calls []string
	engines := []inproc.Engine{fakeEngine("good", 2, MinBatch, &calls), fakeEngine("bad", 3, MinBatch, &calls)}
	_, err := Run(t.Context(), fake, engines, 1)
	var wrong *WrongResult
	if !errors.As(err, &wrong) || wrong.Engine != "bad" || wrong.Got != 63 || wrong.Want != 42 {
		t.Errorf("error = %v, want the wrong result of bad", err)
	}
}

func TestRunCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var calls []string
	e := fakeEngine("a", 2, MinBatch, &calls)
	open := e.Open
	e.Open = func(c context.Context, m []byte, x string) (inproc.Func, func(), error) {
		f, release, err := open(c, m, x)
		return func(c context.Context, stack []uint64) error {
			if len(calls) == 2 {
				cancel()
			}
			return f(c, stack)
		}, release, err
	}
	series, err := Run(ctx, fake, []inproc.Engine{e}, 1000)
	if !errors.Is(err, context.Canceled) || len(series) != 1 || len(series[0].Samples) != 2 {
		t.Errorf("series %v, error %v; want two samples and the context's error", series, err)
	}
}

func TestStats(t *testing.T) {
	samples := []float64{5, 1, 4, 2, 3}
	if got := Median(samples); got != 3 {
		t.Errorf("Median = %v", got)
	}
	if got := Spread(samples); math.Abs(got-1.0/3) > 1e-12 {
		t.Errorf("Spread = %v", got)
	}
	if got := Median([]float64{1, 2}); got != 1.5 {
		t.Errorf("Median of two = %v", got)
	}
	if got := Geomean([]float64{2, 8}); math.Abs(got-4) > 1e-12 {
		t.Errorf("Geomean = %v", got)
	}
	if !math.IsNaN(Median(nil)) || !math.IsNaN(Geomean(nil)) {
		t.Error("the mean of nothing is a number")
	}
	if samples[0] != 5 {
		t.Error("Median changed its argument")
	}
}
