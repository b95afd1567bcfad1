// Package measure times workloads on engines.
//
// Rounds are interleaved: each round times every engine once, in an order that rotates, so that what else the machine does
// falls on all of them alike. A sample is the mean time of a batch of calls that lasts about MinBatch.
package measure

import (
	"context"
	"fmt"
	"time"

	"github.com/touchstone-wasm/touchstone/bench/inproc"
	"github.com/touchstone-wasm/touchstone/bench/workload"
)

// MinBatch is the least time that a batch of calls should take, so that the clock's resolution does not matter.
const MinBatch = 10 * time.Millisecond

// Series is what was measured of one workload on one engine.
type Series struct {
	Workload workload.Workload
	Engine   string
	Samples  []float64 // nanoseconds a call, one a round
}

// WrongResult is the error of an engine that computes something else than the workload's reference.
type WrongResult struct {
	Workload, Engine string
	Arg, Got, Want   uint32
}

// Error returns the call with both results.
func (e *WrongResult) Error() string {
	return fmt.Sprintf("%s on %s: run(%d) = %d, want %d", e.Workload, e.Engine, e.Arg, e.Got, e.Want)
}

// runner is one workload on one engine, ready to be called.
type runner struct {
	series  *Series
	call    inproc.Func
	release func()
	calls   int // in a batch
	stack   [1]uint64
}

// Run measures one workload on all engines in so many rounds. When ctx ends, it returns what it has: every series then
// has the same number of samples, and the error is that of ctx.
func Run(ctx context.Context, w workload.Workload, engines []inproc.Engine, rounds int) ([]*Series, error) {
	var runners []*runner
	defer func() {
		for _, r := range runners {
			r.release()
		}
	}()
	var all []*Series
	module := w.Module()
	for _, e := range engines {
		r, err := prepare(ctx, w, e, module)
		if err != nil {
			return nil, err
		}
		runners = append(runners, r)
		all = append(all, r.series)
	}
	for round := range rounds {
		times := make([]float64, len(runners))
		for i := range runners {
			at := (i + round) % len(runners)
			t, err := runners[at].batch(ctx)
			if err != nil {
				return all, err
			}
			times[at] = t
		}
		for i, s := range all {
			s.Samples = append(s.Samples, times[i])
		}
		if err := ctx.Err(); err != nil {
			return all, err
		}
	}
	return all, nil
}

// prepare opens a workload on an engine, checks its result and finds how many calls make a batch.
func prepare(ctx context.Context, w workload.Workload, e inproc.Engine, module []byte) (*runner, error) {
	f, release, err := e.Open(ctx, module, w.Export)
	if err != nil {
		return nil, fmt.Errorf("%s on %s: %w", w.Name, e.Name, err)
	}
	r := &runner{series: &Series{Workload: w, Engine: e.Name}, call: f, release: release, calls: 1}
	for {
		t, err := r.batch(ctx)
		if err != nil {
			release()
			return nil, err
		}
		if t*float64(r.calls) >= float64(MinBatch) {
			return r, nil
		}
		r.calls *= 2
	}
}

// batch makes the calls of one sample, checks the last result and returns the mean time of a call in nanoseconds.
func (r *runner) batch(ctx context.Context) (float64, error) {
	w := r.series.Workload
	start := time.Now()
	for range r.calls {
		r.stack[0] = uint64(w.Arg)
		if err := r.call(ctx, r.stack[:]); err != nil {
			return 0, fmt.Errorf("%s on %s: %w", w.Name, r.series.Engine, err)
		}
	}
	elapsed := time.Since(start)
	if got, want := uint32(r.stack[0]), w.Reference(w.Arg); got != want {
		return 0, &WrongResult{w.Name, r.series.Engine, w.Arg, got, want}
	}
	return float64(elapsed.Nanoseconds()) / float64(r.calls), nil
}
