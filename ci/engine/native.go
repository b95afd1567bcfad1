package engine

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/store"
	"github.com/touchstone-wasm/touchstone/harness"
	"github.com/touchstone-wasm/touchstone/harness/last"
	"github.com/touchstone-wasm/touchstone/harness/process"
)

// Native runs the engine of go test, which needs no compiler but Go's.
type Native struct {
	fuzz  string // the test binary of the harness
	cover string // the test binary that measures coverage
}

// NewNative builds the test binaries in a folder.
func NewNative(ctx context.Context, b *build.Builder, dir string) (*Native, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	n := &Native{fuzz: filepath.Join(dir, "harness.test"), cover: filepath.Join(dir, "cover.test")}
	if err := b.Native(ctx, n.fuzz); err != nil {
		return nil, err
	}
	return n, b.CoverBinary(ctx, n.cover)
}

// Name returns "go".
func (*Native) Name() string { return "go" }

// seedsVariable keeps the harness from adding its own seeds: they are in the corpus, from where one that fails can be taken out.
const seedsVariable = "TOUCHSTONE_NO_SEEDS"

// Recover adds to a corpus, and to a folder of artifacts, what is in the folder Pending of a job, and empties that. Whatever moment
// a process is killed at, what it found is in one of the three.
func Recover(pending, corpus, artifacts string) error {
	_, err := handOver(pending, corpus, artifacts)
	return errors.Join(err, os.RemoveAll(pending))
}

// handOver adds what the engine of go test keeps in a folder to a corpus and a folder of artifacts, and returns how many of the latter.
func handOver(dir, corpus, artifacts string) (failures int, err error) {
	_, added := take(filepath.Join(dir, cacheFolder), corpus, "")
	failures, err = take(filepath.Join(dir, "testdata", "fuzz"), artifacts, "crash-")
	return failures, errors.Join(added, err)
}

// cacheFolder is the folder for the inputs of the engine, in its own folder.
const cacheFolder = "cache"

// Fuzz runs the test binary in a folder of its own, where it has neither regressions nor other inputs than those of the job.
func (n *Native) Fuzz(ctx context.Context, job *Job) (*Session, error) {
	dir := job.Pending
	if err := clean(dir); err != nil {
		return nil, err
	}
	name := job.Target.Name
	cache := filepath.Join(dir, cacheFolder)
	if err := export(job.Corpus, filepath.Join(cache, name)); err != nil {
		return nil, err
	}
	inner, cancel := context.WithTimeout(ctx, job.Time+grace)
	defer cancel()
	// The engine's own minimiser keeps any failure, not the same one: triage has a better one, and the corpus loses what failed by its name.
	cmd := process.Command(inner, n.fuzz, "-test.run", "^$", "-test.fuzz", "^"+name+"$", "-test.fuzztime", job.Time.String(), "-test.fuzzminimizetime", "0s",
		"-test.fuzzcachedir", cache, "-test.parallel", strconv.Itoa(max(1, job.Processes)))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+job.Scratch, last.Variable+"="+job.Last, seedsVariable+"=1", "GOMAXPROCS="+strconv.Itoa(max(1, job.Processes)))
	s := &Session{}
	var err error
	s.Output, err = follow(cmd, func(line string) {
		s.readNative(line)
		if job.Progress != nil {
			job.Progress(*s)
		}
	})
	failures, kept := handOver(dir, job.Corpus, job.Artifacts)
	var exit *exec.ExitError
	switch {
	case kept != nil:
		return s, kept
	case ctx.Err() != nil:
		return s, nil
	case inner.Err() != nil:
		s.Status = "does not end"
	case errors.As(err, &exit) && failures == 0 && !strings.Contains(s.Output, deadline):
		s.Status = exit.String()
	case err != nil && exit == nil:
		return s, err
	}
	return s, os.RemoveAll(dir)
}

// deadline is what the engine calls a failure if its time is over while it waits for a worker.
const deadline = "context deadline exceeded"

var (
	nativePulse = regexp.MustCompile(`^fuzz: .*execs: (\d+) \((\d+)/sec\), new interesting: \d+ \(total: (\d+)\)`)
	baseline    = regexp.MustCompile(`^fuzz: .*gathering baseline coverage: (\d+)/`)
)

func (s *Session) readNative(line string) {
	if m := nativePulse.FindStringSubmatch(line); m != nil {
		s.Executions, s.Rate, s.Coverage.Inputs = number(m[1]), float64(number(m[2])), int(number(m[3]))
	} else if m := baseline.FindStringSubmatch(line); m != nil {
		s.Executions = number(m[1])
	}
}

var percent = regexp.MustCompile(`(?m)^coverage: ([\d.]+)% of statements`)

// Merge keeps, the smallest first, the inputs that execute a statement which those before do not.
func (n *Native) Merge(ctx context.Context, target harness.Target, from, into, scratch string) (*Coverage, error) {
	names, c, err := n.measure(ctx, target, from, scratch)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return nil, err
		}
		if err := store.Add(into, build.FileName(data), data); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// measure runs the inputs of a folder and returns the names of those that cover something, and how much they do.
func (n *Native) measure(ctx context.Context, target harness.Target, dir, scratch string) ([]string, *Coverage, error) {
	ctx, cancel := context.WithTimeout(ctx, mergeTime)
	defer cancel()
	keep := filepath.Join(scratch, "keep")
	cmd := process.Command(ctx, n.cover, "-test.run", "^TestCorpus$")
	cmd.Dir = scratch
	cmd.Env = append(os.Environ(), "TMPDIR="+scratch, "FUZZ_CORPUS_DIR="+dir, "TOUCHSTONE_KEEP="+keep, "TOUCHSTONE_TARGET="+target.Name)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: merge: %w\n%s", target.Name, err, out[max(0, len(out)-4000):])
	}
	file, err := os.Open(keep)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	var names []string
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		names = append(names, scanner.Text())
	}
	c := &Coverage{Inputs: len(names)}
	if m := percent.FindSubmatch(bytes.TrimSpace(out)); m != nil {
		c.Percent, _ = strconv.ParseFloat(string(m[1]), 64)
	}
	return names, c, nil
}
