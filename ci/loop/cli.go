package loop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/command"
	"github.com/touchstone-wasm/touchstone/ci/engine"
	"github.com/touchstone-wasm/touchstone/ci/targets"
)

const usage = `usage: go run ./ci loop [flags]

Loop fuzzes all targets in turn: it fuzzes one for a time, sorts what failed, merges what is new into its corpus, and goes on with the
next. What fails in a way that is not known is reduced and kept as a finding. Ctrl-C ends the fuzzing, and what was found is still sorted
and merged; the process may also be killed at any moment, and the next loop in the same folder goes on with what is there.
Exit status: 0 nothing new, 1 something new was found, 2 wrong usage, or an engine that does not work.

`

// Command is the subcommand loop.
var Command = command.Command{Name: "loop", Short: "fuzz all targets in turn, keep what is new, make findings of what fails", Run: run}

type options struct {
	per, reduce                         time.Duration
	rounds, processes                   int
	fork, first                         bool
	targets, engine, corpus, out, found string
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	fs := command.Flags("loop")
	fs.DurationVar(&o.per, "per", 5*time.Minute, "fuzz each target for this `time` in a round")
	fs.IntVar(&o.rounds, "rounds", 0, "end after this `number` of rounds; 0 for no end")
	fs.BoolVar(&o.first, "first", false, "end a session at the first input that fails, and the loop at the first new finding")
	fs.StringVar(&o.targets, "targets", "", "the `names` of the targets, separated by commas; all without")
	fs.StringVar(&o.engine, "engine", "auto", "the fuzzing `engine`: libfuzzer, go, or auto for libfuzzer where clang has it")
	fs.IntVar(&o.processes, "procs", 1, "fuzz a target in this `number` of processes that share its corpus")
	fs.BoolVar(&o.fork, "fork", false, "with libFuzzer, let one process manage those of -procs")
	fs.StringVar(&o.out, "out", "", "the `folder` for all that is kept; in the user's cache without")
	fs.StringVar(&o.corpus, "corpus", "", "the `folder` of the corpora, one folder a target; corpus in -out without")
	fs.StringVar(&o.found, "found", "", "the `folder` for findings; found in -out without")
	fs.DurationVar(&o.reduce, "reduce", 30*time.Second, "make a finding smaller for at most this `time`")
	if status, ok := command.Parse(fs, args, usage, stdout, stderr); !ok {
		return status
	}
	l, err := o.loop(ctx, stdout, stderr)
	if err != nil {
		return command.Fail(stderr, err)
	}
	found, err := l.Run(ctx)
	switch {
	case err != nil && !(found && errors.Is(err, ErrEngine)):
		return command.Fail(stderr, err)
	case found:
		return command.Finding
	}
	return command.OK
}

// loop returns the loop that the flags ask for, with everything built.
func (o *options) loop(ctx context.Context, stdout, stderr io.Writer) (*Loop, error) {
	root, err := command.Root()
	if err != nil {
		return nil, err
	}
	if o.per < time.Second {
		return nil, fmt.Errorf("-per %v: a target needs a second at least", o.per)
	}
	list, err := targets.Named(o.targets)
	if err != nil {
		return nil, err
	}
	if o.out, err = Folder(o.out); err != nil {
		return nil, err
	}
	for _, dir := range []*string{&o.corpus, &o.found} {
		if *dir != "" {
			if *dir, err = filepath.Abs(*dir); err != nil {
				return nil, err
			}
		}
	}
	l := &Loop{Targets: list, Per: o.per, Rounds: o.rounds, First: o.first, Processes: o.processes, Fork: o.fork, Out: o.out, Corpus: o.corpus, Found: o.found,
		Also: []string{filepath.Join(root, "crashes", "found")}, Reduce: o.reduce, Stdout: stdout, Stderr: stderr}
	if l.Corpus == "" {
		l.Corpus = filepath.Join(o.out, "corpus")
	}
	if l.Found == "" {
		l.Found = filepath.Join(o.out, "found")
	}
	b := &build.Builder{Root: root, Tags: build.Tags()}
	if l.Engine, err = engine.Open(ctx, o.engine, b, filepath.Join(o.out, "build"), list, stderr); err != nil {
		return nil, err
	}
	fmt.Fprintf(stderr, "ci: %d targets with %s, %v each", len(list), l.Engine.Name(), o.per)
	if o.rounds > 0 {
		const overhead = 3 * time.Second // of the start, the merge and the end
		fmt.Fprintf(stderr, ", about %v in all", (time.Duration(o.rounds*len(list)) * (o.per + overhead)).Round(time.Second))
	}
	fmt.Fprintf(stderr, "; everything is kept in %s\n", o.out)
	return l, nil
}

// Folder returns the full name of the folder that a flag -out gives, or of the one in the user's cache if it gives none.
func Folder(out string) (string, error) {
	if out != "" {
		return filepath.Abs(out)
	}
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "touchstone", "loop"), err
}
