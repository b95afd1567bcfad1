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
	"strings"
	"syscall"
	"time"

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
	cmd := exec.CommandContext(ctx, filepath.Join(b.dir, executable), "-test.run", "^$", "-test.fuzz", "^"+target+"$",
		"-test.fuzztime", limit.String(), "-test.fuzzcachedir", filepath.Join(dir, "cache"), "-test.parallel", "1")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), planted.Variable+"=", "TMPDIR="+dir, "GOMAXPROCS=1")
	if bug != planted.None {
		cmd.Env = append(cmd.Env, planted.Variable+"="+bug.String())
	}
	if blind {
		cmd.Env = append(cmd.Env, planted.BlindVariable+"=1")
	}
	// The workers of the fuzzing engine are in the same group, so that none outlives it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
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
	}
	a.Found = true
	return nil
}

// What the fuzzing engine and package testing print.
var (
	executions = regexp.MustCompile(`^fuzz: .*execs: (\d+) `)
	baseline   = regexp.MustCompile(`^fuzz: .*gathering baseline coverage: (\d+)/`)
	bySeed     = regexp.MustCompile(`^failure while testing seed corpus entry`)
	failed     = regexp.MustCompile(`^--- FAIL: Fuzz|^fuzz: minimizing `)
	crashed    = regexp.MustCompile(`^\s*(?:panic: |fatal error: |fuzzing process (?:hung or )?terminated|unexpected fault address|SIG[A-Z]+: ).*`)
	logged     = regexp.MustCompile(`^\s+\w+_test\.go:\d+: (.*)`)
)

// read reads the output. The key is the last line that the target logged.
func (a *attempt) read(r io.Reader, start time.Time) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 64<<20)
	for s.Scan() {
		line := s.Text()
		if m := executions.FindStringSubmatch(line); m != nil {
			a.Executions, _ = strconv.Atoi(m[1])
		} else if m := baseline.FindStringSubmatch(line); m != nil {
			a.Executions, _ = strconv.Atoi(m[1])
		}
		switch {
		case bySeed.MatchString(line):
			a.Seeds, a.Found = true, true
		case failed.MatchString(line):
			a.Found = true
		case crashed.MatchString(line) && !a.Crash:
			a.Crash, a.Key = true, strings.TrimSpace(line)
		case logged.MatchString(line) && !a.Crash:
			a.Key = logged.FindStringSubmatch(line)[1]
		}
		if (a.Found || a.Crash) && a.Took == 0 {
			a.Took = time.Since(start)
		}
	}
	io.Copy(io.Discard, r)
}
