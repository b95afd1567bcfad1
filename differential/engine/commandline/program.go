package commandline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// prepareProgram writes a program into a file.
func (t *Timer) prepareProgram(k *timing.Kernel) error {
	if t.cmd.Start == nil {
		return errors.New("the command runs no WASI programs with a directory")
	}
	t.clear()
	t.kernel, t.files = k, nil
	return os.WriteFile(t.programFile(), k.Module, 0o600)
}

func (t *Timer) programFile() string { return filepath.Join(t.dir, "program.wasm") }

// timeProgram runs the program as often as the batch says. The time is that of the whole process, start and compilation included: nothing
// can be subtracted that would do the same without the program.
func (t *Timer) timeProgram(ctx context.Context, b timing.Batch) (total timing.Sample, err error) {
	for range b.Calls {
		if err := t.kernel.Reset(); err != nil {
			return timing.Sample{}, err
		}
		one, status, err := t.runProgram(ctx)
		if err == nil && status != 0 && t.kernel.Program.Returns { // what it would return is not seen
			said, _ := os.ReadFile(t.kernel.StderrFile()) // that it cannot be read is no better reason
			err = fmt.Errorf("the program ended with status %d: %s", status, lastLine(string(said)))
		}
		if err == nil {
			one.Digest, err = t.kernel.Judge(status)
		}
		if err != nil {
			return timing.Sample{}, err
		}
		if total.Digest != "" && one.Digest != total.Digest {
			return timing.Sample{}, errors.New("the program did something else when it was run again")
		}
		one.CPU, one.Wall = one.CPU+total.CPU, one.Wall+total.Wall
		total = one
	}
	return total, nil
}

func (t *Timer) runProgram(ctx context.Context) (s timing.Sample, status uint32, err error) {
	k := t.kernel
	input, err := os.Open(k.StdinFile())
	output, err2 := os.OpenFile(k.StdoutFile(), os.O_WRONLY, 0)
	log, err3 := os.OpenFile(k.StderrFile(), os.O_WRONLY, 0)
	for _, f := range []*os.File{input, output, log} {
		defer f.Close()
	}
	if err := errors.Join(err, err2, err3); err != nil {
		return s, 0, err
	}
	bounded, cancel := context.WithTimeout(ctx, timing.MaxTime)
	defer cancel()
	cmd := exec.CommandContext(bounded, t.path, t.cmd.Start(t.programFile(), k.Program.Args[1:])...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = k.Dir, input, output, log
	begin := time.Now()
	err = cmd.Run()
	s.Wall = time.Since(begin)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return s, 0, ctx.Err()
	case bounded.Err() != nil:
		return s, 0, fmt.Errorf("no answer after %v; the command was killed", timing.MaxTime)
	case errors.As(err, &exit) && exit.Exited():
		err = nil
	case err != nil:
		return s, 0, err
	}
	s.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return s, uint32(cmd.ProcessState.ExitCode()), nil
}
