// Package cli is the differential command: its flags, what it prints and its exit status.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/differential/report"
	"github.com/touchstone-wasm/touchstone/differential/session"
	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/generators/module"
)

// The exit statuses.
const (
	exitNothing = 0
	exitFound   = 1
	exitFailure = 2
)

// App is what the command works with.
type App struct {
	Engines []session.Candidate
	// Generate makes a module of a tape. The options have the mode and the features besides those that every engine has.
	Generate func(tape []byte, opts module.Options) ([]byte, error)
	// Canonical makes the NaNs of a module canonical, see [session.Config]; it may be nil.
	Canonical      func(module []byte) ([]byte, bool)
	Known          []compare.Known
	Stdout, Stderr io.Writer
}

// Main runs the command and returns its exit status. When ctx is done it stops and writes the summary.
func (a *App) Main(ctx context.Context, args []string) int {
	o, err := parse(args, a.Stderr, all.Names(a.Engines))
	if errors.Is(err, flag.ErrHelp) {
		return exitNothing
	}
	if err != nil {
		return a.fail(err)
	}
	r := &run{App: a, o: o, told: map[string]bool{}}
	var found bool
	if o.listEngines() {
		err = report.Engines(a.Stdout, all.Look(ctx, a.Engines))
	} else if o.regressions {
		found, err = r.regressions(ctx)
	} else if o.wasi {
		found, err = r.wasi(ctx)
	} else if err = r.run(ctx); err == nil {
		found = r.stats.Findings() > 0
	}
	switch {
	case err != nil:
		return a.fail(err)
	case found:
		return exitFound
	}
	return exitNothing
}

// fail says what went wrong and returns the exit status. A reader that has gone away needs no words.
func (a *App) fail(err error) int {
	var wrong usageError
	switch {
	case errors.Is(err, syscall.EPIPE):
	case errors.As(err, &wrong) && wrong.error == nil:
	case errors.As(err, &wrong):
		fmt.Fprintf(a.Stderr, "differential: %v\nRun with -help for the flags.\n", err)
	default:
		fmt.Fprintf(a.Stderr, "differential: %v\n", err)
	}
	return exitFailure
}

// run is one run of the command.
type run struct {
	*App
	o        *options
	progress *report.Progress
	versions []string
	stats    *session.Stats
	full     int             // findings that were written in full
	told     map[string]bool // the known defects of which one was written in full
	// uncounted is the number of functions that do not count what they do, see [instrument.Module].
	uncounted atomic.Int64
	unkept    error // why a finding could not be kept, the first time
}

// maxFull bounds the findings that are written in full; later ones get a line each. What is kept has everything.
const maxFull = 100

func (r *run) run(ctx context.Context) error {
	chosen, err := session.Choose(r.Engines, r.o.engines)
	if err != nil {
		return usageError{err}
	}
	cases, goal, err := r.cases()
	if err != nil {
		return err
	}
	if r.o.given["out"] && r.o.out != "" {
		if err := os.MkdirAll(r.o.out, 0o755); err != nil {
			return fmt.Errorf("-out: %w", err)
		}
	}
	engines, err := r.open(ctx, chosen, 2)
	if err != nil {
		return err
	}
	defer session.Close(engines)
	cfg := session.Config{World: r.o.world, Timeout: r.o.timeout, Known: r.Known, Canonical: r.Canonical, Found: r.found, Ran: r.ran}
	if r.o.time > 0 {
		cfg.Stop = time.Now().Add(r.o.time)
	}
	r.traces(&cfg)
	r.progress = report.NewProgress(r.Stderr, goal)
	cfg.Judged = r.progress.Update
	r.stats, err = session.Run(ctx, engines, cases, cfg)
	r.progress.Close()
	return errors.Join(err, r.summary(), r.unkept)
}

// gcPercent is how much the heap may grow between two collections while modules are generated: little of it lives for longer than the comparison of
// one, and the engines want the processors.
const gcPercent = 400

// cases returns the modules to compare and how many they are, 0 if that is not known.
func (r *run) cases() (source.Cases, int, error) {
	o := r.o
	if len(o.paths) > 0 {
		files, err := source.Find(o.paths)
		return source.Files(files), len(files), err
	}
	fmt.Fprintf(r.Stderr, "differential: seed %d\n", o.seed)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	generate := func(tape []byte) ([]byte, error) {
		return r.Generate(tape, module.Options{Mode: o.mode, Features: o.features})
	}
	if o.given["only"] {
		return source.Generated(generate, o.seed, o.only, 1), 1, nil
	}
	return source.Generated(generate, o.seed, 0, o.n), int(max(o.n, 0)), nil
}

// open starts the engines, of which some are needed, and says once which this machine cannot run.
func (r *run) open(ctx context.Context, chosen []session.Candidate, needed int) ([]engine.Engine, error) {
	fmt.Fprintf(r.Stderr, "differential: starting %s; the first time, workers are built\n", strings.Join(all.Names(chosen), ", "))
	engines, skipped, err := session.Open(ctx, chosen)
	if err != nil {
		return nil, err
	}
	for _, s := range skipped {
		fmt.Fprintf(r.Stderr, "differential: %s skipped: %s\n", s.Engine, s.Reason)
		if s.Err != nil {
			fmt.Fprintf(r.Stderr, "differential: %s: %v\n", s.Engine, s.Err)
		}
	}
	if len(engines) < needed {
		session.Close(engines)
		return nil, fmt.Errorf("%d of the chosen engines can run here; a comparison needs two", len(engines))
	}
	for _, e := range engines {
		r.versions = append(r.versions, e.Version())
	}
	return engines, nil
}

