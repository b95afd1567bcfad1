package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Drive runs a job on a guest that was made for it, and closes the guest. It is where the meaning of a job is written, once
// for all engines: what is called and in which order, what a trap ends, what is observed at the end.
func Drive(ctx context.Context, job *Job, g Guest) *Result {
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, job.Deadline())
	defer cancel()
	d := &drive{ctx: ctx, job: job, g: g, res: &Result{}}
	defer g.Close()
	d.run()
	d.res.Elapsed = time.Since(start)
	return d.res
}

type drive struct {
	ctx  context.Context
	job  *Job
	g    Guest
	plan *Plan
	re   *rewritten
	res  *Result
}

func (d *drive) run() {
	var planErr error
	if d.plan, planErr = NewPlan(d.job); planErr != nil {
		d.withoutPlan(planErr)
		return
	}
	// Engines refuse tables of various sizes when they compile, so this comes first.
	if d.plan.TooBig != "" {
		d.stop(StageLimit, d.plan.TooBig)
		return
	}
	d.re = d.plan.rewrite(d.g.Lacks(), d.job.MaxPages())
	if !d.compile() {
		return
	}
	switch {
	case d.plan.Unlinkable != "":
		d.stop(StageUnlinkable, d.plan.Unlinkable)
	case d.instantiate():
		d.res.Stage = StageRun
		d.calls()
		if d.res.Stage == StageRun {
			d.observe()
		}
	}
	if d.job.WASI != nil && (d.res.Stage == StageRun || d.res.Stage == StageStart) {
		d.output()
	}
}

// withoutPlan finds out whether the engine accepts a module that we refuse.
func (d *drive) withoutPlan(planErr error) {
	if err := d.g.Compile(d.job.Module); err != nil {
		d.refused(err)
		return
	}
	if refusedByUs(planErr) {
		d.stop(StageCompiled, planErr.Error())
	} else {
		d.stop(StageLimit, planErr.Error())
	}
}

// compile compiles the module; if it was rewritten, the original is checked first, because it is what is to be judged.
func (d *drive) compile() bool {
	module := d.job.Module
	if d.re.changed {
		if err := d.g.Check(module); err != nil {
			d.refused(err)
			return false
		}
		module = wasm.Encode(d.re.module)
	}
	err := d.g.Compile(module)
	switch {
	case err == nil:
		return true
	case d.re.changed && !isEnd(err):
		d.stop(StageUnsupported, "the engine accepts the module, but not with what is added to it to observe it: "+err.Error())
	default:
		d.refused(err)
	}
	return false
}

func isEnd(err error) bool {
	var end *End
	return errors.As(err, &end)
}

// refused records an error of Compile or Check.
func (d *drive) refused(err error) {
	var end *End
	if !errors.As(err, &end) {
		d.stop(StageRejected, err.Error())
		return
	}
	d.ended("", end)
}

func (d *drive) stop(s Stage, message string) {
	d.res.Stage, d.res.Message = s, trim(message)
}

// ended records how compiling or instantiating ended.
func (d *drive) ended(export string, end *End) {
	switch {
	case end.Outcome == Limited:
		d.stop(StageLimit, end.Message)
	case end.Outcome == Unsupported:
		d.stop(StageUnsupported, end.Message)
	case end.Outcome == Trapped && end.Trap == wasm.Interrupted:
		d.stop(StageHang, end.Message)
	case end.Outcome == Trapped:
		d.stop(StageStart, end.Message)
		d.res.Trap = end.Trap
	default:
		d.stop(StageStart, end.Message)
		d.res.Calls = []CallResult{{Export: export, Outcome: end.Outcome, Exit: end.Exit, Message: trim(end.Message)}}
	}
}

func (d *drive) instantiate() bool {
	err := d.g.Instantiate(d.ctx, &Setup{
		Module:    d.re.module,
		Types:     d.re.module.FuncTypes(),
		Host:      d.host,
		WASI:      d.job.WASI,
		MaxMemory: d.job.MaxPages() * wasm.PageSize,
	})
	if err == nil {
		return true
	}
	var link *LinkError
	if errors.As(err, &link) {
		d.stop(StageUnlinkable, link.Message)
		return false
	}
	d.ended("", asEnd(err))
	return false
}

