package execute

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/touchstone-wasm/touchstone/crashes/replay"
	"github.com/touchstone-wasm/touchstone/harness/process"
)

// Program runs inputs of one target in a process, and starts another when it died. It is for one goroutine at a time.
type Program struct {
	Executable string // of this command
	Target     string
	// Patience bounds the time for one input; a target needs milliseconds.
	Patience time.Duration
	// Scratch is a folder for the temporary files of the process, which may die.
	Scratch string

	running *running
}

type running struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	lines  chan []byte
	stderr *tail
}

// DefaultPatience is the time that one input has.
const DefaultPatience = 10 * time.Second

// New returns a program for a target that this executable runs.
func New(target, scratch string) (*Program, error) {
	exe, err := os.Executable()
	return &Program{Executable: exe, Target: target, Patience: DefaultPatience, Scratch: scratch}, err
}

func (p *Program) start(ctx context.Context) error {
	if err := os.MkdirAll(p.Scratch, 0o755); err != nil {
		return err
	}
	r := &running{cmd: process.Command(context.WithoutCancel(ctx), p.Executable, name, p.Target), lines: make(chan []byte, 1), stderr: &tail{}}
	r.cmd.Env = append(os.Environ(), "TMPDIR="+p.Scratch)
	r.cmd.Stderr = r.stderr
	var err error
	if r.stdin, err = r.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := r.cmd.Start(); err != nil {
		return err
	}
	go func() {
		defer close(r.lines)
		b := bufio.NewReader(out)
		for {
			line, err := b.ReadBytes('\n')
			if err != nil {
				return
			}
			r.lines <- line
		}
	}()
	p.running = r
	return nil
}

// Run runs an input. The error is that of a process that cannot be started or of ctx.
func (p *Program) Run(ctx context.Context, input []byte) (*replay.Failed, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if p.running == nil {
		if err := p.start(ctx); err != nil {
			return nil, err
		}
	}
	r := p.running
	_ = writeFrame(r.stdin, input) // a process that does not read has died, which is seen below
	timer := time.NewTimer(p.Patience)
	defer timer.Stop()
	select {
	case line, ok := <-r.lines:
		if !ok {
			status := p.end(false)
			return dead(status, r.stderr.String()), nil
		}
		o := &replay.Failed{}
		if err := json.Unmarshal(line, o); err != nil {
			return nil, fmt.Errorf("%s: the process says %q: %w", p.Target, line, err)
		}
		if ends(o) {
			p.end(true)
		}
		return o, nil
	case <-timer.C:
		p.end(true)
		return hanging(p.Patience), nil
	case <-ctx.Done():
		p.end(true)
		return nil, ctx.Err()
	}
}

// end waits for the process, which it may kill first, and returns how it ended.
func (p *Program) end(kill bool) string {
	r := p.running
	p.running = nil
	if kill {
		process.Kill(r.cmd)
	}
	_ = r.stdin.Close()
	for range r.lines {
	}
	if err := r.cmd.Wait(); err != nil {
		return err.Error()
	}
	return "exit status 0"
}

// Close ends the process.
func (p *Program) Close() error {
	if p.running == nil {
		return nil
	}
	if status := p.end(false); status != "exit status 0" {
		return errors.New(p.Target + ": " + status)
	}
	return nil
}

// tail keeps the beginning and the end of what is written to it: the words of a panic are before its traces.
type tail struct{ head, rest bytes.Buffer }

const tailBytes = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	n := min(len(p), max(0, tailBytes-t.head.Len()))
	t.head.Write(p[:n])
	t.rest.Write(p[n:])
	if over := t.rest.Len() - tailBytes; over > 0 {
		t.rest.Next(over)
	}
	return len(p), nil
}

func (t *tail) String() string { return t.head.String() + t.rest.String() }
