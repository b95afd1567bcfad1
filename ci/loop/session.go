package loop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/engine"
	"github.com/touchstone-wasm/touchstone/ci/store"
	"github.com/touchstone-wasm/touchstone/ci/triage"
	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness"
	"github.com/touchstone-wasm/touchstone/harness/last"
)

// Record is what became of a target in a round: a line of the file of statistics.
type Record struct {
	Time       time.Time       `json:"time"`
	Round      int             `json:"round"`
	Target     string          `json:"target"`
	Engine     string          `json:"engine"`
	Seconds    float64         `json:"seconds"` // of fuzzing
	Executions int64           `json:"executions"`
	Before     int             `json:"before"` // inputs of the corpus
	Corpus     int             `json:"corpus"` // the same, after the merge
	Coverage   engine.Coverage `json:"coverage"`
	Artifacts  int             `json:"artifacts"` // inputs that failed: the sum of the next three
	New        int             `json:"new"`
	Known      int             `json:"known"`
	Flaky      int             `json:"flaky"`
	Buckets    []string        `json:"buckets,omitempty"` // the new ones
	Folders    []string        `json:"folders,omitempty"` // of the new findings
	Problem    string          `json:"problem,omitempty"` // of the engine
}

// String returns the line for people.
func (r *Record) String() string {
	line := fmt.Sprintf("round %d %-28s %4.0fs  execs %-9d corpus %d -> %d  %s  artifacts %d  new %d known %d flaky %d",
		r.Round, r.Target, r.Seconds, r.Executions, r.Before, r.Corpus, coverage(r.Coverage), r.Artifacts, r.New, r.Known, r.Flaky)
	if r.Problem != "" {
		first, _, _ := strings.Cut(r.Problem, "\n")
		line += "  PROBLEM: " + first
	}
	return line
}

func coverage(c engine.Coverage) string {
	if c.Percent > 0 {
		return fmt.Sprintf("cov %.1f%%", c.Percent)
	}
	return fmt.Sprintf("cov %d ft %d", c.Edges, c.Features)
}

// folders are where a target's files are. Whatever moment the process ends at: the corpus has all that it had, work has what
// is new, artifacts has what failed, pending has what the engine keeps of both, and last has what was being worked on. The next session
// begins with all of it.
type folders struct{ corpus, work, artifacts, pending, last, merged, scratch string }

func (l *Loop) folders(target string) *folders {
	work := filepath.Join(l.Out, "work", target)
	return &folders{
		corpus: filepath.Join(l.Corpus, target), work: filepath.Join(work, "corpus"), artifacts: filepath.Join(work, "artifacts"),
		pending: filepath.Join(work, "pending"), last: filepath.Join(work, "last"), merged: filepath.Join(work, "merged"), scratch: filepath.Join(l.scratch, target),
	}
}

// session fuzzes a target, sorts what failed, and merges what is new. When ctx ends, it fuzzes no longer and does the rest.
func (l *Loop) session(ctx context.Context, round int, target harness.Target) (*Record, error) {
	f := l.folders(target.Name)
	r := &Record{Time: time.Now().UTC().Truncate(time.Second), Round: round, Target: target.Name, Engine: l.Engine.Name()}
	if err := l.prepare(f, target); err != nil {
		return nil, err
	}
	names, err := store.List(f.corpus)
	if err != nil {
		return nil, err
	}
	r.Before = len(names)
	start := time.Now()
	said := map[string]string{}
	r.Problem, err = l.fuzz(ctx, f, target, r, said)
	r.Seconds = time.Since(start).Seconds()
	if err != nil {
		return nil, err
	}
	rest := context.WithoutCancel(ctx) // Ctrl-C does not lose what was found
	if err := l.sort(rest, f, target, r, said); err != nil {
		return nil, err
	}
	return r, errors.Join(l.merge(rest, f, target, r), os.RemoveAll(f.scratch))
}

// prepare makes the folders, and takes over what an earlier process had when it was killed: the input that it was working on is an artifact.
func (l *Loop) prepare(f *folders, target harness.Target) error {
	for _, dir := range []string{f.corpus, f.work, f.artifacts, f.scratch} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if err := errors.Join(f.keepLast("interrupted-"), engine.Recover(f.pending, f.work, f.artifacts)); err != nil {
		return err
	}
	seeds, err := corpus.Inputs(target.Corpus)
	if err != nil {
		return err
	}
	for _, seed := range seeds {
		if err := store.Add(f.work, build.FileName(seed.Data), seed.Data); err != nil {
			return err
		}
	}
	return store.Inputs(f.corpus, func(_ string, data []byte) error { return store.Add(f.work, build.FileName(data), data) })
}

