package cli

import (
	"bytes"
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

	"github.com/touchstone-wasm/touchstone/crashes/replay"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/differential/session"
	"github.com/touchstone-wasm/touchstone/generators/reduce"
)

const minUsage = `usage: go run ./crashes min [flags] ID|FILE

Min makes the module of a finding or the input of a fuzz target, or the module, the sequence of hostcalls or the bytes in a file, smaller
as long as it shows the same. Without -predicate that is: it stays in the same bucket. With -predicate it is what a shell command says, which
gets the name of a file with the input where it says $1, or else as its last argument: exit status 0 if it is still interesting.

What becomes of a finding replaces its module or input, and what was found first is kept beside it; -o writes a file instead. Ctrl-C
ends the reduction and keeps what there is; with -state the same command goes on from there.

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
	flags.StringVar(&o.out, "o", "", "write the result to this `file` (default beside the file; a finding is replaced)")
	flags.StringVar(&o.state, "state", "", "keep where the reduction stands in this `file`, and go on from what is there")
	rest, err := a.mixed(flags, args, minUsage)
	if err != nil {
		return err
	}
	if len(rest) != 1 || o.workers < 1 {
		return usagef("min takes one finding or file, and -j at least 1")
	}
	m, err := a.minInput(rest[0], o)
	if err != nil {
		return err
	}
	from, err := readState(o.state)
	if err != nil {
		return err
	}
	predicate, done, err := a.predicate(ctx, o, m)
	if err != nil {
		return err
	}
	defer done()
	p := &minProgress{app: a, file: o.state, begun: time.Now(), first: len(m.input)}
	result, err := reduce.Reduce(ctx, m.input, predicate, &reduce.Options{Workers: o.workers, Time: o.time, From: from, Progress: p.step})
	if result == nil {
		return err
	}
	end := "nothing more is found"
	if !result.Done {
		end = "not to its end"
	}
	// What was reduced so far is kept, also after Ctrl-C.
	where, kept := a.keep(context.WithoutCancel(ctx), m, o, result.Best)
	err = errors.Join(err, kept, writeState(o.state, &result.State))
	fmt.Fprintf(a.Stdout, "%s: %d bytes, from %d; %d inputs tried in %.1fs, %s\n",
		where, len(result.Best), len(m.input), result.Tested, time.Since(p.begun).Seconds(), end)
	return err
}

// minInput is what is to be reduced.
type minInput struct {
	input   []byte
	finding *finding.Finding // nil if it is a file
	engines []string         // that show what it is; nil means all
}

func (a *App) minInput(name string, o *minOptions) (*minInput, error) {
	m := &minInput{engines: split(o.engines)}
	info, err := os.Stat(name)
	if err == nil && !info.IsDir() {
		if o.out == "" {
			ext := filepath.Ext(name)
			o.out = strings.TrimSuffix(name, ext) + ".min" + ext
		}
		m.input, err = os.ReadFile(name)
		return m, err
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	f, err := a.find(name)
	if err != nil {
		return nil, fmt.Errorf("%w, and no such file", err)
	}
	if m.engines == nil {
		m.engines = enginesOf(f)
	}
	m.finding, m.input = f, f.Module
	if f.Kind == finding.Failure {
		m.input = f.Input
	}
	return m, nil
}

// keep writes the result to its file, or into the finding, and says where.
func (a *App) keep(ctx context.Context, m *minInput, o *minOptions, best []byte) (string, error) {
	f := m.finding
	if o.out != "" || f == nil {
		return o.out, os.WriteFile(o.out, best, 0o644)
	}
	if bytes.Equal(best, m.input) {
		return f.ID, nil
	}
	if f.Original == nil {
		f.Original = m.input
	}
	var err error
	if f.Kind == finding.Failure {
		f.Input = best
		err = a.addFailure(ctx, f)
	} else {
		f.Module = best
		err = a.addEngines(ctx, f, m.engines)
	}
	return f.ID, errors.Join(err, f.Save(a.Root))
}

// predicate returns what is asked about each input, and what to do when the reduction is over.
func (a *App) predicate(ctx context.Context, o *minOptions, m *minInput) (reduce.Predicate, func(), error) {
	if o.predicate != "" {
		dir, err := os.MkdirTemp("", "min")
		if err != nil {
			return nil, nil, err
		}
		return asks(o.predicate, dir), func() { _ = os.RemoveAll(dir) }, nil
	}
	free := make(chan *shower, o.workers)
	done := func() {
		for len(free) > 0 {
			(<-free).close()
		}
	}
	for range o.workers {
		s, err := a.shower(ctx, m)
		if err != nil {
			done()
			return nil, nil, err
		}
		free <- s
	}
	first := <-free
	want, err := first.bucket(ctx, m.input, nil)
	free <- first
	if err == nil && want.Kind == "" {
		err = errors.New("it does not show: the engines do not differ, or the input does not fail")
	}
	if err != nil {
		done()
		return nil, nil, err
	}
	fmt.Fprintf(a.Stderr, "crashes: keeping: %s\n", want)
	return func(ctx context.Context, input []byte) (bool, error) {
		s := <-free
		defer func() { free <- s }()
		got, err := s.bucket(ctx, input, &want)
		return err == nil && got.String() == want.String(), err
	}, done, nil
}

// shower shows inputs, one at a time.
type shower struct {
	engines []engine.Engine
	finding *finding.Finding
	target  *replay.Target // nil if engines are compared
}

func (a *App) shower(ctx context.Context, m *minInput) (*shower, error) {
	s := &shower{finding: m.finding}
	if s.finding == nil {
		s.finding = &finding.Finding{}
	}
	var err error
	if s.finding.Kind != finding.Failure {
		s.engines, err = a.open(ctx, m.engines)
		return s, err
	}
	if s.target, err = replay.OpenTarget(ctx, s.finding.Target); err != nil || len(m.engines) == 0 {
		return s, err
	}
	if s.engines, err = a.open(ctx, m.engines); err != nil {
		return nil, errors.Join(err, s.target.Close())
	}
	return s, nil
}

func (s *shower) close() {
	session.Close(s.engines)
	if s.target != nil {
		_ = s.target.Close()
	}
}

// minTimeout bounds a run. What is left of a module by a reduction need not end by itself.
const minTimeout = 2 * time.Second

// bucket returns the bucket of an input. If it is known to be another one than want without a search, it is not searched for.
func (s *shower) bucket(ctx context.Context, input []byte, want *finding.Bucket) (finding.Bucket, error) {
	if s.target != nil {
		failed, err := s.target.Run(ctx, input, nil)
		if err != nil || want != nil && !strings.HasPrefix(failed.Bucket.Stage, want.Stage) || failed.Module == nil || len(s.engines) == 0 {
			if failed == nil {
				failed = &replay.Failed{}
			}
			return failed.Bucket, err
		}
		failed, err = s.target.Run(ctx, input, s.engines)
		if err != nil {
			return finding.Bucket{}, err
		}
		return failed.Bucket, nil
	}
	seen, err := replay.Observe(ctx, s.finding, input, s.engines, false, minTimeout)
	if err != nil {
		return finding.Bucket{}, err
	}
	if b := seen.Bucket(); b.Kind == "" || want != nil && b.Coarse().String() != want.Coarse().String() {
		return b, nil
	}
	if seen, err = replay.Observe(ctx, s.finding, input, s.engines, true, minTimeout); err != nil {
		return finding.Bucket{}, err
	}
	return seen.Bucket(), nil
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
