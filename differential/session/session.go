// Package session runs modules on all chosen engines side by side, compares what they did and counts.
package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/explain"
	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/differential/source"
)

// Config says how modules are run and who is told.
type Config struct {
	World   World         // what WASI programs see
	Timeout time.Duration // for each module on each engine; 0 means [engine.DefaultTimeout]
	Stop    time.Time     // after which no further module is begun; zero means never
	Known   []compare.Known
	// Canonical returns a module whose arithmetic gives canonical NaNs and that is otherwise the same, and whether
	// that needed a change. A file that diverges is run again in that form. Nil means that this is not done.
	Canonical func(module []byte) ([]byte, bool)
	// Trace returns a module that keeps account of what it does in exported globals, so that these are compared too; canonical tells
	// that its arithmetic gives canonical NaNs only. Nil means that modules are run as they are.
	Trace func(module []byte, canonical bool) []byte
	// Explain looks for where the engines part in the first [MaxExplained] findings.
	Explain bool
	// Explained, if set, is called for each module in place of Found, with an explanation.
	Explained func(*Finding) error
	// Judged is called after each module, Found for each finding, both in the order of the modules and by one
	// goroutine. An error of Found ends the session.
	Judged func(*Stats)
	Found  func(*Finding) error
	// Ran is called for each module that could be read, before Found if that is; nil means that nobody is. An error ends
	// the session.
	Ran func(*Finding) error
}

// Finding is a module on which engines disagree, or on which one died or hung.
type Finding struct {
	Case    *source.Case
	Verdict *compare.Verdict
	Sides   []compare.Side
	World   *World         // of a WASI program, else nil
	Known   *compare.Known // the defect that explains all of it, if there is one
	Flaky   bool           // a second run of the same module did not show it
	Timeout time.Duration
	// Explanation says where the engines part; nil if that was not looked for.
	Explanation *explain.Explanation
}

// found reports whether there is something to report at all.
func (f *Finding) found() bool {
	return f.Verdict.Diverges() || f.Verdict.Crashed != nil || f.Verdict.Hung != nil
}

// Kind says what was found: "divergence", else "crash", else "hang".
func (f *Finding) Kind() string {
	switch {
	case f.Verdict.Diverges():
		return "divergence"
	case len(f.Verdict.Crashed) > 0:
		return "crash"
	}
	return "hang"
}

// Likeness says what f has in common with other findings: its kind, the first place where engines differ, and which engines
// are against the others, died or hung.
func (f *Finding) Likeness() string {
	var odd []string
	for _, group := range f.Verdict.Groups[min(1, len(f.Verdict.Groups)):] {
		odd = append(odd, f.names(group))
	}
	for _, sides := range [][]int{f.Verdict.Crashed, f.Verdict.Hung} {
		if len(sides) > 0 {
			odd = append(odd, f.names(sides))
		}
	}
	if class := f.Verdict.Class(); class != "" {
		return fmt.Sprintf("%s in %s, %s", f.Kind(), class, strings.Join(odd, " and "))
	}
	return fmt.Sprintf("%s, %s", f.Kind(), strings.Join(odd, " and "))
}

// Bucket says which other findings are of the same defect.
func (f *Finding) Bucket() finding.Bucket {
	return finding.Of(f.Case.Module, f.Verdict, f.Sides, f.Explanation)
}

// Program is the name under which a WASI program finds itself in its arguments.
func (f *Finding) Program() string { return programName(f.Case) }

func (f *Finding) names(sides []int) string {
	var names []string
	for _, i := range sides {
		names = append(names, f.Sides[i].Engine)
	}
	return strings.Join(names, ", ")
}

// The reasons that come from the session, not from what an engine did.
const (
	reasonLost     compare.Reason = "engine lost"
	reasonNaN      compare.Reason = "nan bits"
	reasonTree     compare.Reason = "file tree too large"
	reasonNotFound compare.Reason = "module not readable"
	reasonBare     compare.Reason = "WASI without an exported memory"
)

// ahead is how many modules may be under way at once, so that a slow module of one engine does not stop the others.
const ahead = 24

