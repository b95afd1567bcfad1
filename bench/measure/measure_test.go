package measure

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
)

// double is a workload that doubles its argument.
var double = workload.Workload{
	Name: "double", Module: func() []byte { return nil }, Arg: 21, Small: 1,
	Reference: func(arg uint32) uint32 { return 2 * arg },
}

// fake is an engine whose calls take some time and multiply by factor.
type fake struct {
	name   string
	factor uint32
	took   time.Duration
	wall   int // times as long passes
	bytes  uint64
	log    *[]string
	refuse error
	before func(batches int) // each batch
	calls  []int             // of each batch
}

func (f *fake) Name() string                                  { return f.name }
func (f *fake) Version() string                               { return "1" }
func (f *fake) Resolution() time.Duration                     { return 10 * time.Millisecond }
func (f *fake) Prepare(context.Context, *timing.Kernel) error { return f.refuse }
func (f *fake) Close() error                                  { return nil }

func (f *fake) Time(ctx context.Context, b timing.Batch) (timing.Sample, error) {
	f.calls = append(f.calls, b.Calls)
	if f.before != nil {
		f.before(len(f.calls))
	}
	if f.log != nil {
		*f.log = append(*f.log, f.name)
	}
	return timing.Sample{Result: f.factor * b.Arg, Bytes: f.bytes, CPU: time.Duration(b.Calls) * f.took, Wall: time.Duration(f.wall*b.Calls) * f.took}, ctx.Err()
}

// runOne is Run for one workload.
func runOne(ctx context.Context, w workload.Workload, timers []timing.Timer, o Options) ([]*Series, error) {
	rows, err := Run(ctx, []workload.Workload{w}, timers, o)
	return rows[0], err
}

func TestRunInterleaves(t *testing.T) {
	var log []string
	const took = 20 * time.Millisecond
	timers := []timing.Timer{&fake{name: "a", factor: 2, took: took, log: &log}, &fake{name: "b", factor: 2, took: took, log: &log}}
	series, err := runOne(t.Context(), double, timers, Options{Rounds: 3})
	if err != nil {
		t.Fatal(err)
	}
	// One batch each to calibrate, then rounds whose order rotates, with a batch to warm up.
	if want := []string{"a", "b", "a", "a", "b", "b", "b", "b", "a", "a", "a", "a", "b", "b"}; !slices.Equal(log, want) {
		t.Errorf("batches %q, want %q", log, want)
	}
	for _, s := range series {
		if !slices.Equal(s.Samples, []float64{20e6, 20e6, 20e6}) || s.Err != nil {
			t.Errorf("%s: samples %v, error %v", s.Engine, s.Samples, s.Err)
		}
	}
}

func TestCalibration(t *testing.T) {
	quick := &fake{name: "quick", factor: 2, took: 100 * time.Nanosecond}
	none := &fake{name: "none", factor: 2} // whose batches take no time that can be measured, at first
	none.before = func(batches int) {
		if batches == 3 {
			none.took = time.Millisecond
		}
	}
	perTurn := double
	perTurn.PerTurn = true
	series, err := runOne(t.Context(), perTurn, []timing.Timer{quick, none}, Options{Rounds: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range []*fake{quick, none} {
		if last := f.calls[len(f.calls)-1]; time.Duration(last)*f.took < f.Resolution() || len(f.calls) > 9 {
			t.Errorf("%s: batches of %v calls", f.name, f.calls)
		}
		if got, want := series[i].Samples[0], float64(f.took.Nanoseconds())/21; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: sample %v, want %v", f.name, got, want)
		}
	}
	short := &fake{name: "short", factor: 2, took: 1}
	if _, err := runOne(t.Context(), double, []timing.Timer{short}, Options{Rounds: 2, Short: true}); err != nil || !slices.Equal(short.calls, []int{1, 1, 1}) {
		t.Errorf("short batches of %v calls, error %v", short.calls, err)
	}
}

// TestFailures: an engine that refuses, computes something wrong, or fails on the way is left out, and the others go on.
func TestFailures(t *testing.T) {
	const took = 20 * time.Millisecond
	refused := errors.New("refused")
	late := &fake{name: "late", factor: 2, took: took}
	late.before = func(batches int) {
		if batches == 4 { // the first is that of the calibration, the second that of the warming up
			late.factor = 5
		}
	}
	series, err := runOne(t.Context(), double, []timing.Timer{
		&fake{name: "good", factor: 2, took: took},
		&fake{name: "bad", factor: 3, took: took},
		&fake{name: "refuses", refuse: refused},
		late,
	}, Options{Rounds: 4})
	if err != nil {
		t.Fatal(err)
	}
	var wrong *WrongResult
	if s := series[0]; s.Err != nil || len(s.Samples) != 4 {
		t.Errorf("good: %+v", s)
	}
	if s := series[1]; !errors.As(s.Err, &wrong) || wrong.Got != 63 || wrong.Want != 42 || len(s.Samples) != 0 {
		t.Errorf("bad: %+v", s)
	}
	if s := series[2]; s.Err != refused || len(s.Samples) != 0 {
		t.Errorf("refuses: %+v", s)
	}
	if s := series[3]; !errors.As(s.Err, &wrong) || wrong.Got != 105 || len(s.Samples) != 1 {
		t.Errorf("late: %+v", s)
	}
}

func TestRunCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	const took = 20 * time.Millisecond
	f := &fake{name: "a", factor: 2, took: took, before: func(batches int) {
		if batches == 6 {
			cancel()
		}
	}}
	series, err := runOne(ctx, double, []timing.Timer{f}, Options{Rounds: 1000})
	if !errors.Is(err, context.Canceled) || len(series) != 1 || len(series[0].Samples) != 2 || series[0].Err != nil {
		t.Errorf("series %+v, error %v; want two samples and the context's error", series[0], err)
	}
}

