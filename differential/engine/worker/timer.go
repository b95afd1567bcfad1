package worker

import (
	"context"
	"errors"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

var _ timing.Timer = (*Engine)(nil)

// OpenTimer is [Open] for an engine that is to be timed.
func OpenTimer(ctx context.Context, spec Spec) (timing.Timer, error) {
	e, err := open(ctx, spec)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// Resolution implements [timing.Timer]: the kernel counts nanoseconds, but interrupts and the caches that other programs took
// are seen in each batch.
func (e *Engine) Resolution() time.Duration { return 20 * time.Millisecond }

// Prepare implements [timing.Timer].
func (e *Engine) Prepare(ctx context.Context, k *timing.Kernel) error {
	p, err := e.process()
	if err != nil {
		return err
	}
	_, err = e.time(ctx, p, &request{Kernel: k})
	return err
}

// Time implements [timing.Timer].
func (e *Engine) Time(ctx context.Context, b timing.Batch) (timing.Sample, error) {
	p := e.proc.Load()
	if p == nil {
		return timing.Sample{}, errors.New("no kernel is prepared: the worker is gone")
	}
	return e.time(ctx, p, &request{Batch: &b})
}

func (e *Engine) time(ctx context.Context, p *process, req *request) (timing.Sample, error) {
	res, err := e.ask(ctx, p, req, time.Now().Add(timing.MaxTime))
	switch {
	case err == nil && res.Failure != "":
		return timing.Sample{}, errors.New(res.Failure)
	case err == nil:
		return res.Sample, nil
	case ctx.Err() != nil:
		return timing.Sample{}, ctx.Err()
	}
	lost := e.lost(p, err, timing.MaxTime)
	return timing.Sample{}, errors.New(string(lost.Stage) + ": " + lost.Message)
}
