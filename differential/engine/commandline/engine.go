package commandline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Engine compares a command with other engines. Each module is rewritten to a command that makes the calls of the job and writes results,
// calls of host functions and the final state to its standard output; what is on that is then read as the job's result. A trap ends the
// process: its class is found in what the command says of it, and what comes after is not known.
type Engine struct {
	cmd      *Command
	path     string
	version  string
	dir      string // of the module, and of what it wrote
	features engine.Features
}

var _ engine.Engine = (*Engine)(nil)

// maxTold bounds what a module may write.
const maxTold = 1 << 30

// Open finds a command, asks for its version and finds out what it supports.
func (c *Command) Open(ctx context.Context) (engine.Engine, error) {
	path, version, err := c.look(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "touchstone-"+c.Name+"-")
	if err != nil {
		return nil, err
	}
	e := &Engine{cmd: c, path: path, version: version, dir: dir, features: engine.Features{Tables: true, Merged: c.Merged}}
	if !e.accepts(nothing) {
		e.Close()
		return nil, &engine.Unavailable{Engine: c.Name, Reason: path + " does not run modules in the way that is known"}
	}
	e.features.Probe(e.accepts)
	return e, nil
}

// nothing is the smallest module.
var nothing = []byte("\x00asm\x01\x00\x00\x00")

// accepts reports whether the command runs a module without calling anything.
func (e *Engine) accepts(module []byte) bool {
	res, err := e.Run(context.Background(), &engine.Job{Module: module, Calls: []engine.Call{}})
	return err == nil && res.Stage == engine.StageRun
}

// Name implements [engine.Engine].
func (e *Engine) Name() string { return e.cmd.Name }

// Version implements [engine.Engine].
func (e *Engine) Version() string { return e.version }

// Features implements [engine.Engine].
func (e *Engine) Features() engine.Features { return e.features }

// Close implements [engine.Engine].
func (e *Engine) Close() error { return os.RemoveAll(e.dir) }

// Run implements [engine.Engine].
func (e *Engine) Run(ctx context.Context, job *engine.Job) (*engine.Result, error) {
	if err := job.Check(); err != nil {
		return nil, err
	}
	cannot := func(reason string) (*engine.Result, error) {
		return &engine.Result{Stage: engine.StageUnsupported, Message: reason}, nil
	}
	if job.WASI != nil {
		return cannot("a command is not given programs that use WASI")
	}
	plan, err := engine.NewPlan(job)
	switch {
	case err != nil:
		return cannot("a command does not say why it refuses a module, so that it gets only valid ones")
	case plan.TooBig != "":
		return &engine.Result{Stage: engine.StageLimit, Message: plan.TooBig}, nil
	case plan.Unlinkable != "":
		return cannot("what the module imports cannot be made part of it: " + plan.Unlinkable)
	}
	module, err := tell(plan, e.cmd.sink, job.MaxPages())
	if err != nil {
		return cannot(err.Error())
	}
	begin := time.Now()
	ran, err := e.run(ctx, module, job.Deadline())
	if err != nil {
		return nil, err
	}
	res := e.result(plan, ran)
	res.Elapsed = time.Since(begin)
	return res, nil
}

// ran is what a process did.
type ran struct {
	told   []record
	said   string // by the command itself
	status error  // of the process
	late   bool   // it was killed
}