// TestRounds: all workloads are looked at, then measured round by round, and the rounds end when time is up, but not before there are three.
func TestRounds(t *testing.T) {
	first, second := double, double
	first.Name, second.Name = "first", "second"
	for until, want := range map[time.Time]int{{}: 5, time.Now().Add(-time.Hour): minRounds, time.Now().Add(time.Hour): 5} {
		var steps []string
		o := Options{Rounds: 5, Until: until, Progress: func(s Step) {
			name := "round"
			if s.Workload != nil {
				name = s.Workload.Name
			}
			steps = append(steps, name)
		}}
		rows, err := Run(t.Context(), []workload.Workload{first, second}, []timing.Timer{&fake{name: "a", factor: 2, took: 20 * time.Millisecond}}, o)
		if err != nil || len(rows) != 2 || len(rows[0][0].Samples) != want || len(rows[1][0].Samples) != want || rows[1][0].Workload.Name != "second" {
			t.Errorf("until %v: rows %+v, error %v, want %d rounds", until, rows, err, want)
		}
		if len(steps) != 2+want || steps[0] != "first" || steps[1] != "second" || steps[2] != "round" {
			t.Errorf("steps %q", steps)
		}
	}
}

func TestStats(t *testing.T) {
	samples := []float64{5, 1, 4, 2, 3}
	if got := Median(samples); got != 3 {
		t.Errorf("Median = %v", got)
	}
	if got := Min(samples); got != 1 {
		t.Errorf("Min = %v", got)
	}
	if got := HalfSpread(samples); got != 1 {
		t.Errorf("HalfSpread = %v", got)
	}
	if got := Summarize(samples); got.Median != 3 || got.Min != 1 || !math.IsInf(got.Margin(), 1) {
		t.Errorf("five samples have an interval: %+v", got)
	}
	ten := []float64{10, 2, 3, 4, 5, 6, 7, 8, 9, 1}
	if got, want := Summarize(ten), (Summary{Median: 5.5, Low: 2, High: 9, Min: 1}); got != want || math.Abs(got.Margin()-3.5/5.5) > 1e-12 {
		t.Errorf("Summarize = %+v, want %+v", got, want)
	}
	for n, want := range map[int]int{1: 0, 5: 0, 6: 1, 8: 1, 9: 2, 10: 2, 11: 2, 12: 3, 20: 6} { // from tables of the sign test
		if got := outside(n); got != want {
			t.Errorf("outside(%d) = %d, want %d", n, got, want)
		}
	}
	if Differ(samples, samples) || Differ(nil, samples) || !Differ(ten, []float64{11, 12, 13, 14, 15, 16, 17, 18, 19, 20}) {
		t.Error("Differ does not tell the same from others")
	}
	if got := Median([]float64{1, 2}); got != 1.5 {
		t.Errorf("Median of two = %v", got)
	}
	if got := Geomean([]float64{2, 8}); math.Abs(got-4) > 1e-12 {
		t.Errorf("Geomean = %v", got)
	}
	if !math.IsNaN(Median(nil)) || !math.IsNaN(Min(nil)) || !math.IsNaN(Geomean(nil)) {
		t.Error("the mean of nothing is a number")
	}
	if samples[0] != 5 {
		t.Error("Median changed its argument")
	}
}