// found keeps and prints one finding.
func (r *run) found(f *session.Finding) error {
	again, saved := r.again(f.Case.Path, f), ""
	if f.Case.Path == "" {
		again = command(append(r.levelled(r.flags(nil)), r.made(f.Case.Index)...))
	}
	if r.o.out != "" && f.Known == nil {
		saved = report.Folder(r.o.out, f)
		kept := r.again(filepath.Join(saved, finding.ModuleFile), f)
		if err := report.Save(r.o.out, f, r.versions, kept, r.origin(f, again)); err != nil {
			saved = "" // it is written all the same, and the session goes on
			if r.unkept == nil {
				r.unkept = fmt.Errorf("a finding could not be kept: %w", err)
			}
		}
	}
	return r.progress.Print(func() error {
		if r.o.json {
			return report.FindingJSON(r.Stdout, f, again, saved)
		}
		text := report.Line(f, again, saved)
		if r.inFull(f) {
			text = r.colour(report.Finding(f, again, saved))
		}
		_, err := fmt.Fprintln(r.Stdout, text)
		return err
	})
}

// origin says how f was come to, for its folder.
func (r *run) origin(f *session.Finding, again string) finding.Origin {
	o := finding.Origin{Command: again, Level: r.o.level}
	if f.Case.Path == "" {
		o.Seed, o.Index = &r.o.seed, &f.Case.Index
	}
	return o
}

// ran prints what the calls of a program of hostcalls returned on each engine. Most of the differences are allowed by WASI, so that they
// are no findings.
func (r *run) ran(f *session.Finding) error {
	if f.Case.Calls == nil || r.o.json {
		return nil
	}
	return r.progress.Print(func() error { return report.Errnos(r.Stdout, f) })
}

// made are the flags that generate a module again.
func (r *run) made(index int64) (flags []string) {
	if r.o.featureList != "" {
		flags = append(flags, "-features", r.o.featureList)
	}
	if r.o.mode != module.Mixed {
		flags = append(flags, "-mode", r.o.mode.String())
	}
	return append(flags, "-seed", fmt.Sprint(r.o.seed), "-only", fmt.Sprint(index))
}

// inFull decides whether a finding is written in full: the first of each known defect, and a number of the others.
func (r *run) inFull(f *session.Finding) bool {
	if f.Known != nil {
		first := !r.told[f.Known.Name]
		r.told[f.Known.Name] = true
		return first
	}
	r.full++
	return r.full <= maxFull
}

// again is the command that compares the module in a file as f was.
func (r *run) again(path string, f *session.Finding) string {
	return command(append(r.levelled(r.flags(f.World), path), path))
}

// levelled appends the level of traces if it is not the default for what is compared.
func (r *run) levelled(flags []string, paths ...string) []string {
	if r.o.level == defaultLevel(paths) {
		return flags
	}
	return append(flags, "-level", fmt.Sprint(r.o.level))
}

// flags are the flags of this run that a reproduction needs.
func (r *run) flags(world *session.World) (flags []string) {
	add := func(name string, values ...string) {
		for _, v := range values {
			flags = append(flags, "-"+name, v)
		}
	}
	if r.o.given["engines"] {
		add("engines", strings.Join(r.o.engines, ","))
	}
	if r.o.given["timeout"] {
		add("timeout", r.o.timeout.String())
	}
	if world != nil {
		add("dir", r.o.dirs...)
		add("env", r.o.env...)
		add("arg", r.o.args...)
		if r.o.stdin != "" {
			add("stdin", r.o.stdin)
		}
	}
	return flags
}

// summary writes the end of the output.
func (r *run) summary() error {
	if r.o.json {
		return report.SummaryJSON(r.Stdout, r.stats, r.o.seed)
	}
	if r.stats.Interrupted {
		fmt.Fprintln(r.Stderr, "differential: interrupted")
	}
	if err := report.Table(r.Stdout, r.stats); err != nil {
		return err
	}
	if n := r.uncounted.Load(); n > 0 {
		fmt.Fprintf(r.Stdout, "%d functions do not count what they do: they have no room for more locals or operands, or are very long\n", n)
	}
	if len(r.o.paths) == 0 {
		_, err := fmt.Fprintf(r.Stdout, "seed %d\n", r.o.seed)
		return err
	}
	return nil
}

// colour makes the marks red on a terminal, unless NO_COLOR is set.
func (r *run) colour(text string) string {
	f, ok := r.Stdout.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || !term.IsTerminal(int(f.Fd())) {
		return text
	}
	return strings.ReplaceAll(text, ">>>", "\x1b[31m>>>\x1b[0m")
}

// command writes the command line that runs this program with args, for a POSIX shell.
func command(args []string) string {
	words := []string{"go", "run", "./differential"}
	if _, err := os.Stat("differential/main.go"); err != nil { // not at the top of the repository
		words[2] = "github.com/touchstone-wasm/touchstone/differential"
	}
	for _, a := range args {
		words = append(words, quote(a))
	}
	return strings.Join(words, " ")
}

// quote quotes a word for a POSIX shell if it needs that.
func quote(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+./:,@%"
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