// keepLast makes artifacts of the inputs that were worked on last, and forgets those.
func (f *folders) keepLast(prefix string) error {
	inputs, err := last.Read(f.last)
	if err != nil {
		return err
	}
	for _, input := range inputs {
		if err := store.Add(f.artifacts, prefix+build.FileName(input), input); err != nil {
			return err
		}
	}
	return os.RemoveAll(f.last)
}

// fuzz runs sessions of the engine until the time is over: each ends at the first input that fails. It returns what is wrong with the engine, and
// enters into said what the engine said when an artifact came.
func (l *Loop) fuzz(ctx context.Context, f *folders, target harness.Target, r *Record, said map[string]string) (problem string, err error) {
	l.status.begin(target.Name, l.Per)
	defer l.status.end()
	for end := time.Now().Add(l.Per); ctx.Err() == nil; {
		left := time.Until(end).Round(time.Second)
		if left < time.Second {
			break
		}
		before, err := store.List(f.artifacts)
		if err != nil {
			return "", err
		}
		s, err := l.Engine.Fuzz(ctx, &engine.Job{Target: target, Corpus: f.work, Artifacts: f.artifacts, Last: f.last, Pending: f.pending, Scratch: f.scratch,
			Time: left, Processes: l.Processes, Fork: l.Fork, Progress: l.status.progress})
		if err != nil {
			return "", err
		}
		r.Executions += s.Executions
		r.Coverage = s.Coverage
		l.status.add(s.Executions)
		if s.Status != "" { // it died in a way that the engine has no artifact for
			if err := f.keepLast("died-"); err != nil {
				return "", err
			}
		}
		if err := os.RemoveAll(f.last); err != nil { // inputs that passed, or that are artifacts
			return "", err
		}
		after, err := store.List(f.artifacts)
		if err != nil {
			return "", err
		}
		if len(after) == len(before) {
			if s.Status != "" {
				problem = s.Status + "\n" + s.Output
			}
			break
		}
		for _, name := range after {
			if !slices.Contains(before, name) {
				said[name] = s.Output
			}
		}
		if err := f.takeOut(after); err != nil {
			return "", err
		}
		if l.First {
			break
		}
	}
	return problem, nil
}

// takeOut removes inputs that fail from the corpus, or the next session would end with them.
func (f *folders) takeOut(artifacts []string) error {
	for _, name := range artifacts {
		hash := name[strings.LastIndexByte(name, '-')+1:]
		for _, dir := range []string{f.work, f.corpus} {
			if err := os.Remove(filepath.Join(dir, hash)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// sort makes findings of the artifacts. One goes when it is sorted. Of one that passes now, what was said then is kept: nothing else may show it again.
func (l *Loop) sort(ctx context.Context, f *folders, target harness.Target, r *Record, said map[string]string) error {
	return store.Inputs(f.artifacts, func(name string, input []byte) error {
		v, err := l.triage.Input(ctx, target, input)
		if err != nil {
			return err
		}
		interrupted := strings.HasPrefix(name, "interrupted-") && v.State == triage.Flaky
		if !interrupted { // an input that was only worked on when the loop was killed is no artifact
			r.count(v)
		}
		if v.State == triage.Flaky && said[name] != "" {
			if err := store.Write(v.Folder+".txt", []byte(said[name])); err != nil {
				return err
			}
		}
		return os.Remove(filepath.Join(f.artifacts, name))
	})
}

func (r *Record) count(v *triage.Verdict) {
	r.Artifacts++
	switch v.State {
	case triage.New:
		r.New++
		r.Buckets, r.Folders = append(r.Buckets, v.Bucket), append(r.Folders, v.Folder)
	case triage.Known:
		r.Known++
	default:
		r.Flaky++
	}
}

// merge puts into the corpus as few of the inputs as cover what all do. If the engine cannot say which, it puts all.
func (l *Loop) merge(ctx context.Context, f *folders, target harness.Target, r *Record) error {
	if err := os.RemoveAll(f.merged); err != nil {
		return err
	}
	if err := os.MkdirAll(f.merged, 0o755); err != nil {
		return err
	}
	from := f.merged
	c, err := l.Engine.Merge(ctx, target, f.work, f.merged, f.scratch)
	if err != nil {
		from, r.Problem = f.work, err.Error()
	} else {
		r.Coverage = *c
	}
	if err := store.Replace(f.corpus, from); err != nil {
		return err
	}
	names, err := store.List(f.corpus)
	r.Corpus = len(names)
	r.Coverage.Inputs = r.Corpus
	return errors.Join(err, os.RemoveAll(filepath.Dir(f.work)))
}
