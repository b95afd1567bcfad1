package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// Spec describes a worker program and the engine in it.
type Spec struct {
	Name    string   // of the engine, as it was asked for
	Program string   // what the program calls itself; empty: Name
	Package string   // import path of the program
	Args    []string // of the program
	// Release, if set, is what the program is built against instead of the release that the project depends on.
	Release *Release
	Cgo     bool   // the program needs a C compiler
	Tags    string // build tags of the program, separated by commas
	// BuildEnv, if set, returns variables that the build needs beyond the environment, given where the module of a path
	// lies on this machine.
	BuildEnv func(moduleDir func(path string) (string, error)) ([]string, error)
	// Recycle is the number of modules after which the process is replaced.
	Recycle int
	// Identity is what the engine must answer to the probes. It holds for the release that the project depends on; another proves itself
	// by the version that is linked into it.
	Identity Identity
}

// grace is how much longer than the job's time the driver waits for an engine that can interrupt its guest, and for one
// that cannot.
const (
	graceInterrupt = 2 * time.Second
	graceKill      = 50 * time.Millisecond
)

// Engine is the driver's end of a worker. It is for one goroutine at a time, but for Kill.
type Engine struct {
	spec  Spec
	path  string
	hello hello
	proc  atomic.Pointer[process]
}

// Open builds the worker program if need be, starts it and checks its identity. The error is an *[engine.Unavailable] if
// this machine lacks something.
func Open(ctx context.Context, spec Spec) (engine.Engine, error) {
	e, err := open(ctx, spec)
	if err != nil {
		return nil, err
	}
	return e, nil
}

func open(ctx context.Context, spec Spec) (*Engine, error) {
	if spec.Program == "" {
		spec.Program = spec.Name
	}
	path, err := locate(ctx, &spec)
	if err != nil {
		return nil, err
	}
	e := &Engine{spec: spec, path: path}
	if err := e.start(); err != nil {
		return nil, err
	}
	return e, nil
}

// start starts a process. A greeting from the wrong engine is an error for good: comparing an engine with itself would
// look like agreement.
func (e *Engine) start() error {
	p, err := start(e.path, e.spec.Args)
	if cannot := (*cannotError)(nil); errors.As(err, &cannot) {
		return &engine.Unavailable{Engine: e.spec.Name, Reason: cannot.reason}
	}
	if err != nil && e.spec.Release != nil {
		// Old releases abort on settings that they lack.
		first, _, _ := strings.Cut(err.Error(), "\n")
		return &engine.Unavailable{Engine: e.spec.Name, Reason: "this release does not start so", Err: errors.New(first)}
	}
	if err != nil {
		return fmt.Errorf("engine %s: %w", e.spec.Name, err)
	}
	if p.hello.Name != e.spec.Program || !e.spec.identifies(&p.hello) {
		p.kill()
		return fmt.Errorf("engine %s: the worker %s is another engine: it calls itself %q %s and answers %v to the probes, expected %v",
			e.spec.Name, e.path, p.hello.Name, p.hello.Version, p.hello.Probes, e.spec.Identity)
	}
	e.hello = p.hello
	e.proc.Store(p)
	return nil
}

// identifies reports whether what a worker says of itself is what the engine must say.
func (s *Spec) identifies(h *hello) bool {
	if s.Release != nil {
		return strings.Contains(h.Version, strings.TrimPrefix(s.Release.Version, "v"))
	}
	return slices.Equal(h.Probes, s.Identity[:])
}

// Name implements [engine.Engine].
func (e *Engine) Name() string { return e.spec.Name }

// Version implements [engine.Engine].
func (e *Engine) Version() string { return e.hello.Version }

// Features implements [engine.Engine].
func (e *Engine) Features() engine.Features { return e.hello.Features }

// Run implements [engine.Engine].
func (e *Engine) Run(ctx context.Context, job *engine.Job) (res *engine.Result, err error) {
	err = e.RunBatch(ctx, []*engine.Job{job}, func(_ int, r *engine.Result) { res = r })
	return res, err
}

// RunBatch implements [engine.Batcher].
func (e *Engine) RunBatch(ctx context.Context, jobs []*engine.Job, done func(i int, r *engine.Result)) error {
	requests := make([]request, len(jobs))
	for i, job := range jobs {
		if err := job.Check(); err != nil {
			return err
		}
		req, err := absolute(job)
		if err != nil {
			return err
		}
		requests[i] = *req
	}
	for at := 0; at < len(jobs); {
		n, err := e.stretch(ctx, jobs[at:], requests[at:], func(i int, r *engine.Result) { done(at+i, r) })
		if err != nil {
			return err
		}
		at += n
	}
	return nil
}