// host returns [HostResult] for an import, with a log. Its type is that of the original import, even if the rewriter gave the engine
// one without references.
func (d *drive) host(module, name string) HostFunc {
	t := d.plan.imports[importKey{module, name}]
	return func(args []Value) []Value {
		for i := range args {
			args[i].Type = t.Params[i]
		}
		if d.res.HostCallTotal++; d.res.HostCallTotal <= MaxHostCalls {
			call := HostCall{Module: module, Name: name, Args: args}
			if d.job.Snapshots && d.res.Stage == StageRun {
				call.Memory = d.snapshot()
			}
			d.res.HostCalls = append(d.res.HostCalls, call)
		}
		return HostResult(module, name, args, t.Results)
	}
}

// asEnd turns an error that says nothing of itself into a failure.
func asEnd(err error) *End {
	var end *End
	if errors.As(err, &end) {
		return end
	}
	return &End{Outcome: Failed, Message: err.Error()}
}

// calls makes the calls. A trap ends its call only; an exit, and the end of the job's time, end the job.
func (d *drive) calls() {
	for i := range d.plan.Calls {
		if i == d.plan.guessed {
			defer d.guessing()()
		}
		res := d.call(&d.plan.Calls[i])
		if i >= d.plan.guessed && d.ctx.Err() != nil {
			d.res.Calls = append(d.res.Calls, CallResult{Export: res.Export, Args: res.Args, Outcome: Limited, Message: "calls with arguments of ours took too long"})
			return
		}
		if d.ctx.Err() != nil || res.Outcome == Trapped && res.Trap == wasm.Interrupted {
			d.stop(StageHang, fmt.Sprintf("call %d of %d, %q: not done after %v", i+1, len(d.plan.Calls), res.Export, d.job.Deadline()))
			return
		}
		if d.job.Snapshots {
			res.Memory = d.snapshot()
		}
		d.res.Calls = append(d.res.Calls, res)
		if res.Outcome == Exited {
			return
		}
	}
}

// snapshot returns a copy of the first exported memory; nil if there is none that can be read.
func (d *drive) snapshot() []byte {
	for _, e := range d.plan.Module.Exports {
		if e.Kind == wasm.ExternMemory {
			if data, err := d.g.Memory(e.Name); err == nil {
				return bytes.Clone(data)
			}
			break
		}
	}
	return nil
}

// guessing bounds the time of what follows until it is called what is returned.
func (d *drive) guessing() (end func()) {
	all := d.ctx
	ctx, cancel := context.WithTimeout(all, maxGuessing)
	d.ctx = ctx
	return func() {
		cancel()
		d.ctx = all
	}
}

func (d *drive) call(c *Call) CallResult {
	t, err := d.plan.checkCall(c)
	if err != nil {
		return CallResult{Export: c.Export, Args: c.Args, Outcome: Failed, Message: trim(err.Error())}
	}
	values, err := d.invoke(c, t)
	if err == nil {
		return CallResult{Export: c.Export, Args: c.Args, Outcome: Returned, Values: values}
	}
	end := asEnd(err)
	return CallResult{Export: c.Export, Args: c.Args, Outcome: end.Outcome, Trap: end.Trap, Exit: end.Exit, Message: trim(end.Message)}
}

// invoke calls an export, or the wrapper that stands for it.
func (d *drive) invoke(c *Call, t wasm.FuncType) ([]Value, error) {
	wrapper := d.re.calls[c.Export]
	if wrapper == "" {
		return d.g.Call(d.ctx, c.Export, t, c.Args)
	}
	args := make([]Value, len(c.Args))
	for i, a := range c.Args {
		if a.Type.IsRef() && d.re.bridged {
			if a.Bits != 0 {
				return nil, &End{Outcome: Unsupported, Message: "the engine's binding cannot pass references other than null"}
			}
			a.Type = wasm.I32
		}
		args[i] = a
	}
	values, err := d.g.Call(d.ctx, wrapper, d.re.wrapperType(t), args)
	for i := range values {
		values[i].Type = t.Results[i]
	}
	return values, err
}

// trim bounds a message and makes it one line of valid text.
func trim(s string) string {
	if len(s) > maxMessage {
		s = s[:maxMessage] + "…"
	}
	return strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "\ufffd")
}
