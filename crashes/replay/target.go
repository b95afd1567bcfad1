package replay

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/harness"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// patience is how long a target may take for one input before that is a hang; inputs take milliseconds.
const patience = 20 * time.Second

// Target is an open fuzz target. It is for one goroutine at a time.
type Target struct {
	name  string
	check harness.Check
	close func() error
	stuck bool // a check did not come back: what is open is left to it
	// Patience bounds the time for one input; 0 means 20 s.
	Patience time.Duration
}

// OpenTarget opens the target with a name, such as FuzzDecode.
func OpenTarget(ctx context.Context, name string) (*Target, error) {
	t := &Target{name: name}
	return t, t.open(ctx)
}

func (t *Target) open(ctx context.Context) error {
	found, err := harness.Find(t.name)
	if err != nil {
		return err
	}
	if t.check, t.close, err = found.Open(ctx); err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	t.stuck = false
	return nil
}

// Close removes what the target keeps.
func (t *Target) Close() error {
	if t.stuck {
		return nil
	}
	return t.close()
}

// Failed is how an input fails a target.
type Failed struct {
	Bucket finding.Bucket // of an empty kind if it does not
	Detail string
	Module []byte // that the input stands for, or nil
}

// Run checks one input. A panic, and a check that does not come back, are failures too; after the latter the target is opened anew,
// since the check goes on. The engines, if there are any, show at which instruction a module does something else.
func (t *Target) Run(ctx context.Context, input []byte, engines []engine.Engine) (*Failed, error) {
	wait := t.Patience
	if wait == 0 {
		wait = patience
	}
	if t.stuck {
		if err := t.open(ctx); err != nil {
			return nil, err
		}
	}
	inner, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	done := make(chan *Failed, 1)
	check := t.check
	go func() { done <- guarded(inner, check, input) }()
	var failed *Failed
	select {
	case failed = <-done:
	case <-time.After(wait + time.Second):
		t.stuck = true
		return &Failed{Bucket: finding.Bucket{Kind: finding.Failure, Engines: []string{ours}, Stage: "hang", Frames: hanging()},
			Detail: fmt.Sprintf("the check did not come back within %v", wait)}, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if failed.Module != nil && len(engines) > 1 {
		f := &finding.Finding{Kind: finding.Divergence}
		seen, err := Observe(ctx, f, failed.Module, engines, true, wait)
		if err != nil {
			return nil, err
		}
		if at := seen.Bucket().At; at != "" {
			// One wrong instruction shows in results, memories or traps, as the input has it.
			failed.Bucket.Stage, _, _ = strings.Cut(failed.Bucket.Stage, ":")
			failed.Bucket.At = at
		}
	}
	return failed, nil
}

// guarded runs the check and makes a panic a failure.
func guarded(ctx context.Context, check harness.Check, input []byte) (failed *Failed) {
	b := finding.Bucket{Kind: finding.Failure, Engines: []string{ours}}
	defer func() {
		if p := recover(); p != nil {
			stack := string(debug.Stack())
			b.Stage, b.Traps, b.Frames = "panic", []string{finding.Normalise(fmt.Sprint(p))}, finding.Frames(stack)
			failed = &Failed{Bucket: b, Detail: fmt.Sprintf("panic: %v\n%s", p, stack)}
		}
	}()
	f := check(ctx, input)
	if f == nil {
		return &Failed{}
	}
	b.Stage, b.At = f.Key, hostcallIn(f)
	return &Failed{Bucket: b, Detail: f.Detail, Module: f.Module}
}

// hostcallIn returns the ID of the hostcall that a failure is about: the first that its first line names.
func hostcallIn(f *oracle.Failure) string {
	line, _, _ := strings.Cut(f.Detail, "\n")
	for word := range words(line) {
		for row := range wasi.Hostcalls() {
			if row.ID() == word {
				return word
			}
		}
	}
	return ""
}

// words returns the words of a text that may be names of hostcalls.
func words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, w := range strings.FieldsFunc(text, func(r rune) bool {
			return r != '_' && r != '.' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
		}) {
			if !yield(strings.TrimSuffix(w, ".")) {
				return
			}
		}
	}
}

// hanging returns the frames of the goroutine that runs a check.
func hanging() []string {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		if strings.Contains(stack, "replay.guarded(") {
			return finding.Frames(stack)
		}
	}
	return nil
}

// replayTarget runs the check of a finding's target on its input.
func replayTarget(ctx context.Context, f *finding.Finding, engines []engine.Engine, opts Options) (out *Outcome, err error) {
	t, err := OpenTarget(ctx, f.Target)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	t.Patience = opts.Timeout
	out = &Outcome{Complete: true}
	var first string
	for i := range max(opts.Times, 1) {
		if !opts.Search {
			engines = nil
		}
		failed, err := t.Run(ctx, f.Input, engines)
		if err != nil {
			return nil, err
		}
		out.Runs++
		out.Bucket, out.Detail = failed.Bucket, failed.Detail
		if now := failed.Bucket.String(); i == 0 {
			first = now
		} else if now != first {
			out.Flaky = true
		}
	}
	out.compare(f, true)
	return out, nil
}

// Program returns the sequence of hostcalls that the input stands for, in its text form, if the target shows one; its first line is
// a note with the world that it ran in.
func (f *Failed) Program() string {
	const mark = "\n# -setup "
	at := strings.Index(f.Detail, mark)
	if at < 0 {
		return ""
	}
	return f.Detail[at+1:]
}