// stretch runs jobs on one process, in one frame, until all are done or the process is gone. It returns how many have a result.
func (e *Engine) stretch(ctx context.Context, jobs []*engine.Job, requests []request, done func(int, *engine.Result)) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	p, err := e.process()
	if err != nil {
		return 0, err
	}
	stop := context.AfterFunc(ctx, p.interrupt)
	defer stop()
	first := requests[0]
	first.More = requests[1:]
	begin := time.Now()
	err = p.send(&first, begin.Add(e.patience(jobs[0])))
	if errors.Is(err, errFrameTooBig) && len(jobs) > 1 {
		// Nothing was written, but the encoder counts on what it did not write to have arrived.
		e.discard(p)
		return e.stretch(ctx, jobs[:1], requests[:1], done)
	}
	for i, job := range jobs {
		var res *response
		if err == nil {
			res, err = p.receive(ctx, begin.Add(e.patience(job)))
		}
		switch {
		case err == nil:
			done(i, &res.Result)
			begin = time.Now()
			continue
		case ctx.Err() != nil:
			e.discard(p)
			return 0, ctx.Err()
		}
		lost := e.lost(p, err, job.Deadline())
		lost.Elapsed = time.Since(begin)
		done(i, lost)
		return i + 1, nil
	}
	return len(jobs), nil
}

// patience is how long the driver waits for the answer to a job.
func (e *Engine) patience(job *engine.Job) time.Duration {
	if e.hello.Features.Interrupt {
		return job.Deadline() + graceInterrupt
	}
	return job.Deadline() + graceKill
}

// ask exchanges a request for a response. Both the end of ctx and the watchdog end the exchange; which one it was is seen
// afterwards. If it was ctx, the process is gone.
func (e *Engine) ask(ctx context.Context, p *process, req *request, deadline time.Time) (*response, error) {
	stop := context.AfterFunc(ctx, p.interrupt)
	res, err := p.exchange(req, deadline)
	stop()
	if err != nil && ctx.Err() != nil {
		e.discard(p)
	}
	return res, err
}

// process returns a running process that may serve another job.
func (e *Engine) process() (*process, error) {
	p := e.proc.Load()
	switch {
	case p == nil:
	case !p.alive():
		e.discard(p)
	case p.served >= e.spec.Recycle || p.retire:
		e.proc.Store(nil)
		p.stop()
	default:
		return p, nil
	}
	if err := e.start(); err != nil {
		return nil, err
	}
	return e.proc.Load(), nil
}

// lost says what became of a job of so much time whose exchange failed. The process is gone in any case.
func (e *Engine) lost(p *process, err error, limit time.Duration) *engine.Result {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		e.discard(p)
		return &engine.Result{Stage: engine.StageHang, Message: fmt.Sprintf("no answer after %v; the worker was killed", limit)}
	case errors.Is(err, errFrameTooBig):
		e.discard(p)
		return &engine.Result{Stage: engine.StageLimit, Message: err.Error()}
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, syscall.EPIPE):
		e.discard(p)
		return &engine.Result{Stage: engine.StageCrash, Message: "the worker's answer makes no sense: " + err.Error()}
	}
	e.proc.Store(nil)
	status, message := p.death()
	if status == exitMemory {
		return &engine.Result{Stage: engine.StageLimit, Message: message}
	}
	return &engine.Result{Stage: engine.StageCrash, Message: message}
}

func (e *Engine) discard(p *process) {
	e.proc.Store(nil)
	p.kill()
}

// Kill kills the worker process, as a crash of the engine would, and waits for its end. A job in progress ends with StageCrash. It may be
// called while another goroutine uses the engine.
func (e *Engine) Kill() {
	if p := e.proc.Load(); p != nil {
		// The only error is that the process has ended.
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// PeakRSS returns the most memory that the current worker process had resident, in bytes, as of its last job, and the
// number of jobs that it served.
func (e *Engine) PeakRSS() (bytes uint64, jobs int) {
	if p := e.proc.Load(); p != nil {
		return p.peakRSS, p.served
	}
	return 0, 0
}

// Close implements [engine.Engine].
func (e *Engine) Close() error {
	if p := e.proc.Swap(nil); p != nil {
		p.stop()
	}
	return nil
}

// absolute returns the request for a job, with directories that do not depend on the worker's working directory.
func absolute(job *engine.Job) (*request, error) {
	req := newRequest(job)
	if job.WASI == nil {
		return req, nil
	}
	world := *job.WASI
	world.Dirs = slices.Clone(world.Dirs)
	for i := range world.Dirs {
		dir, err := filepath.Abs(world.Dirs[i].Host)
		if err != nil {
			return nil, fmt.Errorf("job: directory %q: %w", world.Dirs[i].Host, err)
		}
		world.Dirs[i].Host = dir
	}
	req.Job.WASI = &world
	return req, nil
}
