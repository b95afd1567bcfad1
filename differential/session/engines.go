package session

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
)

// Candidate is an engine that can be chosen.
type Candidate = all.Entry

// Choose returns the candidates that are asked for, see [all.Choose].
func Choose(candidates []Candidate, asked []string) ([]Candidate, error) {
	return all.Choose(candidates, asked)
}

// Open starts the candidates side by side: building a worker takes a while. What cannot run on this machine is in
// skipped; any other failure ends all and is returned.
func Open(ctx context.Context, candidates []Candidate) (opened []engine.Engine, skipped []*engine.Unavailable, err error) {
	engines := make([]engine.Engine, len(candidates))
	errs := make([]error, len(candidates))
	var wg sync.WaitGroup
	for i := range candidates {
		wg.Go(func() { engines[i], errs[i] = candidates[i].Open(ctx) })
	}
	wg.Wait()
	var failures []error
	for i, c := range candidates {
		var skip *engine.Unavailable
		switch {
		case errors.As(errs[i], &skip):
			skipped = append(skipped, skip)
		case errs[i] != nil:
			failures = append(failures, fmt.Errorf("%s: %w", c.Name, errs[i]))
		default:
			opened = append(opened, engines[i])
		}
	}
	if failures != nil {
		return nil, skipped, errors.Join(append(failures, Close(opened))...)
	}
	return opened, skipped, nil
}

// Close ends all engines.
func Close(opened []engine.Engine) error {
	var errs []error
	for _, o := range opened {
		errs = append(errs, o.Close())
	}
	return errors.Join(errs...)
}
