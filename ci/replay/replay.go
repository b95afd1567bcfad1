// Package replay holds the subcommands that work on inputs and folders of them, outside of the loop: replay, triage and merge.
package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/command"
	"github.com/touchstone-wasm/touchstone/ci/engine"
	"github.com/touchstone-wasm/touchstone/ci/execute"
	"github.com/touchstone-wasm/touchstone/ci/store"
	"github.com/touchstone-wasm/touchstone/ci/triage"
	"github.com/touchstone-wasm/touchstone/harness"
)

// The subcommands.
var (
	Command = command.Command{Name: "replay", Short: "run files or folders on a target, in a process of their own", Run: replay}
	Triage  = command.Command{Name: "triage", Short: "make findings of inputs that fail", Run: sortInputs}
	Merge   = command.Command{Name: "merge", Short: "make a corpus as small as covers the same, with what folders add", Run: merge}
)

const replayUsage = `usage: go run ./ci replay [flags] TARGET FILE ...

Replay runs the files, and those of folders, on a target. Each is run in a process that may die. Exit status: 0 all pass, 1 one fails.

`

func replay(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := command.Flags("replay")
	patience := fs.Duration("patience", execute.DefaultPatience, "an input that takes longer than this `time` hangs")
	if status, ok := command.Parse(fs, args, replayUsage, stdout, stderr); !ok {
		return status
	}
	target, files, scratch, err := arguments(fs.Args())
	if err != nil {
		return command.Fail(stderr, err)
	}
	defer os.RemoveAll(scratch)
	program, err := execute.New(target.Name, scratch)
	if err != nil {
		return command.Fail(stderr, err)
	}
	defer program.Close()
	program.Patience = *patience
	failed := 0
	err = each(files, func(file string, input []byte) error {
		o, err := program.Run(ctx, input)
		if err == nil && o.Fails() {
			failed++
			fmt.Fprintf(stdout, "%s: %s\n%s\n", file, o.Bucket, indented(o.Detail))
		}
		return err
	})
	if err != nil {
		return command.Fail(stderr, err)
	}
	fmt.Fprintf(stdout, "%d of %d inputs fail on %s\n", failed, len(files), target.Name)
	return found(failed)
}

func indented(text string) string {
	return "\t" + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n\t")
}

func found(n int) int {
	if n > 0 {
		return command.Finding
	}
	return command.OK
}

const triageUsage = `usage: go run ./ci triage [flags] TARGET FILE ...

Triage runs the files, and those of folders, on a target three times each. Those that fail each time in a way that no finding is of are
reduced and kept as findings. Exit status: 0 nothing new, 1 there is a new finding.

`

func sortInputs(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := command.Flags("triage")
	out := fs.String("found", "found", "the `folder` for new findings")
	reduce := fs.Duration("reduce", 30*time.Second, "make a finding smaller for at most this `time`")
	if status, ok := command.Parse(fs, args, triageUsage, stdout, stderr); !ok {
		return status
	}
	target, files, scratch, err := arguments(fs.Args())
	if err != nil {
		return command.Fail(stderr, err)
	}
	defer os.RemoveAll(scratch)
	root, err := command.Root()
	if err != nil {
		return command.Fail(stderr, err)
	}
	t := &triage.Triage{Found: *out, Also: []string{filepath.Join(root, "crashes", "found")}, Flaky: filepath.Join(*out, "flaky"), Scratch: scratch, Reduce: *reduce}
	defer t.Close()
	count := map[triage.State]int{}
	err = each(files, func(file string, input []byte) error {
		v, err := t.Input(ctx, target, input)
		if err == nil {
			count[v.State]++
			fmt.Fprintf(stdout, "%s: %s: %s: %s\n", file, v.State, v.Bucket, v.Folder)
		}
		return err
	})
	if err != nil {
		return command.Fail(stderr, err)
	}
	fmt.Fprintf(stdout, "%d inputs = %d new + %d known + %d flaky or passing\n", len(files), count[triage.New], count[triage.Known], count[triage.Flaky])
	return found(count[triage.New])
}

const mergeUsage = `usage: go run ./ci merge [flags] TARGET CORPUS [FOLDER ...]

Merge makes the folder CORPUS hold as few inputs as cover what its own and those of the other folders do. Files are named by their SHA-1.

`

func merge(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := command.Flags("merge")
	name := fs.String("engine", "auto", "what measures coverage: libfuzzer, go, or auto")
	if status, ok := command.Parse(fs, args, mergeUsage, stdout, stderr); !ok {
		return status
	}
	target, files, scratch, err := arguments(fs.Args())
	if err != nil {
		return command.Fail(stderr, err)
	}
	defer os.RemoveAll(scratch)
	from, into := filepath.Join(scratch, "from"), filepath.Join(scratch, "into")
	err = each(files, func(_ string, input []byte) error { return store.Add(from, build.FileName(input), input) })
	if err == nil {
		err = errors.Join(os.MkdirAll(from, 0o755), os.MkdirAll(into, 0o755))
	}
	root, rootErr := command.Root()
	if err = errors.Join(err, rootErr); err != nil {
		return command.Fail(stderr, err)
	}
	b := &build.Builder{Root: root, Tags: build.Tags()}
	e, err := engine.Open(ctx, *name, b, filepath.Join(scratch, "build"), []harness.Target{target}, stderr)
	if err != nil {
		return command.Fail(stderr, err)
	}
	c, err := e.Merge(ctx, target, from, into, scratch)
	if err == nil {
		err = store.Replace(fs.Arg(1), into)
	}
	if err != nil {
		return command.Fail(stderr, err)
	}
	fmt.Fprintf(stdout, "%s: %d inputs -> %d, %d edges, %d features, %.1f %% of statements\n", target.Name, len(files), c.Inputs, c.Edges, c.Features, c.Percent)
	return command.OK
}

// arguments returns the target that the first argument names, the files that the others are or hold, and a folder for temporary files.
func arguments(args []string) (target harness.Target, files []string, scratch string, err error) {
	if len(args) < 2 {
		return target, nil, "", errors.New("a target and files or folders are needed; go run ./ci list names the targets")
	}
	if target, err = harness.Find(args[0]); err != nil {
		return target, nil, "", err
	}
	for _, arg := range args[1:] {
		err = errors.Join(err, filepath.WalkDir(arg, func(name string, e fs.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() {
				files = append(files, name)
			}
			return err
		}))
	}
	if err == nil {
		scratch, err = os.MkdirTemp("", "touchstone-replay-")
	}
	return target, files, scratch, err
}

// each calls use with each file.
func each(files []string, use func(file string, input []byte) error) error {
	for _, file := range files {
		input, err := os.ReadFile(file)
		if err == nil {
			err = use(file, input)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}
