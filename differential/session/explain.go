package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/explain"
	"github.com/touchstone-wasm/touchstone/differential/source"
)

const (
	// MaxExplained is how many findings of a session are explained; what comes after them is mostly more of the same.
	MaxExplained = 20
	// maxExplaining bounds the time for one of them. Whoever asks for an explanation alone waits as long as it takes.
	maxExplaining = 20 * time.Second
)

// traced returns the form of a case's module that is run. What holds what the host said, such as the time, differs in any case.
func (s *session) traced(c *source.Case, module []byte, canonical bool) []byte {
	if s.cfg.Trace == nil || c.Err != nil || c.Invalid != nil || c.HostState {
		return module
	}
	return s.cfg.Trace(module, canonical)
}

// explain fills in the explanation of f if there is to be one.
func (s *session) explain(ctx context.Context, f *Finding) error {
	bounded := ctx
	if s.cfg.Explained == nil {
		if !s.cfg.Explain || !f.found() || f.Known != nil || f.Flaky || s.explained >= MaxExplained {
			return nil
		}
		s.explained++
		var cancel context.CancelFunc
		bounded, cancel = context.WithTimeout(ctx, maxExplaining)
		defer cancel()
	}
	subject := &explain.Subject{Module: f.Case.Module, Canonical: f.Case.Index >= 0, Program: f.Case.Program, Invalid: f.Case.Invalid,
		Timeout: s.timeout(), Prefer: s.slots[0].engine.Name()}
	x, err := explain.Explain(bounded, subject, s.runners(f.Case))
	if errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		return nil // a finding without an explanation
	}
	f.Explanation = x
	return err
}

// runners lets the engines be asked about forms of a case's module, in the goroutines that they belong to.
func (s *session) runners(c *source.Case) (runners []explain.Runner) {
	for i, slot := range s.slots {
		runners = append(runners, explain.Runner{Name: slot.engine.Name(), Run: func(ctx context.Context, job explain.Job) (compare.Side, error) {
			n := len(s.slots)
			t := &task{case_: c, module: job.Module, calls: job.Calls, temp: s.temp, timeout: job.Timeout,
				sides: make([]compare.Side, n), skipped: make([]compare.Reason, n), errs: make([]error, n)}
			if c.Program {
				t.world = &s.cfg.World
			}
			t.wg.Add(1)
			slot.tasks <- work{t, i}
			t.wg.Wait()
			err := t.errs[i]
			if err == nil && t.skipped[i] == reasonLost {
				err = fmt.Errorf("%s: %s", slot.engine.Name(), reasonLost)
			}
			if err == nil && t.sides[i].Result == nil {
				t.sides[i].Result = &engine.Result{Stage: engine.StageUnsupported}
			}
			return t.sides[i], errors.Join(err, ctx.Err())
		}})
	}
	return runners
}
