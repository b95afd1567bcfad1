package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/trace"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// grace is how long a guest that was told to stop may take before the command ends without it. Guest code stops at its
// next branch; only a system call that does not return lasts longer.
const grace = time.Second

// guest is a program. It is read, its world is built, it is compiled, and then it can start, in this order: from compiling on, the
// process may be confined.
type guest struct {
	path   string
	args   []string
	world  *worldFlags
	source []byte // until it is compiled
	module *runtime.Module
	store  *runtime.Runtime
	links  []*linkedModule
	system *wasi.System
	tracer *trace.Writer // nil unless linked modules share the trace, or it is no text
	form   trace.Format  // of the trace
	trace  io.Closer     // nil if there is no file to close
	entry  entry
	out    io.Writer // for the results of -invoke
	err    io.Writer // for messages
	left   bool      // in a system call that does not return

	refusals    refusals
	netRefusals netRefusals
}

// newGuest reads a module.
func newGuest(w *worldFlags, path string, args []string) (*guest, error) {
	source, err := readModule(path, w.limits.modules())
	if err != nil {
		return nil, fmt.Errorf("%s: %w%s", path, err, limitHint(err))
	}
	g := &guest{
		path:   path,
		args:   args,
		world:  w,
		source: source,
		store:  runtime.New(w.limits.config()),
	}
	return g, g.readLinks()
}

// compile compiles the module, in observed form if asked for, and chooses what is called.
func (g *guest) compile(observed bool) (err error) {
	w := g.world
	c := &runtime.Compiler{Limits: w.limits.modules(), Deterministic: w.deterministic, Observed: observed}
	if g.module, err = c.Compile(g.source); err != nil {
		return fmt.Errorf("%s: %w%s", g.path, err, limitHint(err))
	}
	g.source = nil
	if g.entry, err = findEntry(g.module.Wasm(), w.invoke, g.args); err != nil {
		return fmt.Errorf("%s: %w", g.path, err)
	}
	c.Observed = false // the instructions of linked modules are not shown
	return g.compileLinks(c)
}

// enter builds the world that the guest will see: cfg, which has the streams, and what the flags give.
func (g *guest) enter(cfg *wasi.Config) (err error) {
	// The name without its directory: where things lie on the host is not the guest's to know.
	cfg.Args, cfg.Env = append([]string{filepath.Base(g.path)}, g.args...), g.world.env
	if g.world.deterministic {
		cfg.Clock, cfg.Random = new(wasi.VirtualClock), wasi.SeededRandom(g.world.seed)
	}
	g.give(cfg, "")
	if err := g.enterLinks(cfg); err != nil {
		return err
	}
	if g.system, err = wasi.New(cfg); err != nil {
		return err
	}
	announce(g.err, cfg.Listeners, g.system.ListenerAddrs())
	return nil
}

// execute runs the guest to its end, and returns how it ended. A guest that was told to stop and does not is left behind.
func (g *guest) execute() error {
	ctx, stop := stoppable(g.world.timeout)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- g.run(ctx) }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		select {
		case err = <-ended:
		case <-time.After(grace):
			// The guest's goroutine is left behind in its system call; the process ends in a moment.
			g.left = true
			return stuck(ctx)
		}
	}
	return stopped(ctx, err)
}

// finish releases what the guest held, prints how it ended, if not normally, and returns the exit status. An error means that the
// guest was not started.
func (g *guest) finish(err error, s streams) (int, error) {
	closeErr := g.close()
	var notStarted *startError
	if errors.As(err, &notStarted) {
		return 0, fmt.Errorf("%s: %w%s", g.path, notStarted.err, limitHint(notStarted.err))
	}
	status, err := outcome(g.path, err, s.err)
	if err == nil {
		g.refusals.print(s.err, g.path, &g.world.policy, status == statusOK)
		g.netRefusals.print(s.err, g.path)
	}
	if err == nil && closeErr != nil {
		report(s.err, closeErr.Error())
		if status == statusOK {
			status = statusFailure
		}
	}
	return status, err
}

// startError says that a guest was not started: its imports do not resolve or its limits do not allow it.
type startError struct{ err error }

// Error returns the reason.
func (e *startError) Error() string { return e.err.Error() }

// Unwrap returns the reason.
func (e *startError) Unwrap() error { return e.err }

// run instantiates the module and calls its entry.
func (g *guest) run(ctx context.Context) error {
	boundGarbage()
	if err := g.instantiateLinks(ctx); err != nil {
		return err
	}
	in, err := g.store.Instantiate(ctx, g.module, g.linkerFor(g.system))
	if err != nil {
		if ended(err) {
			return err
		}
		return &startError{fmt.Errorf("%w%s", err, g.importHint(err))}
	}
	if g.entry.initialize {
		if _, err := in.Call(ctx, initializeExport); err != nil {
			return err
		}
	}
	results, err := in.Call(ctx, g.entry.name, g.entry.args...)
	if trap := (*runtime.Trap)(nil); errors.As(err, &trap) && in.Memory() != nil && in.Memory().Refused() {
		return &starvedGuest{err}
	}
	if err != nil || !g.entry.print {
		return err
	}
	for _, v := range results {
		if _, err := fmt.Fprintln(g.out, v); err != nil {
			return fmt.Errorf("printing the results: %w", err)
		}
	}
	return nil
}

// ended reports whether err is the end of a guest that was running.
func ended(err error) bool {
	var trap *runtime.Trap
	var host *runtime.HostError
	return errors.As(err, &trap) || errors.As(err, &host)
}

// close releases what the guest held and completes the trace.
func (g *guest) close() error {
	if g.left {
		return nil // it still uses them
	}
	err := errors.Join(g.system.Close(), g.closeLinks())
	if g.trace != nil {
		err = errors.Join(err, g.trace.Close())
	}
	if err != nil {
		return fmt.Errorf("the guest's files or its trace could not be completed: %w", err)
	}
	return nil
}
