package execute

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/metrics"
	"time"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/command"
	"github.com/touchstone-wasm/touchstone/crashes/replay"
	"github.com/touchstone-wasm/touchstone/harness"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// Command is the subcommand that runs inputs for another process. It is not for people, and the overview leaves it out.
//
// Stdin has the inputs, each behind its number of bytes, 4 of them, little-endian; stdout has a line with the outcome of each.
var Command = command.Command{Name: name, Run: serve}

const name = "execute"

const usage = `usage: go run ./ci execute TARGET

Execute runs the inputs on stdin for "go run ./ci replay", which is the command for people.
`

func serve(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := command.Flags(name)
	if status, ok := command.Parse(fs, args, usage, stdout, stderr); !ok {
		return status
	}
	target, err := harness.Find(fs.Arg(0))
	if err != nil {
		return command.Fail(stderr, err)
	}
	go watchMemory(stderr)
	check, done, err := target.Open(ctx)
	if err != nil {
		return command.Fail(stderr, err)
	}
	if err := errors.Join(inputs(ctx, check, os.Stdin, stdout), done()); err != nil {
		return command.Fail(stderr, err)
	}
	return command.OK
}

// inputs runs what comes from in until its end.
func inputs(ctx context.Context, check harness.Check, in io.Reader, out io.Writer) error {
	r := bufio.NewReader(in)
	for {
		input, err := readFrame(r)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		line, err := json.Marshal(checked(ctx, check, input))
		if err != nil {
			return err
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return err
		}
	}
}

// checked runs one input. In the control of planted bugs the oracles say nothing.
func checked(ctx context.Context, check harness.Check, input []byte) *replay.Failed {
	return replay.Check(ctx, func(ctx context.Context, input []byte) *oracle.Failure {
		f := check(ctx, input)
		if planted.Blind {
			return nil
		}
		return f
	}, input)
}

func writeFrame(w io.Writer, input []byte) error {
	_, err := w.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(input))), input...))
	return err
}

func readFrame(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	input := make([]byte, binary.LittleEndian.Uint32(head[:]))
	_, err := io.ReadFull(r, input)
	return input, err
}

// memoryMark is what the process says before it ends because it uses too much memory.
const memoryMark = "ci: the input uses too much memory"

// watchMemory ends the process when it has more memory than libFuzzer would let it have.
func watchMemory(stderr io.Writer) {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for {
		time.Sleep(100 * time.Millisecond)
		metrics.Read(sample)
		if used := sample[0].Value.Uint64() - sample[1].Value.Uint64(); used > build.MemoryMB<<20 {
			fmt.Fprintln(stderr, memoryMark)
			os.Exit(command.Failure)
		}
	}
}
