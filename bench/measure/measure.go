// Package measure times workloads on engines.
//
// Rounds are interleaved: each round times every workload on every engine once, engines in an order that rotates, so that what else the
// machine does falls on all of them alike, and that a row's samples are spread over the time that all rows take together. For each sample
// the engine compiles and instantiates anew: where code and data come to lie is chance, and that chance is to be in the intervals too. A
// sample is the mean processor time of a batch of calls that lasts at least as long as the engine's [timing.Timer] says.
package measure

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// Options say how to measure.
type Options struct {
	Rounds int
	// Until ends the rounds early, but not before there are three; zero does not.
	Until time.Time
	// Progress is called before each step: the first look at a workload, or a round of all of them. Nil means that nobody is.
	Progress func(Step)
	// Short makes one call with the small argument each time: a look at whether all works.
	Short bool
	// World is what hostcalls find.
	World *workload.World
	// Wall takes the time that passes in place of processor time.
	Wall bool
}

// Series is what was measured of one workload on one engine.
type Series struct {
	Workload workload.Workload
	Engine   string
	Samples  []float64 // nanoseconds a call, or a turn of the guest's loop, or bytes an instance; one a round
	Inside   *Inside   // nil unless the engine tells what a program's hostcalls take
	Err      error     // why there are no samples, or no more: the engine cannot run the workload, or is a *WrongResult
}

// WrongResult is the error of an engine that computes something else than the workload's reference.
type WrongResult struct {
	Arg, Got, Want uint32
	Means          string // what it means, if the workload says so
}

// Error returns the call with both results.
func (e *WrongResult) Error() string {
	if e.Means != "" {
		return e.Means
	}
	return fmt.Sprintf("wrong result: %s(%d) = %d, want %d", workload.Export, e.Arg, e.Got, e.Want)
}

// Disagreement is the error of an engine on which a program did something else than on another.
type Disagreement struct{ With, Got, Want string }

// Error returns the digests of what the program did.
func (e *Disagreement) Error() string {
	return fmt.Sprintf("the program did something else than on %s: the digest of its output and files is %.12s, want %.12s", e.With, e.Got, e.Want)
}

// Inside is what hostcalls took of a run of a program.
type Inside struct {
	Total     time.Duration // of the run, with what the looking at clocks takes
	Hostcalls []timing.Hostcall
}

// want is what engines must compute: a number that is known, or what the first of them did.
type want struct {
	known  bool
	result uint32
	digest string
	by     string // the engine
}

// runner is one workload on one engine.
type runner struct {
	*Series
	timer timing.Timer
	batch timing.Batch
	want  *want
	wall  bool
}

// instances is how many are alive when their memory is measured.
const instances = 200

// calibrate finds how many calls make a batch, and checks the result.
func (r *runner) calibrate(ctx context.Context, short bool) error {
	for {
		took, err := r.time(ctx)
		enough := r.timer.Resolution()
		if err != nil || short || took >= enough {
			return err
		}
		// The first calls are slower than those that follow, so that the estimate is low at first.
		grow := 16.0
		if took > 0 {
			grow = min(grow, max(2, 1.1*float64(enough)/float64(took)))
		}
		r.batch.Calls = int(float64(r.batch.Calls) * grow)
	}
}

// sample times one batch and returns nanoseconds a call or turn, or bytes an instance.
func (r *runner) sample(ctx context.Context) (float64, error) {
	s, err := r.run(ctx)
	if r.Workload.Step == timing.Footprint {
		return float64(s.Bytes) / float64(r.batch.Calls), err
	}
	ns := float64(r.took(s).Nanoseconds()) / float64(r.batch.Calls)
	if s.Figure > 0 {
		return s.Figure / float64(r.batch.Calls), err
	}
	if r.Workload.PerTurn {
		ns /= float64(r.batch.Arg)
	}
	return ns, err
}

// time returns what one batch took.
func (r *runner) time(ctx context.Context) (time.Duration, error) {
	s, err := r.run(ctx)
	return r.took(s), err
}

func (r *runner) took(s timing.Sample) time.Duration {
	if r.wall {
		return s.Wall
	}
	return s.CPU
}

// run runs one batch and checks what it did.
func (r *runner) run(ctx context.Context) (timing.Sample, error) {
	s, err := r.timer.Time(ctx, r.batch)
	if err == nil {
		err = r.check(s)
	}
	return s, err
}

func (r *runner) check(s timing.Sample) error {
	w := r.want
	if !w.known {
		*w = want{true, s.Result, s.Digest, r.Engine}
	}
	switch {
	case s.Result != w.result && r.Workload.Explain != nil:
		return &WrongResult{Arg: r.batch.Arg, Got: s.Result, Want: w.result, Means: r.Workload.Explain(s.Result)}
	case s.Result != w.result:
		return &WrongResult{Arg: r.batch.Arg, Got: s.Result, Want: w.result}
	case s.Digest != w.digest:
		return &Disagreement{With: w.by, Got: s.Digest, Want: w.digest}
	}
	return nil
}

// Subtract subtracts from the samples of every row of hostcalls the median of the row with a name, engine by engine: what a loop itself
// takes. The row stays as it is. Without it, or where an engine has no figure for it, nothing is subtracted.
func Subtract(rows [][]*Series, name string) {
	at := slices.IndexFunc(rows, func(row []*Series) bool { return row[0].Workload.Name == name })
	if at < 0 {
		return
	}
	for i, row := range rows {
		for engine, s := range row {
			overhead := Median(rows[at][engine].Samples)
			if i == at || s.Workload.Raw == "" || math.IsNaN(overhead) {
				continue
			}
			for j := range s.Samples {
				s.Samples[j] = max(s.Samples[j]-overhead, 0)
			}
		}
	}
}
