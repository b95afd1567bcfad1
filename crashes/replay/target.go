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
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/differential/session"
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
	Bucket finding.Bucket `json:"bucket,omitzero"` // zero if it does not
	Detail string         `json:"detail,omitempty"`
	Module []byte         `json:"module,omitempty"` // that the input stands for, or nil
}

// The stages of failures that are no keys of oracles.
const (
	StagePanic = "panic"
	StageHang  = "hang"
)

// Fails reports whether the input fails.
func (f *Failed) Fails() bool { return f.Bucket.Kind != "" }

// Broken returns the bucket of a failure that no oracle says.
func Broken(stage string) finding.Bucket {
	return finding.Bucket{Kind: finding.Failure, Engines: []string{ours}, Stage: stage}
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
	go func() { done <- Check(inner, check, input) }()
	var failed *Failed
	select {
	case failed = <-done:
	case <-time.After(wait + time.Second):
		t.stuck = true
		b := Broken(StageHang)
		b.Frames = hanging()
		return &Failed{Bucket: b, Detail: fmt.Sprintf("the check did not come back within %v", wait)}, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return failed, failed.Locate(ctx, engines, wait)
}

// Locators are the engines by which it is found out at which instruction a module that fails a target goes wrong. Both are pure Go.
var Locators = []string{"touchstone", "wazero-interp"}

// OpenLocators starts the engines of [Locators]. Those that cannot run on this machine are left out: then buckets are coarser.
func OpenLocators(ctx context.Context) ([]engine.Engine, error) {
	chosen, err := session.Choose(all.ByDefault(), Locators)
	if err != nil {
		return nil, err
	}
	engines, _, err := session.Open(ctx, chosen)
	return engines, err
}

// Locate looks at which instruction the module of a failure does something else on one engine than on the others, and enters it into the
// bucket: it tells defects apart that one oracle sees. Without a module, or with one engine only, there is nothing to find out.
func (f *Failed) Locate(ctx context.Context, engines []engine.Engine, timeout time.Duration) error {
	if f.Module == nil || len(engines) < 2 {
		return nil
	}
	seen, err := Observe(ctx, &finding.Finding{Kind: finding.Divergence}, f.Module, engines, true, timeout)
	if err != nil {
		return err
	}
	if at := seen.Bucket().At; at != "" {
		// One wrong instruction shows in results, memories or traps, as the input has it.
		f.Bucket.Stage, _, _ = strings.Cut(f.Bucket.Stage, ":")
		f.Bucket.At = at
	}
	return nil
}

// Enter writes into a finding what a target says of its input: the bucket, the module or the sequence of hostcalls that the input stands
// for, the detail, and a title if there is none.
func (f *Failed) Enter(x *finding.Finding) {
	if x.Title == "" {
		x.Title = fmt.Sprintf("%s: %s", x.Target, f.Bucket.Stage)
	}
	if x.Files == nil {
		x.Files = map[string][]byte{}
	}
	x.Bucket, x.Module = f.Bucket, f.Module
	x.Files["detail.txt"] = []byte(strings.TrimSuffix(f.Detail, "\n") + "\n")
	if program := f.Program(); program != "" {
		x.Files[finding.ProgramFile] = []byte(program)
	}
}

// Check runs a check and makes a panic a failure.
func Check(ctx context.Context, check harness.Check, input []byte) (failed *Failed) {
	defer func() {
		if p := recover(); p != nil {
			stack := string(debug.Stack())
			b := Broken(StagePanic)
			b.Traps, b.Frames = []string{finding.Normalise(fmt.Sprint(p))}, finding.Frames(stack)
			failed = &Failed{Bucket: b, Detail: fmt.Sprintf("panic: %v\n%s", p, stack)}
		}
	}()
	f := check(ctx, input)
	if f == nil {
		return &Failed{}
	}
	b := Broken(f.Key)
	if b.At = hostcallIn(f); b.At == "" {
		b.At = finding.Words(f.About)
	}
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
		if strings.Contains(stack, "replay.Check(") {
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
