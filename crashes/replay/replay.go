// Package replay shows findings again and says what became different.
//
// What engines do is seen by package differential/session, so that a replay and a comparison never see different things. The failure of a
// fuzz target is seen by the target's own check, in this process.
package replay

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/differential/instrument"
	"github.com/touchstone-wasm/touchstone/differential/nan"
	"github.com/touchstone-wasm/touchstone/differential/session"
	"github.com/touchstone-wasm/touchstone/differential/source"
)

// Change is a place where an engine does something else than is expected of it.
type Change struct {
	Engine string
	Was    string // empty for a place that was not seen before
	Is     string // empty for a place that is not seen any more
}

// String returns the change as one line.
func (c Change) String() string {
	switch {
	case c.Was == "":
		return fmt.Sprintf("%s: new: %s", c.Engine, c.Is)
	case c.Is == "":
		return fmt.Sprintf("%s: gone: %s", c.Engine, c.Was)
	}
	return fmt.Sprintf("%s: was %q, is %q", c.Engine, c.Was, c.Is)
}

// Options says how a finding is shown again.
type Options struct {
	// Times is how often; 0 means once. More than once tells a finding that changed from one that is flaky.
	Times int
	// Search also looks for where the engines part, which takes a tenth of a second and more; without it that part of the bucket is not
	// compared.
	Search bool
	// Timeout bounds the module on each engine; 0 means what the finding says, or else [engine.DefaultTimeout].
	Timeout time.Duration
}

// Outcome is what came of showing a finding again.
type Outcome struct {
	// Runs is how many runs of a module on an engine, or of an input, there were; 0 if nothing that the finding is about is here.
	Runs int
	// Changes are what differs from what is expected, in the last run.
	Changes []Change
	// Bucket is that of the last run; of a kind that is empty if nothing was seen. It is valid if Complete.
	Bucket finding.Bucket
	// Complete tells that all engines that the finding names are here, so that the bucket could be compared.
	Complete bool
	// Flaky tells that the runs differ from each other.
	Flaky bool
	// Detail is what a fuzz target says.
	Detail string
}

// OK reports whether the outcome is what the finding's state says it must be.
func (o *Outcome) OK() bool { return len(o.Changes) == 0 }

// Replay shows a finding on the engines that it expects something of and that are among those given.
func Replay(ctx context.Context, f *finding.Finding, engines []engine.Engine, opts Options) (*Outcome, error) {
	if f.Kind == finding.Failure {
		return replayTarget(ctx, f, engines, opts)
	}
	engines = slices.DeleteFunc(slices.Clone(engines), func(e engine.Engine) bool { return f.Expectation(e.Name()) == nil })
	out := &Outcome{Complete: len(engines) == len(f.Expect)}
	if len(engines) == 0 {
		return out, nil
	}
	var first string
	for i := range max(opts.Times, 1) {
		last := i == max(opts.Times, 1)-1
		seen, err := Observe(ctx, f, f.Module, engines, opts.Search && last && out.Complete, opts.Timeout)
		if err != nil {
			return nil, err
		}
		out.Runs += len(engines)
		out.Changes, out.Bucket = nil, seen.Bucket()
		for i := range seen.Sides {
			out.Changes = append(out.Changes, Compare(f.Expectation(engines[i].Name()), finding.Lines(&seen.Sides[i]))...)
		}
		if now := fmt.Sprint(out.Changes, out.Bucket.Coarse()); i == 0 {
			first = now
		} else if now != first {
			out.Flaky = true
		}
	}
	if out.Complete {
		out.compare(f, opts.Search)
	}
	return out, nil
}

// compare appends a change if the bucket is another one than the finding's state asks for.
func (o *Outcome) compare(f *finding.Finding, search bool) {
	was, is := f.Bucket, o.Bucket
	if !search || was.At == "" || is.At == "" {
		was, is = was.Coarse(), is.Coarse()
	}
	if f.State.Shows() && was.String() != is.String() {
		change := Change{Engine: "bucket", Was: was.String(), Is: is.String()}
		if is.Kind == "" {
			change.Is = ""
		}
		o.Changes = append(o.Changes, change)
	}
	if !f.State.Shows() && is.Concerns(ours) {
		o.Changes = append(o.Changes, Change{Engine: "bucket", Is: is.String()})
	}
}

// ours is the name of our own engine.
const ours = "touchstone"

// Observe runs a module on engines as a finding says, and returns what a session finds. It is run twice if the engines differ.
// With search, it is said where they part.
func Observe(ctx context.Context, f *finding.Finding, module []byte, engines []engine.Engine, search bool, timeout time.Duration) (*session.Finding, error) {
	if timeout == 0 {
		timeout = f.Origin.Timeout
	}
	cfg := session.Config{World: world(f), Timeout: timeout, Canonical: nan.Canonicalise, Explain: search}
	if f.Origin.Level == 2 {
		cfg.Trace = instrument.Counted
	}
	var seen, explained *session.Finding
	cfg.Ran = func(s *session.Finding) error { seen = s; return nil }
	cfg.Found = func(s *session.Finding) error { explained = s; return nil }
	index := int64(-1)
	if f.Origin.Index != nil {
		index = *f.Origin.Index
	}
	c := source.New(name(f), index, module)
	if _, err := session.Run(ctx, engines, func(yield func(*source.Case) bool) { yield(c) }, cfg); err != nil {
		return nil, err
	}
	if explained != nil {
		seen = explained
	}
	if seen == nil {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%s: nothing was run", f.ID)
	}
	return seen, nil
}

// name is what a WASI program finds itself under.
func name(f *finding.Finding) string {
	if f.World != nil && f.World.Program != "" {
		return f.World.Program
	}
	return finding.ModuleFile
}

// world returns what a program sees.
func world(f *finding.Finding) (w session.World) {
	if f.World == nil {
		return w
	}
	w.Args, w.Env, w.Stdin = f.World.Args, f.World.Env, f.World.Stdin
	for i, d := range f.World.Dirs {
		m := session.Mount{Guest: d.Guest, ReadOnly: d.ReadOnly}
		if i < len(f.Trees) {
			m.Template = f.Trees[i]
		}
		w.Dirs = append(w.Dirs, m)
	}
	return w
}

// Compare returns where what was seen differs from what is expected.
func Compare(want *finding.Expectation, saw []string) []Change {
	var changes []Change
	for i := range max(len(want.Saw), len(saw)) {
		c := Change{Engine: want.Engine}
		if i < len(want.Saw) {
			c.Was = want.Saw[i]
		}
		if i < len(saw) {
			c.Is = saw[i]
		}
		if c.Was != c.Is {
			changes = append(changes, c)
		}
	}
	return changes
}