// run runs a module until it is done or its time is over. Its output goes to a file, so that a write is never a partial one.
func (e *Engine) run(ctx context.Context, module []byte, limit time.Duration) (*ran, error) {
	name := filepath.Join(e.dir, "module.wasm")
	if err := os.WriteFile(name, module, 0o600); err != nil {
		return nil, err
	}
	stdout, err := os.Create(filepath.Join(e.dir, "told"))
	if err != nil {
		return nil, err
	}
	defer stdout.Close()
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var stderr engine.Output
	cmd := exec.CommandContext(bounded, e.path, e.cmd.Run(name)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = e.dir, stdout, &stderr, time.Second
	status := cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if exit := (*exec.ExitError)(nil); status != nil && !errors.As(status, &exit) && bounded.Err() == nil {
		return nil, status
	}
	if size, err := stdout.Seek(0, 2); err != nil || size > maxTold {
		return &ran{said: "more output than can be read", status: errors.New("cut off")}, err
	}
	out, err := os.ReadFile(stdout.Name())
	if err != nil {
		return nil, err
	}
	told, rest := e.cmd.sink.parse(out)
	return &ran{told: told, said: string(stderr.Bytes()) + "\n" + string(rest), status: status, late: bounded.Err() != nil}, nil
}

// result reads what was told.
func (e *Engine) result(plan *engine.Plan, r *ran) *engine.Result {
	l := &listener{plan: plan, res: &engine.Result{Stage: engine.StageRun}}
	err := l.listen(r.told)
	switch {
	case err != nil:
		return &engine.Result{Stage: engine.StageUnsupported, Message: "what the module wrote makes no sense: " + err.Error()}
	case l.ended && r.status == nil:
		return l.res
	case l.ended:
		return &engine.Result{Stage: engine.StageCrash, Message: "after the module was done: " + r.status.Error() + ": " + lastLine(r.said)}
	case r.late:
		return &engine.Result{Stage: engine.StageHang, Message: "not done in time; the command was killed"}
	}
	e.stopped(l, r)
	return l.res
}

// stopped says how a module ended that did not come to its end.
func (e *Engine) stopped(l *listener, r *ran) {
	code, words := e.cmd.trap(r.said)
	crashed := signalled(r.status) && code != wasm.StackExhausted // some engines are ended by what others call a trap
	switch {
	case crashed:
		*l.res = engine.Result{Stage: engine.StageCrash, Message: r.status.Error() + ": " + words}
	case !l.begun && code != wasm.MemoryOutOfBounds && code != wasm.TableOutOfBounds:
		*l.res = engine.Result{Stage: engine.StageRejected, Message: words}
	case !l.instantiated && code == wasm.NoTrap:
		*l.res = engine.Result{Stage: engine.StageUnsupported, Message: "it is not known what kind of trap this is: " + words}
	case !l.instantiated:
		l.res.Stage, l.res.Trap, l.res.Message = engine.StageStart, code, words
	case code == wasm.NoTrap:
		l.end(engine.CallResult{Outcome: engine.Unsupported, Message: "it is not known what kind of trap this is: " + words})
	default:
		l.end(engine.CallResult{Outcome: engine.Trapped, Trap: code, Message: words})
	}
}

// signalled reports whether a process was ended by a signal.
func signalled(status error) bool {
	var exit *exec.ExitError
	return errors.As(status, &exit) && exit.ExitCode() < 0
}

// trap finds a trap in what a command said: one of its own words, or those of the specification's tests behind a colon or at the begin of a
// line. The second result is the line, or the last one if there is none.
func (c *Command) trap(said string) (wasm.TrapCode, string) {
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		for _, w := range c.Traps {
			if strings.Contains(line, w.text) {
				return w.code, line
			}
		}
		// "Exception: unreachable", "[trap] unreachable executed", "Caused by: wasm trap: out of bounds memory access"
		for rest := line; rest != ""; {
			if code, ok := engine.TrapByText(strings.TrimLeft(rest, " :[]")); ok {
				return code, line
			}
			_, rest, _ = cutAny(rest, ":]")
		}
	}
	return wasm.NoTrap, lastLine(said)
}

// cutAny is strings.Cut at the first of several characters.
func cutAny(s, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// look finds the command and asks for its version.
func (c *Command) look(ctx context.Context) (path, version string, err error) {
	if path, err = c.Find(); err != nil {
		return "", "", err
	}
	out, err := exec.CommandContext(ctx, path, c.Version...).CombinedOutput()
	if err != nil {
		return "", "", &engine.Unavailable{Engine: c.Name, Reason: path + " does not say its version", Err: err}
	}
	version, _, _ = strings.Cut(strings.TrimSpace(string(out)), "\n")
	return path, strings.TrimSpace(strings.TrimPrefix(version, c.Program)), nil
}

var errSequence = errors.New("records in an order that cannot be")

// unexpected names a record that cannot stand where it does.
func unexpected(r record) error { return fmt.Errorf("%w: %q", errSequence, r.tag) }
