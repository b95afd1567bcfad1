package measure

import (
	"context"
	"time"

	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine/commandline"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
)

// Step is what is done next.
type Step struct {
	Workload *workload.Workload // that is looked at for the first time; nil for a round
	Round    int                // from 0
}

// minRounds is how many rounds there are even if time is up.
const minRounds = 3

// row is one workload on all engines.
type row struct {
	kernel *timing.Kernel
	series []*Series
	live   []*runner // those that can run it
}

// Run measures workloads on all engines and returns a row of series for each. An engine that fails at a workload is left out of the rounds
// that follow. When ctx ends, the error is that of ctx, and the rows have the samples that are complete.
func Run(ctx context.Context, list []workload.Workload, timers []timing.Timer, o Options) (result [][]*Series, err error) {
	var rows []*row
	for i := range list {
		o.step(Step{Workload: &list[i]})
		row := begin(ctx, &list[i], timers, o)
		if ctx.Err() != nil {
			return result, ctx.Err()
		}
		rows, result = append(rows, row), append(result, row.series)
	}
	start := time.Now()
	for round := range o.Rounds {
		if took := time.Since(start); round >= minRounds && !o.Until.IsZero() && time.Until(o.Until) < took/time.Duration(round) {
			break
		}
		o.step(Step{Round: round})
		for _, row := range rows {
			row.round(ctx, round, o)
			if ctx.Err() != nil {
				return result, ctx.Err()
			}
		}
	}
	for _, row := range rows {
		row.look(ctx)
	}
	return result, ctx.Err()
}

func (o *Options) step(s Step) {
	if o.Progress != nil {
		o.Progress(s)
	}
}

// begin prepares a workload on each engine, checks the results, and finds how many calls make a batch.
func begin(ctx context.Context, w *workload.Workload, timers []timing.Timer, o Options) *row {
	arg := w.Arg
	if o.Short {
		arg = w.Small
	}
	r := new(row)
	var err error
	if r.kernel, err = w.Kernel(ctx, o.World); err != nil {
		for _, t := range timers {
			r.series = append(r.series, &Series{Workload: *w, Engine: t.Name(), Err: err})
		}
		return r
	}
	want := new(want)
	if w.Program == nil {
		want.known, want.result = true, w.Reference(arg)
	}
	for _, t := range timers {
		one := &runner{Series: &Series{Workload: *w, Engine: t.Name()}, timer: t, want: want, wall: o.Wall}
		one.batch = timing.Batch{Arg: arg, Calls: 1, Step: w.Step}
		if w.Step == timing.Footprint {
			one.batch.Calls = instances
		}
		r.series = append(r.series, one.Series)
		one.Err = t.Prepare(ctx, r.kernel)
		if one.Err == nil {
			one.Err = one.calibrate(ctx, o.Short || w.Step == timing.Footprint)
		}
		if ctx.Err() != nil {
			return nil
		}
		if one.Err == nil {
			r.live = append(r.live, one)
		}
	}
	return r
}

// round takes a sample on each engine, or none if ctx ends meanwhile.
func (r *row) round(ctx context.Context, round int, o Options) {
	times := make([]float64, len(r.live))
	errs := make([]error, len(r.live))
	for i := range r.live {
		at := (i + round) % len(r.live)
		if one := r.live[at]; one.Err == nil {
			times[at], errs[at] = one.anew(ctx, r.kernel, o)
		}
		if ctx.Err() != nil {
			return
		}
	}
	for i, one := range r.live {
		if one.Err == nil {
			one.Err = errs[i]
		}
		if one.Err == nil {
			one.Samples = append(one.Samples, times[i])
		}
	}
}

// warmth is the part of a batch that an instance runs before it is timed, one in so many.
const warmth = 8

// anew takes a sample of an instance that is made for it.
func (r *runner) anew(ctx context.Context, k *timing.Kernel, o Options) (float64, error) {
	if err := r.timer.Prepare(ctx, k); err != nil {
		return 0, err
	}
	if r.Workload.Program == nil && r.batch.Step == timing.Call && !o.Short && !commandline.IsCommand(r.Engine) {
		cold := *r
		cold.batch.Calls = max(1, r.batch.Calls/warmth)
		if _, err := cold.run(ctx); err != nil {
			return 0, err
		}
	}
	return r.sample(ctx)
}

// look asks touchstone what a program's hostcalls take. It is a run of its own, which no sample is of.
func (r *row) look(ctx context.Context) {
	for _, one := range r.live {
		if one.Err != nil || one.Workload.Program == nil || one.Engine != touchstone.Name || one.timer.Prepare(ctx, r.kernel) != nil {
			continue
		}
		b := one.batch
		b.Calls, b.Inside = 1, true
		if s, err := one.timer.Time(ctx, b); err == nil {
			one.Inside = &Inside{s.Wall, s.Hostcalls}
		}
	}
}
