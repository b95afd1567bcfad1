package behaviour

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasi/model"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// timeout bounds a sequence on an engine; none has a reason to wait.
const timeout = 3 * time.Second

const allAccess = policy.Read | policy.Change | policy.Stat

// Account is what one engine did with one situation.
type Account struct {
	Engine, Version string
	// Results says of each call that was made what it returned: the name of an errno, "exit", "trap", "crash" or "hang".
	Results []string
	Judged  int // calls that the model has judged
	// Breach is what is not allowed, and At the call that did it; the number of calls for what was found in the end.
	Breach *model.Breach
	At     int
	// Message is what the engine says of it, if it says anything.
	Message string
	Known   *Known
	Lacks   string // why the sequence could not be run; empty if it was
}

// The keys of breaches that are not the model's.
const (
	keyEscape = "outside of the preopened directory is not what it was"
	keyDied   = "the engine died"
	keyHangs  = "the engine hangs"
)

// Run runs a situation on an engine, in a fresh tree below temp. make is asked for the situation when the tree is there: paths lead out of it.
// Errors are ours.
func Run(ctx context.Context, e engine.Engine, temp string, make func(outside string) Situation) (*Account, *Situation, error) {
	return patient(func() (*Account, *Situation, error) { return runOnce(ctx, e, temp, make) })
}

// patient runs what hangs once more: on a busy machine the time can be over before a compiler is done.
func patient(run func() (*Account, *Situation, error)) (*Account, *Situation, error) {
	a, s, err := run()
	if err == nil && a.Breach != nil && a.Breach.Key == keyHangs && a.Known == nil {
		return run()
	}
	return a, s, err
}

func runOnce(ctx context.Context, e engine.Engine, temp string, make func(outside string) Situation) (*Account, *Situation, error) {
	w, err := newWorld(temp)
	if err != nil {
		return nil, nil, err
	}
	s := make(w.outside())
	a, err := w.run(ctx, e, &s)
	if e := w.remove(); err == nil {
		err = e
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s on %s: %w", s.Name, e.Name(), err)
	}
	return a, &s, nil
}

func (w *world) run(ctx context.Context, e engine.Engine, s *Situation) (*Account, error) {
	fd := uint64(firstDir(e))
	module := hostcall.CompileSteps(s.Calls, hostcall.World{FDs: []uint64{fd, 0, 1, 2}, Dirs: []uint64{fd}, Ports: hostcall.Alone.Ports})
	job := &engine.Job{Module: wasm.Encode(module), WASI: w.wasi(), Snapshots: true, Timeout: timeout}
	for i := range s.Calls {
		job.Calls = append(job.Calls, engine.Call{Export: hostcall.Step(i)})
	}
	res, err := e.Run(ctx, job)
	if err != nil {
		return nil, err
	}
	a := &Account{Engine: e.Name(), Version: e.Version()}
	switch res.Stage {
	case engine.StageRun:
		j := &judging{a: a, s: s, m: w.model(e, runtime.GOOS), res: res, memory: make([]byte, hostcall.MemorySize)}
		j.judge()
		if a.Breach == nil {
			a.At, a.Breach = len(s.Calls), j.m.CheckTree(0, w.guest(), nil)
		}
	case engine.StageCrash:
		a.died("crash", keyDied, res.Message)
	case engine.StageHang:
		a.died("hang", keyHangs, res.Message)
	default:
		a.Lacks = fmt.Sprintf("%s: %s", res.Stage, res.Message)
	}
	return w.finish(a, s)
}

// finish looks what became of what is outside of the guest's folder, and whether what is not allowed is known.
func (w *world) finish(a *Account, s *Situation) (*Account, error) {
	path, err := w.escaped()
	if path != "" {
		a.Breach, a.At = &model.Breach{Key: keyEscape, Detail: path}, len(s.Calls)
	}
	if a.Breach != nil {
		a.Known = known(a, s)
	}
	return a, err
}

// died notes that nothing is known of a sequence but that it killed the engine, or that it had to be killed.
func (a *Account) died(result, key, detail string) {
	a.Results, a.Breach, a.Message = []string{result}, &model.Breach{Key: key, Detail: detail}, detail
}

// judging is a result that is judged.
type judging struct {
	a      *Account
	s      *Situation
	m      *model.Model
	res    *engine.Result
	memory []byte // before the call
}

// judge lets the model judge the calls in their order, up to the first that is not allowed.
func (j *judging) judge() {
	values := map[string]uint64{}
	for _, g := range j.res.Globals {
		values[g.Name] = g.Value.Bits
	}
	for i := range min(len(j.res.Calls), len(j.s.Calls)) {
		call, made := &j.s.Calls[i], &j.res.Calls[i]
		o := &model.Outcome{Row: call.Row, Before: slices.Clone(j.memory), After: made.Memory}
		for _, w := range call.Writes {
			copy(o.Before[min(int(w.Addr), len(o.Before)):], w.Data)
		}
		for k := range call.Args {
			o.Args = append(o.Args, values[hostcall.ArgName(i, k)])
		}
		if len(o.After) != len(o.Before) {
			j.a.Lacks = "the memory cannot be read"
			return
		}
		j.a.Results = append(j.a.Results, outcome(o, made, values[hostcall.Errno(i, call.Row)]))
		if j.a.Breach = j.m.Judge(o); j.a.Breach != nil {
			j.a.At, j.a.Message = i, made.Message
			return
		}
		j.a.Judged++
		j.memory = o.After
	}
}

// outcome fills in how a call ended and says it in a word.
func outcome(o *model.Outcome, made *engine.CallResult, errno uint64) string {
	switch made.Outcome {
	case engine.Returned:
		o.Errno = wasi.Errno(errno)
		// Workers may not write files of any size, which is the host's failure, not the engine's.
		o.Fault = o.Errno == wasi.EFBIG
		return o.Errno.String()
	case engine.Exited:
		o.Exited, o.Status = true, made.Exit
		return "exit"
	}
	o.Trapped = true
	return "trap"
}
