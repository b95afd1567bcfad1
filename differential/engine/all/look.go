package all

import (
	"context"
	"errors"
	"sync"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// State is what became of an entry on this machine.
type State struct {
	Entry
	Version  string // empty if the engine is not there
	Features engine.Features
	Err      error // why it is not there
}

// Look starts each engine that can be compared, asks it what it is, and ends it.
func Look(ctx context.Context, entries []Entry) []State {
	states := make([]State, len(entries))
	var wg sync.WaitGroup
	for i, entry := range entries {
		states[i].Entry = entry
		wg.Go(func() {
			e, err := entry.Open(ctx)
			if err != nil {
				states[i].Err = err
				return
			}
			states[i].Version, states[i].Features = e.Version(), e.Features()
			states[i].Err = e.Close()
		})
	}
	wg.Wait()
	return states
}

// Reason says why the engine is not there, or what cannot be compared on it.
func (s *State) Reason() string {
	var unavailable *engine.Unavailable
	switch {
	case errors.As(s.Err, &unavailable) && unavailable.Err != nil:
		return unavailable.Reason + ": " + unavailable.Err.Error()
	case errors.As(s.Err, &unavailable):
		return unavailable.Reason
	case s.Err != nil:
		return s.Err.Error()
	}
	return s.Note
}
