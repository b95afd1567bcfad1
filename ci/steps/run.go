package steps

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Runner runs steps and writes what they do and find.
type Runner struct {
	Dir    string // the module's root
	Stdout io.Writer
	Stderr io.Writer

	skipped int // steps that cannot run on this machine
}

// Run runs all steps, the later ones too if one fails, and returns the names of those that failed. The error is that of a
// command that could not be started or of ctx; what a command found is no error.
func (r *Runner) Run(ctx context.Context, steps []Step) (failed []string, err error) {
	for _, s := range steps {
		fmt.Fprintf(r.Stdout, "== %s: %s\n", s.Name, s.Doc)
		if s.Skip != nil {
			reason, err := s.Skip(ctx)
			if err != nil {
				return failed, fmt.Errorf("%s: %w", s.Name, err)
			}
			if reason != "" {
				fmt.Fprintf(r.Stdout, "== %s: skipped: %s\n", s.Name, reason)
				r.skipped++
				continue
			}
		}
		start := time.Now()
		ok := true
		for _, c := range s.Cmds {
			passed, err := r.run(ctx, c)
			if err != nil {
				return failed, fmt.Errorf("%s: %w", s.Name, err)
			}
			ok = ok && passed
		}
		verdict := "ok"
		if !ok {
			verdict = "FAILED"
			failed = append(failed, s.Name)
		}
		fmt.Fprintf(r.Stdout, "== %s: %s (%.1f s)\n", s.Name, verdict, time.Since(start).Seconds())
	}
	return failed, nil
}

// run runs one command and reports whether it passed.
func (r *Runner) run(ctx context.Context, c Cmd) (bool, error) {
	fmt.Fprintf(r.Stdout, "$ %s\n", strings.Join(append(append([]string(nil), c.Env...), c.Args...), " "))
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Dir = r.Dir
	cmd.Env = append(os.Environ(), c.Env...)
	var out bytes.Buffer
	cmd.Stdout = r.Stdout
	if c.Quiet {
		cmd.Stdout = io.MultiWriter(&out, r.Stdout)
	}
	cmd.Stderr = r.Stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if _, isExit := err.(*exec.ExitError); err != nil && !isExit {
		return false, err
	}
	return err == nil && out.Len() == 0, nil
}
