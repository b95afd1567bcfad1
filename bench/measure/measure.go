// Package measure times workloads on engines.
//
// Rounds are interleaved: each round times every engine once, in an order that rotates, so that what else the machine does
// falls on all of them alike. A sample is the mean processor time of a batch of calls that lasts at least as long as the engine's
// [timing.Timer] says.
package measure

import (
	"context"
	"fmt"
	"time"

	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// Options say how to measure.
type Options struct {
	Rounds int
	// Short makes one call with the small argument each time: a look at whether all works.
	Short bool
	// Dir is the directory for hostcalls, which [workload.MakeDir] made.
	Dir string
}

// Series is what was measured of one workload on one engine.
type Series struct {
	Workload workload.Workload
	Engine   string
	Samples  []float64 // nanoseconds a call, or a turn of the guest's loop; one a round
	Err      error     // why there are no samples, or no more: the engine cannot run the workload, or is a *WrongResult
}

// WrongResult is the error of an engine that computes something else than the workload's reference.
type WrongResult struct{ Arg, Got, Want uint32 }

// Error returns the call with both results.
func (e *WrongResult) Error() string {
	return fmt.Sprintf("wrong result: %s(%d) = %d, want %d", workload.Export, e.Arg, e.Got, e.Want)
}

// runner is one workload on one engine.
type runner struct {
	*Series
	timer timing.Timer
	batch timing.Batch
	want  uint32
}

// Run measures one workload on all engines in so many rounds; an engine that fails is left out of those that follow. When
// ctx ends, it returns the rounds that are complete, and the error is that of ctx.
func Run(ctx context.Context, w workload.Workload, timers []timing.Timer, o Options) ([]*Series, error) {
	arg := w.Arg
	if o.Short {
		arg = w.Small
	}
	kernel, want := w.Kernel(o.Dir), w.Reference(arg)
	var all []*Series
	var live []*runner
	for _, t := range timers {
		r := &runner{Series: &Series{Workload: w, Engine: t.Name()}, timer: t, want: want}
		r.batch = timing.Batch{Arg: arg, Calls: 1, Fresh: w.Fresh}
		all = append(all, r.Series)
		r.Err = t.Prepare(ctx, kernel)
		if r.Err == nil {
			r.Err = r.calibrate(ctx, o.Short)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if r.Err == nil {
			live = append(live, r)
		}
	}
	for round := range o.Rounds {
		times := make([]float64, len(live))
		for i := range live {
			at := (i + round) % len(live)
			if r := live[at]; r.Err == nil {
				times[at], r.Err = r.sample(ctx)
			}
		}
		if ctx.Err() != nil {
			return complete(all, round), ctx.Err()
		}
		for i, r := range live {
			if r.Err == nil {
				r.Samples = append(r.Samples, times[i])
			}
		}
	}
	return all, nil
}

// complete removes what an interrupt made of the engines.
func complete(all []*Series, rounds int) []*Series {
	for _, s := range all {
		if len(s.Samples) == rounds {
			s.Err = nil
		}
	}
	return all
}

// calibrate finds how many calls make a batch, and checks the result.
func (r *runner) calibrate(ctx context.Context, short bool) error {
	for {
		cpu, err := r.time(ctx)
		enough := r.timer.Resolution()
		if err != nil || short || cpu >= enough {
			return err
		}
		// The first calls are slower than those that follow, so that the estimate is low at first.
		grow := 16.0
		if cpu > 0 {
			grow = min(grow, max(2, 1.1*float64(enough)/float64(cpu)))
		}
		r.batch.Calls = int(float64(r.batch.Calls) * grow)
	}
}

// sample times one batch and returns nanoseconds a call or turn.
func (r *runner) sample(ctx context.Context) (float64, error) {
	cpu, err := r.time(ctx)
	ns := float64(cpu.Nanoseconds()) / float64(r.batch.Calls)
	if r.Workload.PerTurn {
		ns /= float64(r.batch.Arg)
	}
	return ns, err
}

// time times one batch and checks its result.
func (r *runner) time(ctx context.Context) (time.Duration, error) {
	s, err := r.timer.Time(ctx, r.batch)
	if err == nil && s.Result != r.want {
		err = &WrongResult{r.batch.Arg, s.Result, r.want}
	}
	return s.CPU, err
}
