package cli

import (
	"context"
	"fmt"
	"time"

	corpus "github.com/touchstone-wasm/touchstone/corpus/regressions"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/regressions"
	"github.com/touchstone-wasm/touchstone/differential/report"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

// regressions runs those of corpus/regressions and writes the matrix. It reports whether the first engine of the list, which is ours,
// fails one: what others do is a result.
func (r *run) regressions(ctx context.Context) (failed bool, err error) {
	all, err := corpus.All()
	if err != nil {
		return false, err
	}
	chosen, err := regressions.Select(all, r.o.paths)
	if err != nil {
		return false, usageError{err}
	}
	candidates, err := session.Choose(r.Engines, r.o.engines)
	if err != nil {
		return false, usageError{err}
	}
	engines, err := r.open(ctx, candidates, 1)
	if err != nil {
		return false, err
	}
	defer session.Close(engines)
	m, err := regressions.RunAll(ctx, chosen, engines, func(name string, took time.Duration) {
		fmt.Fprintf(r.Stderr, "differential: %s: %d regressions in %v\n", name, len(chosen), took.Round(100*time.Millisecond))
	})
	if err != nil {
		return false, err
	}
	if ctx.Err() != nil {
		fmt.Fprintln(r.Stderr, "differential: interrupted")
	}
	write := report.Matrix
	if r.o.json {
		write = report.MatrixJSON
	}
	return r.fails(m, engines), write(r.Stdout, m)
}

// fails reports whether our engine fails one of the regressions.
func (r *run) fails(m *regressions.Matrix, engines []engine.Engine) bool {
	for i, e := range engines {
		if e.Name() == r.Engines[0].Name && m.Count(i, regressions.Fails) > 0 {
			return true
		}
	}
	return false
}
