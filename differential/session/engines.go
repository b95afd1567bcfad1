package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// Candidate is an engine that can be chosen.
type Candidate struct {
	Name string
	// Open starts the engine. An [*engine.Unavailable] means that this machine lacks what the engine needs.
	Open func(ctx context.Context) (engine.Engine, error)
}

// UnknownEngineError says that an engine was asked for that there is not.
type UnknownEngineError struct {
	Name  string
	Known []string
}

// Error returns the name and what there is.
func (e *UnknownEngineError) Error() string {
	return fmt.Sprintf("unknown engine %q; there are %s", e.Name, strings.Join(e.Known, ", "))
}

// Choose returns the candidates with the given names in that order; all of them if names is empty.
func Choose(all []Candidate, names []string) ([]Candidate, error) {
	if len(names) == 0 {
		return all, nil
	}
	var known []string
	for _, c := range all {
		known = append(known, c.Name)
	}
	var chosen []Candidate
	for i, name := range names {
		at := slices.Index(known, name)
		if at < 0 {
			return nil, &UnknownEngineError{name, known}
		}
		if slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("engine %q is named twice", name)
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
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
