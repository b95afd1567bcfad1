package regressions

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	corpus "github.com/touchstone-wasm/touchstone/corpus/regressions"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/tree"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// timeout bounds one guest on one engine; what takes longer hangs.
const timeout = 10 * time.Second

// maxMemory bounds the guests' memories.
const maxMemory = 64 << 20

// Outcome is what one engine did with one guest.
type Outcome struct {
	Engine   string
	Features engine.Features
	Steps    []string // the guest's steps, in order
	Result   *engine.Result
	// Before and After are the file tree without its root.
	Before, After tree.Snapshot
	// Memory is how many bytes the engine took while it ran the guest: what its process had resident at most beyond
	// what it had before, or, for an engine in this process, all that was allocated.
	Memory uint64
	// OutOfMemory says that the worker process ended itself because it had too much memory resident.
	OutOfMemory bool
}

// process is an engine in a process of its own.
type process interface {
	Kill()
	PeakRSS() (bytes uint64, jobs int)
}

// Run runs a regression on an engine, in a fresh tree below temp and, if the engine has a process of its own, in a fresh one. Errors
// are ours: what the guest or the engine does is in the Outcome.
func Run(ctx context.Context, r *corpus.Regression, e engine.Engine, temp string) (*Outcome, error) {
	w, err := newWorld(temp, r)
	if err != nil {
		return nil, err
	}
	defer w.remove()
	g, err := r.Build(e.Features().FirstDir, filepath.Join(w.root, outside))
	if err != nil {
		return nil, err
	}
	o := &Outcome{Engine: e.Name(), Features: e.Features(), Steps: g.Steps}
	job := &engine.Job{Module: g.Module, Timeout: timeout, MaxMemory: maxMemory}
	for _, s := range g.Steps {
		job.Calls = append(job.Calls, engine.Call{Export: s})
	}
	if g.WASI {
		job.WASI = &engine.WASI{Args: append([]string{r.ID}, r.Args...), Env: r.Env, Dirs: w.dirs(r)}
	}
	if o.Before, err = tree.Snap(w.root); err != nil {
		return nil, err
	}
	if err := o.run(ctx, e, job); err != nil {
		return nil, fmt.Errorf("%s on %s: %w", r.ID, e.Name(), err)
	}
	o.After, err = tree.Snap(w.root)
	return o, err
}

// run runs the job and measures its memory.
func (o *Outcome) run(ctx context.Context, e engine.Engine, job *engine.Job) (err error) {
	p, ok := e.(process)
	if !ok {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		o.Result, err = e.Run(ctx, job)
		runtime.ReadMemStats(&after)
		o.Memory = after.TotalAlloc - before.TotalAlloc
		return err
	}
	p.Kill() // what the last guest left behind must not count
	if _, err = e.Run(ctx, &engine.Job{Module: wasm.Encode(new(wasm.Module))}); err != nil {
		return err
	}
	before, _ := p.PeakRSS()
	if o.Result, err = e.Run(ctx, job); err != nil {
		return err
	}
	after, jobs := p.PeakRSS()
	o.OutOfMemory = jobs == 0 && o.Result.Stage == engine.StageLimit
	o.Memory = after - min(before, after)
	return nil
}

// Step returns what a step did; nil if it was not reached or there is none of that name.
func (o *Outcome) Step(name string) *engine.CallResult {
	i := slices.IndexFunc(o.Result.Calls, func(c engine.CallResult) bool { return c.Export == name })
	if i < 0 {
		return nil
	}
	return &o.Result.Calls[i]
}