// never is longer than any session lasts.
const never = 1000 * 24 * time.Hour

type session struct {
	explained int // findings
	cfg       Config
	slots     []*slot
	temp      string
	stats     Stats
	begun     time.Time
}

// Run compares the engines on the cases until these end, cfg.Stop has passed or ctx is done. The error is a failure of
// ours, not a finding; the statistics are valid in any case.
func Run(ctx context.Context, engines []engine.Engine, cases source.Cases, cfg Config) (*Stats, error) {
	temp, err := os.MkdirTemp("", "differential")
	if err != nil {
		return &Stats{}, err
	}
	if temp, err = filepath.EvalSymlinks(temp); err != nil { // macOS: the temporary folder is behind a link
		return &Stats{}, err
	}
	defer os.RemoveAll(temp)
	s := &session{cfg: cfg, temp: temp, begun: time.Now()}
	s.stats = Stats{Skipped: map[compare.Reason]int{}, Accepted: map[string]int{}, Alike: map[string]Like{}}
	for _, e := range engines {
		s.stats.Engines = append(s.stats.Engines,
			EngineStats{Name: e.Name(), Version: e.Version(), Skipped: map[compare.Reason]int{},
				Examples: map[compare.Reason]Example{}})
		s.slots = append(s.slots, startSlot(ctx, e))
	}
	queue, stop := s.dispatch(ctx, cases)
	err = s.collect(ctx, queue, stop)
	for i, slot := range s.slots {
		close(slot.tasks)
		<-slot.done
		s.stats.Engines[i].Busy, s.stats.Engines[i].Lost = slot.busy, slot.lost
		if slot.lost != nil {
			err = errors.Join(err, slot.lost)
		}
	}
	s.stats.Interrupted = ctx.Err() != nil
	s.stats.Elapsed = time.Since(s.begun)
	return &s.stats, err
}

// dispatch begins the cases and hands them on in order. The returned stop makes it end early.
func (s *session) dispatch(ctx context.Context, cases source.Cases) (queue chan *task, stop context.CancelFunc) {
	ctx, stop = context.WithCancel(ctx)
	queue = make(chan *task, ahead)
	if s.cfg.Stop.IsZero() {
		s.cfg.Stop = time.Now().Add(never)
	}
	go func() {
		defer close(queue)
		for c := range cases {
			if ctx.Err() != nil || time.Now().After(s.cfg.Stop) {
				return
			}
			t := s.begin(c, s.traced(c, c.Module, c.Index >= 0))
			select {
			case queue <- t:
			case <-ctx.Done():
				return
			}
		}
	}()
	return queue, stop
}

// collect judges the tasks in their order.
func (s *session) collect(ctx context.Context, queue chan *task, stop context.CancelFunc) (err error) {
	defer stop()
	for t := range queue {
		t.wg.Wait()
		if err != nil || ctx.Err() != nil {
			continue // drain: the engines must be idle before their channels are closed
		}
		if err = s.judge(ctx, t); err != nil {
			stop()
		}
		if s.cfg.Judged != nil && err == nil {
			s.stats.Elapsed = time.Since(s.begun)
			snapshot := s.stats.clone()
			s.cfg.Judged(&snapshot)
		}
	}
	return err
}

// judge compares what the engines did with one module, counts it and reports what was found.
func (s *session) judge(ctx context.Context, t *task) error {
	if t.case_.Err != nil {
		s.stats.Modules++
		if s.stats.Unreadable++; s.stats.WhyUnread == nil {
			s.stats.WhyUnread = t.case_.Err
		}
		s.stats.Skipped[reasonNotFound]++
		return nil
	}
	v, err := s.compare(t)
	if err != nil {
		return err
	}
	f := &Finding{Case: t.case_, Verdict: v, Sides: t.sides, Timeout: s.timeout()}
	if t.case_.Program {
		f.World = &s.cfg.World
	}
	if v.Diverges() || v.Crashed != nil {
		if err := s.again(ctx, f); err != nil || ctx.Err() != nil {
			return err
		}
	}
	if err := s.accept(ctx, f); err != nil || ctx.Err() != nil {
		return err
	}
	s.count(f)
	if s.cfg.Ran != nil {
		if err := s.cfg.Ran(f); err != nil {
			return err
		}
	}
	if err := s.explain(ctx, f); err != nil {
		return err
	}
	if s.cfg.Explained != nil {
		return s.cfg.Explained(f)
	}
	if f.found() && s.cfg.Found != nil {
		return s.cfg.Found(f)
	}
	return nil
}

