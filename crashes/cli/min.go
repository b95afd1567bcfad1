package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/touchstone-wasm/touchstone/crashes/finding"
	"github.com/touchstone-wasm/touchstone/crashes/replay"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/session"
	"github.com/touchstone-wasm/touchstone/generators/reduce"
)

const minUsage = `usage: go run ./crashes min [flags] ID|FILE

Min makes the module of a finding, or the module, the sequence of hostcalls or the bytes in a file, smaller as long as it shows the same.
Without -predicate that is: the same engines agree, crash or hang, and differ at the same kind of place. With -predicate it is
what a shell command says, which gets the name of a file with the input where it says $1, or else as its last argument: exit status 0 if
it is still interesting.

Ctrl-C ends the reduction and keeps what there is; with -state the same command goes on from there.

examples:
  go run ./crashes min 183519dfef7d
  go run ./crashes min -predicate 'wasmtime compile $1 2>&1 | grep -q panicked' -j 4 -time 10m crash.wasm

flags:
`

// minOptions are the flags of min.
type minOptions struct {
	predicate, engines, out, state string
	workers                        int
	time                           time.Duration
}

// min reduces a finding or a file.
func (a *App) min(ctx context.Context, args []string) error {
	o := &minOptions{}
	flags := flag.NewFlagSet("min", flag.ContinueOnError)
	flags.StringVar(&o.predicate, "predicate", "", "ask this shell `command` whether an input is still interesting")
	flags.StringVar(&o.engines, "engines", "", "without -predicate, run these `engines`, separated by commas (default those of the finding, or all)")
	flags.IntVar(&o.workers, "j", 1, "try so many `inputs` at a time; engines are started as often")
	flags.DurationVar(&o.time, "time", 0, "end after this `duration`, for example 10m (default when nothing more is found)")
	flags.StringVar(&o.out, "o", "", "write the result to this `file` (default beside the file, ID.min.wasm for a finding)")
	flags.StringVar(&o.state, "state", "", "keep where the reduction stands in this `file`, and go on from what is there")
	if err := a.parse(flags, args, minUsage); err != nil {
		return err
	}
	if flags.NArg() != 1 || o.workers < 1 {
		return usagef("min takes one finding or file, and -j at least 1")
	}
	input, engines, err := a.minInput(flags.Arg(0), o)
	if err != nil {
		return err
	}
	from, err := readState(o.state)
	if err != nil {
		return err
	}
	predicate, done, err := a.predicate(ctx, o, input, engines)
	if err != nil {
		return err
	}
	defer done()
	p := &minProgress{app: a, file: o.state, begun: time.Now(), first: len(input)}
	result, err := reduce.Reduce(ctx, input, predicate, &reduce.Options{Workers: o.workers, Time: o.time, From: from, Progress: p.step})
	if result == nil {
		return err
	}
	end := "nothing more is found"
	if !result.Done {
		end = "not to its end"
	}
	err = errors.Join(err, os.WriteFile(o.out, result.Best, 0o644), writeState(o.state, &result.State))
	fmt.Fprintf(a.Stdout, "%s: %d bytes, from %d; %d inputs tried in %.1fs, %s\n",
		o.out, len(result.Best), len(input), result.Tested, time.Since(p.begun).Seconds(), end)
	return err
}

// minInput returns what is to be reduced, and the engines that show what the finding is.
func (a *App) minInput(name string, o *minOptions) (input []byte, engines []string, err error) {
	if input, err = os.ReadFile(name); err == nil {
		if o.out == "" {
			ext := filepath.Ext(name)
			o.out = strings.TrimSuffix(name, ext) + ".min" + ext
		}
		return input, split(o.engines), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	f, err := a.find(name)
	if err != nil {
		return nil, nil, fmt.Errorf("%w, and no such file", err)
	}
	if o.out == "" {
		o.out = f.ID + ".min.wasm"
	}
	if engines = split(o.engines); engines == nil {
		for _, e := range f.Expect {
			engines = append(engines, e.Engine)
		}
	}
	return f.Module, engines, nil
}

// predicate returns what is asked about each input, and what to do when the reduction is over.
func (a *App) predicate(ctx context.Context, o *minOptions, input []byte, engines []string) (reduce.Predicate, func(), error) {
	if o.predicate != "" {
		dir, err := os.MkdirTemp("", "min")
		if err != nil {
			return nil, nil, err
		}
		return asks(o.predicate, dir), func() { _ = os.RemoveAll(dir) }, nil
	}
	free := make(chan []engine.Engine, o.workers)
	done := func() {
		for len(free) > 0 {
			session.Close(<-free)
		}
	}
	for range o.workers {
		list, err := a.open(ctx, engines)
		if err != nil {
			done()
			return nil, nil, err
		}
		free <- list
	}
	bucket := func(ctx context.Context, module []byte) (string, error) {
		list := <-free
		defer func() { free <- list }()
		return replay.Bucket(ctx, list, module)
	}
	want, err := bucket(ctx, input)
	if err == nil && want == "" {
		err = errors.New("the engines do not differ")
	}
	if err != nil {
		done()
		return nil, nil, err
	}
	fmt.Fprintf(a.Stderr, "crashes: keeping: %s\n", want)
	return func(ctx context.Context, module []byte) (bool, error) {
		got, err := bucket(ctx, module)
		return got == want, err
	}, done, nil
}

// asks returns a predicate that runs a shell command with the name of a file below dir.
func asks(command, dir string) reduce.Predicate {
	if !strings.Contains(command, "$1") {
		command += ` "$1"`
	}
	return func(ctx context.Context, input []byte) (bool, error) {
		own, err := os.MkdirTemp(dir, "")
		if err != nil {
			return false, err
		}
		defer os.RemoveAll(own)
		file := filepath.Join(own, finding.ModuleFile)
		if err := os.WriteFile(file, input, 0o644); err != nil {
			return false, err
		}
		cmd := exec.CommandContext(ctx, "sh", "-c", command, "sh", file)
		cmd.WaitDelay = time.Second
		err = cmd.Run()
		var exit *exec.ExitError
		switch {
		case err == nil || ctx.Err() != nil:
			return err == nil, nil
		case errors.As(err, &exit) && exit.ExitCode() != 126 && exit.ExitCode() != 127:
			return false, nil
		}
		return false, fmt.Errorf("the predicate cannot be run: %w", err)
	}
}

// minProgress shows how far a reduction is, and keeps its state.
type minProgress struct {
	app         *App
	file        string
	begun, told time.Time
	first       int
}

// interval is how often the progress is told and kept.
const interval = 3 * time.Second

func (p *minProgress) step(s *reduce.Progress) {
	now := time.Now()
	if now.Sub(p.begun) < interval || now.Sub(p.told) < interval {
		return
	}
	p.told = now
	fmt.Fprintf(p.app.Stderr, "crashes: elapsed: %.0fs, inputs: %d, bytes: %d of %d, now: %s\n",
		now.Sub(p.begun).Seconds(), s.Tested, len(s.State.Best), p.first, s.Pass)
	if err := writeState(p.file, s.State); err != nil {
		fmt.Fprintf(p.app.Stderr, "crashes: %v\n", err)
	}
}

// readState reads the state in a file; nil if there is none.
func readState(name string) (*reduce.State, error) {
	if name == "" {
		return nil, nil
	}
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s := &reduce.State{}
	if err := json.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

func writeState(name string, s *reduce.State) error {
	if name == "" {
		return nil
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := os.WriteFile(name+".new", b, 0o644); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}
