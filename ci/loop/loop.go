// Package loop fuzzes all targets in turn, merges what is new into their corpora, and makes findings of what failed.
package loop

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/touchstone-wasm/touchstone/ci/engine"
	"github.com/touchstone-wasm/touchstone/ci/store"
	"github.com/touchstone-wasm/touchstone/ci/triage"
	"github.com/touchstone-wasm/touchstone/harness"
)

// StatsFile is the file of statistics in the folder of a loop: a line of JSON for each target and round, a [Record].
const StatsFile = "stats.jsonl"

// Loop says what to do and keeps how far it is.
type Loop struct {
	Targets   []harness.Target
	Engine    engine.Engine
	Per       time.Duration // for each target in a round
	Rounds    int           // 0 for no end
	First     bool          // a session ends with the first input that fails, the loop with the first new finding
	Processes int           // that fuzz one target at a time
	Fork      bool
	Out       string   // the folder for everything that is kept
	Corpus    string   // the folder of the corpora, one folder a target
	Found     string   // the folder for new findings
	Also      []string // folders with other known findings
	Reduce    time.Duration
	Stdout    io.Writer
	Stderr    io.Writer

	scratch string
	triage  *triage.Triage
	status  *status
	records []*Record
}

// Run runs the loop until its rounds are over or ctx ends, and writes what came of it. It reports whether something new was found.
func (l *Loop) Run(ctx context.Context) (found bool, err error) {
	unlock, err := store.Lock(l.Out)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if l.scratch, err = scratchDir(l.Out); err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(l.scratch)) }()
	l.triage = &triage.Triage{Found: l.Found, Also: l.Also, Flaky: filepath.Join(l.Out, "flaky"), Scratch: filepath.Join(l.scratch, "triage"), Reduce: l.Reduce}
	defer func() { err = errors.Join(err, l.triage.Close()) }()
	l.status = newStatus(l.Stderr, len(l.Targets)*max(1, l.Rounds))
	start := time.Now()
	for round := 1; (l.Rounds == 0 || round <= l.Rounds) && !l.over(ctx); round++ {
		for _, target := range l.Targets {
			if l.over(ctx) {
				break
			}
			if err := l.one(ctx, round, target); err != nil {
				return false, err
			}
		}
	}
	return l.summary(time.Since(start))
}

// over reports whether no session is to begin any more.
func (l *Loop) over(ctx context.Context) bool {
	return ctx.Err() != nil || l.First && slices.ContainsFunc(l.records, func(r *Record) bool { return r.New > 0 })
}

// one runs a session and records it.
func (l *Loop) one(ctx context.Context, round int, target harness.Target) error {
	r, err := l.session(ctx, round, target)
	if err != nil {
		return fmt.Errorf("%s: %w", target.Name, err)
	}
	l.records = append(l.records, r)
	l.status.count(r)
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := store.Append(filepath.Join(l.Out, StatsFile), line); err != nil {
		return err
	}
	fmt.Fprintln(l.Stdout, r)
	if r.Problem != "" {
		fmt.Fprintf(l.Stderr, "%s: %s\n", target.Name, r.Problem)
	}
	return nil
}

// ErrEngine says that the engine did not work on some target.
var ErrEngine = errors.New("the engine failed")

// summary adds up the records.
func (l *Loop) summary(took time.Duration) (found bool, err error) {
	var sum Record
	corpus, problems := map[string][2]int{}, 0
	for _, r := range l.records {
		sum.Executions += r.Executions
		sum.Artifacts, sum.New, sum.Known, sum.Flaky = sum.Artifacts+r.Artifacts, sum.New+r.New, sum.Known+r.Known, sum.Flaky+r.Flaky
		first, seen := corpus[r.Target]
		if !seen {
			first[0] = r.Before
		}
		corpus[r.Target] = [2]int{first[0], r.Corpus}
		if r.Problem != "" {
			problems++
		}
	}
	for _, c := range corpus {
		sum.Before, sum.Corpus = sum.Before+c[0], sum.Corpus+c[1]
	}
	fmt.Fprintf(l.Stdout, "%d sessions of %d targets in %v: %d executions, corpus %d -> %d, %d artifacts = %d new + %d known + %d flaky\n", len(l.records),
		len(corpus), took.Round(time.Second), sum.Executions, sum.Before, sum.Corpus, sum.Artifacts, sum.New, sum.Known, sum.Flaky)
	if sum.Flaky > 0 {
		fmt.Fprintf(l.Stdout, "flaky inputs are in %s\n", l.triage.Flaky)
	}
	for _, r := range l.records {
		for i, bucket := range r.Buckets {
			fmt.Fprintf(l.Stdout, "new: %s\n     go run ./ci replay %s %s\n", bucket, r.Target, filepath.Join(r.Folders[i], "input"))
		}
	}
	if problems > 0 {
		return sum.New > 0, fmt.Errorf("%w in %d of %d sessions", ErrEngine, problems, len(l.records))
	}
	return sum.New > 0, nil
}

// scratchDir returns the empty folder for temporary files that belongs to a folder: on a file system in memory if there is one, because
// targets sync files. What an earlier process left there goes.
func scratchDir(out string) (string, error) {
	parent := os.Getenv("TMPDIR")
	if parent == "" {
		parent = os.TempDir()
		if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() { // Linux
			parent = "/dev/shm"
		}
	}
	abs, err := filepath.Abs(out)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(parent, fmt.Sprintf("touchstone-loop-%x", sha256.Sum256([]byte(abs)))[:40])
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o700)
}
