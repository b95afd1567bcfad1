package commandline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// Timer times kernels on a command. The operating system counts the processor time of the whole process, user's and system's; a
// run with a single call is subtracted from each, so that neither start-up nor compilation is in the figure.
type Timer struct {
	cmd     *Command
	path    string
	version string
	dir     string // of the modules
	kernel  *timing.Kernel
	files   map[run]string // by what they do
}

// run is a module that calls a kernel's export.
type run struct {
	arg   uint32
	calls int
}

var _ timing.Timer = (*Timer)(nil)

// NotFound is the cause of an [engine.Unavailable]: the program is not on PATH.
type NotFound struct{ Program string }

// Error returns the program.
func (e *NotFound) Error() string { return "there is no " + e.Program + " on PATH" }

// Find returns the path of a command. The error is an *[engine.Unavailable] because of a [*NotFound] if it is not there.
func (c *Command) Find() (string, error) {
	path, err := exec.LookPath(c.Program)
	if err != nil {
		return "", &engine.Unavailable{Engine: c.Name, Reason: "not installed", Err: &NotFound{c.Program}}
	}
	return path, nil
}

// OpenTimer finds a command, asks for its version and returns it to be timed.
func (c *Command) OpenTimer(ctx context.Context) (timing.Timer, error) {
	path, version, err := c.look(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "touchstone-"+c.Name+"-")
	if err != nil {
		return nil, err
	}
	return &Timer{cmd: c, path: path, version: version, dir: dir}, nil
}

// Name implements [timing.Timer].
func (t *Timer) Name() string { return t.cmd.Name }

// Version implements [timing.Timer].
func (t *Timer) Version() string { return t.version }

// Resolution implements [timing.Timer]: start-up takes tens of milliseconds, a few of which come and go.
func (t *Timer) Resolution() time.Duration { return 200 * time.Millisecond }

// Prepare implements [timing.Timer]. It makes one call, so that a kernel that the command cannot run is known at once.
func (t *Timer) Prepare(ctx context.Context, k *timing.Kernel) error {
	switch {
	case k.Program != nil:
		return t.prepareProgram(k)
	case k.Host:
		return errors.New("a command has no host functions of ours")
	}
	if k.Dir != "" {
		if err := t.prepareClocked(k); err != nil {
			return err
		}
	}
	t.clear()
	t.kernel, t.files = k, map[run]string{}
	_, err := t.run(ctx, run{arg: 0, calls: 1})
	return err
}

// Time implements [timing.Timer].
func (t *Timer) Time(ctx context.Context, b timing.Batch) (timing.Sample, error) {
	switch {
	case t.kernel == nil:
		return timing.Sample{}, errors.New("no kernel is prepared")
	case b.Inside:
		return timing.Sample{}, errors.New("a command does not tell what its hostcalls take")
	case t.kernel.Program != nil:
		return t.timeProgram(ctx, b)
	case b.Step != timing.Call:
		return timing.Sample{}, errors.New("the start of a command is not that of its engine")
	case b.Calls < 1:
		return timing.Sample{}, errors.New("a batch without calls")
	}
	first, err := t.run(ctx, run{b.Arg, 1})
	if err != nil {
		return timing.Sample{}, err
	}
	last, err := t.run(ctx, run{b.Arg, 1 + b.Calls})
	if err != nil {
		return timing.Sample{}, err
	}
	if first.Result != last.Result {
		return timing.Sample{}, fmt.Errorf("call %d returned %d, the first one %d", b.Calls, last.Result, first.Result)
	}
	// The difference of two measurements may be less than nothing; whoever asks then asks for more calls.
	s := timing.Sample{Result: last.Result, CPU: max(last.CPU-first.CPU, 0), Wall: max(last.Wall-first.Wall, 0)}
	if t.kernel.Dir != "" { // the guest's own clock: there is nothing to subtract
		s.Wall = last.Wall * time.Duration(b.Calls) / time.Duration(1+b.Calls)
	}
	return s, nil
}

// run runs a module that does what r says and returns the processor time of the process, the time that passed, by the guest's own clock if
// it has one, and the result of the last call.
func (t *Timer) run(ctx context.Context, r run) (s timing.Sample, err error) {
	file, err := t.file(r)
	if err != nil {
		return s, err
	}
	bounded, cancel := context.WithTimeout(ctx, timing.MaxTime)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(bounded, t.path, t.args(file)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.kernel.Dir, &stdout, &stderr
	cmd.WaitDelay = time.Second
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		switch {
		case ctx.Err() != nil:
			return s, ctx.Err()
		case bounded.Err() != nil:
			return s, fmt.Errorf("no answer after %v; the command was killed", timing.MaxTime)
		}
		return s, fmt.Errorf("%w: %s", err, lastLine(stderr.String()+stdout.String()))
	}
	s.Wall, s.CPU = time.Since(begin), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
	if t.kernel.Dir != "" {
		s.Wall, s.Result, err = told(stdout.Bytes())
	} else {
		s.Result, err = t.cmd.result(stdout.String(), stderr.String())
	}
	return s, err
}

// args returns the arguments with which the command runs the module in a file.
func (t *Timer) args(file string) []string {
	if t.kernel.Dir != "" {
		return t.cmd.Start(file, nil)
	}
	return t.cmd.Invoke(file, export)
}

// file returns the file with the module that does what r says.
func (t *Timer) file(r run) (string, error) {
	if file, ok := t.files[r]; ok {
		return file, nil
	}
	make := repeat
	if t.kernel.Dir != "" {
		make = clocked
	}
	module, err := make(t.kernel, r.arg, r.calls)
	if err != nil {
		return "", err
	}
	file := filepath.Join(t.dir, fmt.Sprintf("kernel-%d-%d.wasm", r.arg, r.calls))
	if err := os.WriteFile(file, module, 0o600); err != nil {
		return "", err
	}
	t.files[r] = file
	return file, nil
}

// result finds the result in what the command printed; some print it on stderr.
func (c *Command) result(stdout, stderr string) (uint32, error) {
	for _, text := range []string{stdout, stderr} {
		if all := c.Result.FindAllStringSubmatch(text, -1); all != nil {
			n, err := strconv.ParseInt(all[len(all)-1][1], 0, 64)
			return uint32(n), err
		}
	}
	return 0, fmt.Errorf("no result in its output %q", lastLine(stderr+stdout))
}

// clear removes the files of the last kernel.
func (t *Timer) clear() {
	for _, file := range t.files {
		_ = os.Remove(file) // Close removes what is left
	}
}

// Close implements [timing.Timer].
func (t *Timer) Close() error { return os.RemoveAll(t.dir) }

// lastLine returns the last line of what a program printed that says that there is an error, or else the last: why it failed.
func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for _, line := range slices.Backward(lines) {
		if strings.Contains(strings.ToLower(line), "error: ") {
			return strings.TrimSpace(line)
		}
	}
	return strings.TrimSpace(lines[len(lines)-1])
}
