package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/ci/command"
	"github.com/touchstone-wasm/touchstone/harness"
)

const usage = `usage: go run ./ci build -out DIR [flags]

Build writes for each target its program of libFuzzer, its seeds, dictionary and options, as OSS-Fuzz wants them. It uses CC, CXX, CFLAGS,
CXXFLAGS, LIB_FUZZING_ENGINE and SANITIZER of the environment if they are set; SANITIZER=coverage asks for test binaries that measure
coverage. The program is one, under the names of all targets.

`

// Command is the subcommand build.
var Command = command.Command{Name: "build", Short: "build all targets for libFuzzer, as OSS-Fuzz does", Run: runCommand}

func runCommand(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := command.Flags("build")
	out := fs.String("out", "", "write to this `folder`")
	if status, ok := command.Parse(fs, args, usage, stdout, stderr); !ok {
		return status
	}
	if *out == "" || fs.NArg() > 0 {
		return command.Fail(stderr, errors.New("build takes -out DIR and nothing else"))
	}
	root, err := command.Root()
	if err == nil {
		err = All(ctx, &Builder{Root: root, Tags: Tags()}, *out)
	}
	if err != nil {
		return command.Fail(stderr, err)
	}
	fmt.Fprintf(stdout, "%d targets are in %s\n", len(harness.Targets()), *out)
	return command.OK
}

// All writes all that OSS-Fuzz wants to a folder, in the form that SANITIZER asks for, and nothing else.
func All(ctx context.Context, b *Builder, out string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	if err := b.all(ctx, out, harness.Targets()); err != nil {
		return err
	}
	program := filepath.Join(out, programFile)
	return errors.Join(remove(program), remove(program+stampSuffix))
}

func (b *Builder) all(ctx context.Context, out string, targets []harness.Target) error {
	if os.Getenv(SanitizerVariable) == Coverage {
		return b.Coverage(ctx, out, targets)
	}
	t, err := Find(ctx)
	if err != nil {
		return err
	}
	if err := b.LibFuzzer(ctx, t, out, targets); err != nil {
		return err
	}
	return Files(out, targets)
}