// compare makes the verdict of a task whose engines are done.
func (s *session) compare(t *task) (*compare.Verdict, error) {
	v := compare.Judge(t.sides, func() []compare.Proposal { return compare.Needs(t.module, t.case_.Invalid) }, s.timeout())
	for i, reason := range t.skipped {
		if reason != "" {
			v.Skipped[i] = reason
		}
	}
	if t.case_.Bare && v.Diverges() {
		v.Excuse(reasonBare)
	}
	return v, errors.Join(t.errs...)
}

// again runs a module that diverges or kills an engine once more: to see whether it does so each time, and where memories differ, and, if it
// is a file, whether it still does when the bits of NaNs, which the specification leaves open, are fixed.
func (s *session) again(ctx context.Context, f *Finding) error {
	t := s.start(f.Case, s.traced(f.Case, f.Case.Module, f.Case.Index >= 0), true)
	t.wg.Wait()
	v, err := s.compare(t)
	if err != nil || ctx.Err() != nil {
		return err
	}
	if f.Flaky = v.Diverges() != f.Verdict.Diverges() || len(v.Crashed) != len(f.Verdict.Crashed); !f.Flaky {
		f.Verdict, f.Sides = v, t.sides
		for i := range f.Sides { // the verdict has what is to be shown of them
			for k := range f.Sides[i].Result.Memories {
				f.Sides[i].Result.Memories[k].Data = nil
			}
		}
	}
	if s.cfg.Canonical == nil || f.Case.Index >= 0 || !f.Verdict.Diverges() || f.Case.Invalid != nil {
		return nil
	}
	module, changed := s.cfg.Canonical(f.Case.Module)
	if !changed {
		return nil
	}
	t = s.begin(f.Case, s.traced(f.Case, module, true))
	t.wg.Wait()
	if v, err = s.compare(t); err != nil {
		return err
	}
	if !v.Diverges() && v.Complete() {
		f.Verdict.Excuse(reasonNaN)
	}
	return nil
}

// accept fills in the known defect of a finding. If what a defect is about can be left out of the module, the engines must agree on
// what remains, or other known defects must explain that.
func (s *session) accept(ctx context.Context, f *Finding) error {
	known, module, v, sides := s.cfg.Known, f.Case.Module, f.Verdict, f.Sides
	var first *compare.Known
	for {
		defects := compare.Accept(module, v, sides, s.versions(), known)
		if len(defects) == 0 {
			return nil
		}
		if first == nil {
			first = defects[0]
			module = s.traced(f.Case, module, f.Case.Index >= 0)
		}
		form, needed := compare.Without(module, defects)
		if !needed {
			break
		}
		t := s.begin(f.Case, form)
		t.wg.Wait()
		var err error
		if v, err = s.compare(t); err != nil || ctx.Err() != nil {
			return err
		}
		if !v.Diverges() && v.Crashed == nil && v.Hung == nil {
			break
		}
		module, sides = form, t.sides
		known = others(known, defects)
	}
	f.Known = first
	return nil
}

// others returns the defects of a list that are not among some.
func others(known []compare.Known, some []*compare.Known) (rest []compare.Known) {
	for _, k := range known {
		if !slices.ContainsFunc(some, func(d *compare.Known) bool { return d.Name == k.Name }) {
			rest = append(rest, k)
		}
	}
	return rest
}

func (s *session) timeout() time.Duration {
	return (&engine.Job{Timeout: s.cfg.Timeout}).Deadline()
}

func (s *session) versions() (versions []string) {
	for i := range s.stats.Engines {
		versions = append(versions, s.stats.Engines[i].Version)
	}
	return versions
}
