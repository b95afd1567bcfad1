package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// grace is how long a guest that was told to stop may take before the command ends without it. Guest code stops at its
// next branch; only a system call that does not return lasts longer.
const grace = time.Second

// guest is a program that is ready to start.
type guest struct {
	module *runtime.Module
	store  *runtime.Runtime
	linker *runtime.Linker
	system *wasi.System
	trace  io.Closer // nil if the trace goes to stderr or nowhere
	entry  entry
	out    io.Writer // for the results of -invoke
}

// runGuest prepares the guest, runs it and returns the exit status. An error means that the guest was not started.
func runGuest(o *runOptions, path string, args []string, s streams) (int, error) {
	g, err := newGuest(o, path, args, s)
	if err != nil {
		return 0, err
	}
	ctx, stop := stoppable(o.timeout)
	defer stop()

	ended := make(chan error, 1)
	go func() { ended <- g.run(ctx) }()
	select {
	case err = <-ended:
	case <-ctx.Done():
		select {
		case err = <-ended:
		case <-time.After(grace):
			// The guest's goroutine is left behind in its system call; the process ends in a moment.
			return outcome(path, stuck(ctx), s.err)
		}
	}
	err = stopped(ctx, err)
	closeErr := g.close()
	var notStarted *startError
	if errors.As(err, &notStarted) {
		return 0, fmt.Errorf("%s: %w%s", path, notStarted.err, limitHint(notStarted.err))
	}
	status, err := outcome(path, err, s.err)
	if err == nil && closeErr != nil {
		report(s.err, closeErr.Error())
		if status == statusOK {
			status = statusFailure
		}
	}
	return status, err
}

// newGuest loads the module and builds the world that it will see.
func newGuest(o *runOptions, path string, args []string, s streams) (*guest, error) {
	module, err := loadModule(path)
	if err != nil {
		return nil, err
	}
	g := &guest{
		module: module,
		store:  runtime.New(&runtime.Config{MaxMemoryBytes: uint64(o.maxMemory), Fuel: o.fuel}),
		linker: new(runtime.Linker),
		out:    s.out,
	}
	if g.entry, err = findEntry(module.Wasm(), o.invoke, args); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	cfg := &wasi.Config{
		// The name without its directory: where things lie on the host is not the guest's to know.
		Args:   append([]string{filepath.Base(path)}, args...),
		Env:    o.env,
		Stdin:  s.in,
		Stdout: s.out,
		Stderr: s.err,
	}
	for _, d := range o.dirs {
		cfg.Preopens = append(cfg.Preopens, wasi.Preopen(d))
	}
	if cfg.Trace, g.trace, err = openTrace(o.trace, s.err); err != nil {
		return nil, err
	}
	if g.system, err = wasi.New(cfg); err != nil {
		return nil, err
	}
	g.system.Define(g.linker)
	return g, nil
}

// openTrace opens the file of -trace. The Closer is nil if there is nothing to close.
func openTrace(name string, stderr *os.File) (io.Writer, io.Closer, error) {
	switch name {
	case "":
		return nil, nil, nil
	case "-":
		return stderr, nil, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, nil, fmt.Errorf("-trace: %w", err)
	}
	return f, f, nil
}

// startError says that a guest was not started: its imports do not resolve or its limits do not allow it.
type startError struct{ err error }

// Error returns the reason.
func (e *startError) Error() string { return e.err.Error() }

// Unwrap returns the reason.
func (e *startError) Unwrap() error { return e.err }

// run instantiates the module and calls its entry.
func (g *guest) run(ctx context.Context) error {
	in, err := g.store.Instantiate(ctx, g.module, g.linker)
	if err != nil {
		if ended(err) {
			return err
		}
		return &startError{err}
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
	err := g.system.Close()
	if g.trace != nil {
		err = errors.Join(err, g.trace.Close())
	}
	if err != nil {
		return fmt.Errorf("the guest's files or its trace could not be completed: %w", err)
	}
	return nil
}
