package conform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/command"
	"github.com/touchstone-wasm/touchstone/ci/targets"
	"github.com/touchstone-wasm/touchstone/harness"
)

const usage = `usage: go run ./ci check [flags]

Check builds all targets as OSS-Fuzz does, with libFuzzer and the address sanitizer, and applies its rules to each: it starts, does as many
runs as it is told, is instrumented, has the sanitizer, works in another folder, and passes on its seeds. It needs Linux and clang, and takes the newest that it finds, or that of CC.
Exit status: 0 all rules hold, 1 one does not, 2 wrong usage or no clang.

`

// Command is the subcommand check.
var Command = command.Command{Name: "check", Short: "build all targets as OSS-Fuzz does and apply its rules", Run: run}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := command.Flags("check")
	names := fs.String("targets", "", "apply the rules to the targets of these `names`, separated by commas; to all without")
	if status, ok := command.Parse(fs, args, usage, stdout, stderr); !ok {
		return status
	}
	list, err := targets.Named(*names)
	if err != nil {
		return command.Fail(stderr, err)
	}
	root, err := command.Root()
	if err != nil {
		return command.Fail(stderr, err)
	}
	dir, err := os.MkdirTemp("", "touchstone-check-")
	if err != nil {
		return command.Fail(stderr, err)
	}
	defer os.RemoveAll(dir)
	broken, err := check(ctx, &build.Builder{Root: root, Tags: build.Tags()}, dir, list, stdout, stderr)
	switch {
	case err != nil:
		return command.Fail(stderr, err)
	case broken > 0:
		return command.Finding
	}
	return command.OK
}

// Environment makes the environment that which OSS-Fuzz builds in, with the compiler that is here, and returns that and what makes the environment
// what it was.
func Environment(ctx context.Context) (t *build.Toolchain, restore func(), err error) {
	if t, err = build.Find(ctx); err != nil {
		return nil, nil, err
	}
	const flags = "-O1 -fno-omit-frame-pointer -gline-tables-only -fsanitize=address -fsanitize-address-use-after-scope"
	var undo []func()
	for name, value := range map[string]string{
		"CC": strings.Join(t.CC, " "), "CXX": strings.Join(t.CXX, " "), "CFLAGS": flags, "CXXFLAGS": flags,
		"LIB_FUZZING_ENGINE": "-fsanitize=fuzzer", build.SanitizerVariable: "address",
	} {
		old, set := os.LookupEnv(name)
		undo = append(undo, func() {
			if set {
				os.Setenv(name, old)
			} else {
				os.Unsetenv(name)
			}
		})
		if err := os.Setenv(name, value); err != nil {
			return nil, nil, err
		}
	}
	return t, func() {
		for _, f := range undo {
			f()
		}
	}, nil
}

// check builds the targets in a folder, moves them, and applies the rules. It returns how many targets break one.
func check(ctx context.Context, b *build.Builder, dir string, list []harness.Target, stdout, stderr io.Writer) (broken int, err error) {
	tools, restore, err := Environment(ctx)
	if err != nil {
		return 0, err
	}
	defer restore()
	built, out := filepath.Join(dir, "built"), filepath.Join(dir, "out")
	fmt.Fprintf(stderr, "ci: building all targets with the address sanitizer of %s; the first time this takes minutes\n", tools.Version)
	if err := build.All(ctx, b, built); err != nil {
		return 0, err
	}
	if err := os.Rename(built, out); err != nil {
		return 0, err
	}
	for _, t := range list {
		target := &Target{Name: t.Name, Dir: out, Built: built, Scratch: filepath.Join(dir, "scratch")}
		wrong, err := target.apply(ctx)
		if err != nil {
			return broken, err
		}
		if wrong == nil {
			fmt.Fprintf(stdout, "%-28s ok\n", t.Name)
			continue
		}
		broken++
		fmt.Fprintf(stdout, "%-28s BROKEN: %v\n", t.Name, wrong)
	}
	fmt.Fprintf(stdout, "%d of %d targets keep all %d rules\n", len(list)-broken, len(list), len(Rules))
	return broken, nil
}

// apply applies all rules and returns what is wrong. The error is that of the command itself.
func (t *Target) apply(ctx context.Context) (wrong, err error) {
	if err := os.RemoveAll(t.Scratch); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(t.Scratch, 0o755); err != nil {
		return nil, err
	}
	for _, rule := range Rules {
		if err := rule.Check(ctx, t); err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("%s: %w", rule.Name, err))
		}
	}
	return wrong, ctx.Err()
}
