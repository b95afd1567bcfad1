package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/touchstone-wasm/touchstone/harness/process"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// attempt is one run of a target on one bug.
type attempt struct {
	Target     string
	Found      bool
	Seeds      bool          // it was found by a seed
	Crash      bool          // not by an oracle: the target itself crashed
	Key        string        // what the oracle said, or how it crashed
	Executions int           // of inputs, about
	Took       time.Duration // until it was found, or in all
	CPU        time.Duration // that its processes used, their start and end included
}

// grace is how long a target may take to end when its time is over.
const grace = 20 * time.Second

// try runs a target with a bug, or with none, for a time. Blind silences its oracles.
func (b *binary) try(ctx context.Context, bug planted.Bug, target string, limit time.Duration, blind bool) (*attempt, error) {
	dir, err := os.MkdirTemp(b.dir, "run-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS(filepath.Join(b.folder, "testdata"))); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, limit+grace)
	defer cancel()
	// -run keeps the seeds from being tested twice: the fuzzing engine runs them, too.
	cmd := process.Command(ctx, filepath.Join(b.dir, executable), "-test.run", "^$", "-test.fuzz", "^"+target+"$",
		"-test.fuzztime", limit.String(), "-test.fuzzcachedir", filepath.Join(dir, "cache"), "-test.parallel", "1")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), planted.Variable+"=", "TMPDIR="+dir, "GOMAXPROCS=1")
	if bug != planted.None {
		cmd.Env = append(cmd.Env, planted.Variable+"="+bug.String())
	}
	if blind {
		cmd.Env = append(cmd.Env, planted.BlindVariable+"=1")
	}
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	a := &attempt{Target: target}
	done := make(chan struct{})
	start := time.Now()
	go func() {
		defer close(done)
		a.read(out, start)
	}()
	err = cmd.Run()
	in.Close()
	<-done
	if cmd.ProcessState != nil {
		a.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	if a.Took == 0 {
		a.Took = time.Since(start)
	}
	return a, a.judge(ctx, err)
}

// judge says how an attempt whose process ended with err went.
func (a *attempt) judge(ctx context.Context, err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		a.Found = false // a minimiser that found nothing smaller prints much the same
		return nil
	case ctx.Err() == context.DeadlineExceeded:
		a.Found, a.Crash, a.Key = true, true, "does not end"
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case !errors.As(err, &exit):
		return err
	case !a.Found && !a.Crash:
		return fmt.Errorf("%s: %w: %s", a.Target, err, a.Key)
	case a.Key == "":
		a.Found = false // the engine calls it a failure if its time is over while it waits for a worker
		return nil
	}
	a.Found = true
	return nil
}

// What the fuzzing engine and package testing print. What a target logs is indented by eight spaces, its further lines by more.
var (
	executions = regexp.MustCompile(`^fuzz: .*execs: (\d+) `)
	baseline   = regexp.MustCompile(`^fuzz: .*gathering baseline coverage: (\d+)/`)
	beyond     = regexp.MustCompile(`^fuzz: .*, now fuzzing with`)
	failed     = regexp.MustCompile(`^--- FAIL: Fuzz|^fuzz: minimizing `)
	crashed    = regexp.MustCompile(`^(?: {8}testing\.go:\d+: )?((?:panic|fatal error): .*)|^ +(fuzzing process hung or terminated .*)`)
	logged     = regexp.MustCompile(`^ {8}\w+\.go:\d+: (.*)`)
)

// read reads the output. The key is the last line that the target logged, or the first of a crash.
func (a *attempt) read(r io.Reader, start time.Time) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 64<<20)
	seeds := true // are being run
	for s.Scan() {
		line := s.Text()
		for _, count := range []*regexp.Regexp{executions, baseline} {
			if m := count.FindStringSubmatch(line); m != nil {
				a.Executions, _ = strconv.Atoi(m[1])
			}
		}
		crash, log := crashed.FindStringSubmatch(line), logged.FindStringSubmatch(line)
		switch {
		case beyond.MatchString(line):
			seeds = false
		case failed.MatchString(line):
			a.Found, a.Seeds = true, seeds
		case a.Crash:
		case crash != nil:
			a.Crash, a.Seeds, a.Key = true, seeds, crash[1]+crash[2]
		case log != nil:
			a.Key = log[1]
		}
		if (a.Found || a.Crash) && a.Took == 0 {
			a.Took = time.Since(start)
		}
	}
	io.Copy(io.Discard, r)
}
