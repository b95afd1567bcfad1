package cover

import (
	"bufio"
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/coverage"
	"slices"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/harness"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// modulePath is the path of the project's module.
const modulePath = "github.com/touchstone-wasm/touchstone/"

// Measured is what an input did.
type Measured struct {
	Units []Unit
	// Failure is the key of the failure of the target; also that it panics, dies or does not come back.
	Failure string
}

// patience bounds the time for an input; they take milliseconds.
const patience = 20 * time.Second

// Packages returns the packages whose coverage counts for a target: those that it concerns.
func Packages(target harness.Target) (list []string) {
	for _, aim := range target.Concerns() {
		if p := modulePath + aim.Package; !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// Meter measures inputs of one target in a process that is built with counters. It is for one goroutine at a time.
type Meter struct {
	target string
	dir    string
	stderr bytes.Buffer
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	out    *gob.Decoder
	in     *gob.Encoder
}

// NewMeter builds the process, which needs the Go toolchain and the project's sources: the command self with the argument measure and
// the target's name must call [Serve]. Packages are those whose blocks count, as go build takes them.
func NewMeter(ctx context.Context, target harness.Target, packages []string, self string) (*Meter, error) {
	dir, err := os.MkdirTemp("", "corpus")
	if err != nil {
		return nil, err
	}
	m := &Meter{target: target.Name, dir: dir}
	// Without the main package among them, the toolchain leaves out what reads counters.
	packages = append(slices.Clone(packages), modulePath+self)
	build := exec.CommandContext(ctx, "go", "build", "-cover", "-covermode=atomic", "-coverpkg="+strings.Join(packages, ","),
		"-o", filepath.Join(dir, "measure"), modulePath+self)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("building with counters: %w\n%s", err, bytes.TrimSpace(out)), os.RemoveAll(dir), ctx.Err())
	}
	return m, nil
}

// Close ends the process and removes it.
func (m *Meter) Close() error {
	m.stop()
	return os.RemoveAll(m.dir)
}

func (m *Meter) stop() {
	if m.cmd == nil {
		return
	}
	_ = m.stdin.Close() // it ends by itself
	timer := time.AfterFunc(patience, func() { _ = m.cmd.Process.Kill() })
	_ = m.cmd.Wait()
	timer.Stop()
	m.cmd = nil
}

func (m *Meter) start() (err error) {
	m.cmd = exec.Command(filepath.Join(m.dir, "measure"), "measure", m.target)
	m.stderr.Reset()
	m.cmd.Stderr = &m.stderr
	m.cmd.Env = append(os.Environ(), "GOCOVERDIR="+m.dir)
	if m.stdin, err = m.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	m.in, m.out = gob.NewEncoder(m.stdin), gob.NewDecoder(bufio.NewReader(out))
	return m.cmd.Start()
}

// Measure runs one input. That the process dies is a failure of the input; it is started anew for the next one.
func (m *Meter) Measure(ctx context.Context, input []byte) (*Measured, error) {
	if m.cmd == nil {
		if err := m.start(); err != nil {
			m.cmd = nil
			return nil, err
		}
	}
	kill := func() { _ = m.cmd.Process.Kill() }
	timer := time.AfterFunc(2*patience, kill)
	defer timer.Stop()
	defer context.AfterFunc(ctx, kill)()
	measured := &Measured{}
	err := m.in.Encode(input)
	if err == nil {
		err = m.out.Decode(measured)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		m.stop()
		words := strings.TrimSpace(m.stderr.String())
		if text, ours := strings.CutPrefix(words, ownFailure); ours {
			return nil, fmt.Errorf("the process that measures: %s", text)
		}
		first, _, _ := strings.Cut(words, "\n")
		return &Measured{Failure: fmt.Sprintf("the process died: %v: %s", err, first)}, nil
	}
	if text, ours := strings.CutPrefix(measured.Failure, ownFailure); ours {
		return nil, errors.New(text)
	}
	return measured, nil
}

// ownFailure begins what is no failure of an input, also on the standard error of the command.
const ownFailure = "corpus: "

// Serve is the process: it reads inputs and writes what each covers, until there are no more.
func Serve(ctx context.Context, name string, r io.Reader, w io.Writer) (err error) {
	target, err := harness.Find(name)
	if err != nil {
		return err
	}
	check, done, err := target.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	in, out := gob.NewDecoder(r), gob.NewEncoder(w)
	for {
		var input []byte
		if err := in.Decode(&input); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		measured := &Measured{}
		if err := coverage.ClearCounters(); err != nil {
			return err
		}
		measured.Failure = failure(ctx, check, input)
		var counters bytes.Buffer
		err := coverage.WriteCounters(&counters)
		if err == nil {
			measured.Units, err = units(counters.Bytes())
		}
		if err != nil {
			measured.Failure = ownFailure + err.Error()
		}
		if err := out.Encode(measured); err != nil {
			return err
		}
	}
}

// failure runs a check and returns the key of its failure.
func failure(ctx context.Context, check harness.Check, input []byte) (key string) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			key = fmt.Sprintf("panic: %v", p)
		}
	}()
	var f *oracle.Failure
	if f = check(ctx, input); f != nil {
		return f.Key
	}
	return ""
}