// TestWall: a suite of the time that passes has that, and what the loop itself takes is subtracted engine by engine.
func TestWall(t *testing.T) {
	timer := &fake{name: "a", factor: 2, took: 20 * time.Millisecond, wall: 3}
	series, err := runOne(t.Context(), double, []timing.Timer{timer}, Options{Rounds: 2, Wall: true})
	if err != nil || !slices.Equal(series[0].Samples, []float64{60e6, 60e6}) {
		t.Errorf("samples %v, error %v", series[0].Samples, err)
	}
	loop := double
	loop.Name = "loop"
	call := double
	call.Raw = "call"
	rows := [][]*Series{
		{{Workload: loop, Samples: []float64{5, 7, 6}}, {Workload: loop}},
		{{Workload: call, Samples: []float64{10, 3}}, {Workload: call, Samples: []float64{4}}},
		{{Workload: double, Samples: []float64{10}}, {Workload: double}},
	}
	Subtract(rows, "loop")
	if got := rows[1][0].Samples; !slices.Equal(got, []float64{4, 0}) || rows[1][1].Samples[0] != 4 || rows[0][0].Samples[0] != 5 || rows[2][0].Samples[0] != 10 {
		t.Errorf("subtracted: %v, %v; the loop %v", got, rows[1][1].Samples, rows[0][0].Samples)
	}
	Subtract(rows, "none")
}

// digester is an engine on which programs do what it is told.
type digester struct {
	fake
	digest string
	batch  []timing.Batch
}

func (d *digester) Time(_ context.Context, b timing.Batch) (timing.Sample, error) {
	d.batch = append(d.batch, b)
	s := timing.Sample{Digest: d.digest, CPU: time.Duration(b.Calls) * 20 * time.Millisecond, Wall: time.Second}
	if b.Inside {
		s.Hostcalls = []timing.Hostcall{{Name: "fd_read", Count: 2, Time: time.Millisecond}}
	}
	return s, nil
}

// TestPrograms: engines must agree on what a program does; only touchstone is asked about its hostcalls, once; and a program that cannot
// be made is a row with the reason.
func TestPrograms(t *testing.T) {
	program := workload.Workload{Name: "p", Program: func(context.Context, string) (*timing.Kernel, error) { return new(timing.Kernel), nil }}
	ours := &digester{fake: fake{name: touchstone.Name}, digest: "aa"}
	same, other := &digester{fake: fake{name: "same"}, digest: "aa"}, &digester{fake: fake{name: "other"}, digest: "bb"}
	series, err := runOne(t.Context(), program, []timing.Timer{ours, same, other}, Options{Rounds: 2, World: new(workload.World)})
	if err != nil {
		t.Fatal(err)
	}
	var d *Disagreement
	if series[0].Err != nil || series[1].Err != nil || !errors.As(series[2].Err, &d) || d.With != touchstone.Name || d.Got != "bb" {
		t.Errorf("errors %v, %v, %v", series[0].Err, series[1].Err, series[2].Err)
	}
	if in := series[0].Inside; in == nil || in.Total != time.Second || len(in.Hostcalls) != 1 || series[1].Inside != nil || len(series[0].Samples) != 2 {
		t.Errorf("inside %+v, %+v", series[0].Inside, series[1].Inside)
	}
	program.Program = func(context.Context, string) (*timing.Kernel, error) {
		return nil, &workload.Skipped{Reason: "no cheese"}
	}
	series, err = runOne(t.Context(), program, []timing.Timer{ours, same}, Options{Rounds: 2, World: new(workload.World)})
	if err != nil || len(series) != 2 || !errors.As(series[1].Err, new(*workload.Skipped)) {
		t.Errorf("series %+v, error %v", series, err)
	}
}

// TestFootprint: the sample is bytes an instance.
func TestFootprint(t *testing.T) {
	w := double
	w.Step = timing.Footprint
	f := &fake{name: "a", factor: 2, bytes: 400 * instances}
	series, err := runOne(t.Context(), w, []timing.Timer{f}, Options{Rounds: 1})
	if err != nil || !slices.Equal(series[0].Samples, []float64{400}) {
		t.Errorf("samples %v, error %v", series[0].Samples, err)
	}
}
