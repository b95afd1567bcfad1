package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/behaviour"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/report"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

// defaultSequences is how many sequences of hostcalls are generated if nothing else is asked for; there is a module that also computes for
// every few of them.
const (
	defaultSequences = 300
	sequencesPerMix  = 5
)

// wasi makes the matrix of what engines make of hostcalls. It reports whether one did what preview 1 does not allow and nobody has looked into.
func (r *run) wasi(ctx context.Context) (found bool, err error) {
	chosen, err := session.Choose(r.Engines, r.o.engines)
	if err != nil {
		return false, usageError{err}
	}
	opened, err := r.open(ctx, chosen, 1)
	if err != nil {
		return false, err
	}
	defer session.Close(opened)
	var engines []engine.Engine
	for _, e := range opened {
		if e.Features().WASI {
			engines = append(engines, e)
		} else {
			fmt.Fprintf(r.Stderr, "differential: %s left out: it offers no WASI, or cannot tell how a guest ended\n", e.Name())
		}
	}
	temp, err := os.MkdirTemp("", "differential")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(temp)
	if temp, err = filepath.EvalSymlinks(temp); err != nil { // macOS: the temporary folder is behind a link
		return false, err
	}
	plan := &behaviour.Plan{Seed: r.o.seed, N: defaultSequences, Temp: temp}
	if r.o.given["n"] {
		plan.N = r.o.n
	}
	if r.o.time > 0 {
		plan.Stop = time.Now().Add(r.o.time)
		if !r.o.given["n"] {
			plan.N = maxSeed
		}
	}
	plan.Mixed = plan.N / sequencesPerMix
	fmt.Fprintf(r.Stderr, "differential: seed %d\n", r.o.seed)
	plan.Done = r.sequences(time.Now())
	m, err := plan.Run(ctx, engines)
	if m == nil {
		return false, err
	}
	if m.Interrupted {
		fmt.Fprintln(r.Stderr, "differential: interrupted")
	}
	write := report.Behaviour
	if r.o.markdown {
		write = report.BehaviourMarkdown
	}
	return m.Findings() > 0, errors.Join(err, write(r.Stdout, m, r.o.seed))
}

// sequencesEvery is how often it is said how far the engines are.
const sequencesEvery = 3 * time.Second

// sequences returns what says from time to time how many sequences the engines did. It is called by several goroutines.
func (r *run) sequences(begun time.Time) func(string, int) {
	var mu sync.Mutex
	done, said := 0, begun
	return func(string, int) {
		mu.Lock()
		defer mu.Unlock()
		if done++; time.Since(said) >= sequencesEvery {
			said = time.Now()
			fmt.Fprintf(r.Stderr, "differential: elapsed: %v, sequences: %d\n", time.Since(begun).Round(time.Second), done)
		}
	}
}
