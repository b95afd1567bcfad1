// Package cli is the command line of the benchmarks.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/bench/build"
	"github.com/touchstone-wasm/touchstone/bench/machine"
	"github.com/touchstone-wasm/touchstone/bench/measure"
	"github.com/touchstone-wasm/touchstone/bench/report"
	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// The exit statuses.
const (
	statusOK      = 0
	statusFinding = 1 // an engine computed something wrong
	statusFailure = 2 // wrong usage, no engine, an interrupt
)

// App is the command with what it depends on.
type App struct {
	Engines        []all.Entry // in the order of the columns
	Suites         func(workload.Sources) []workload.Suite
	Stdout, Stderr io.Writer
}

// Main runs the command line and returns the exit status.
func (app *App) Main(ctx context.Context, args []string) int {
	fail := func(err error) int {
		fmt.Fprintf(app.Stderr, "bench: %v\n", err)
		return statusFailure
	}
	o, err := app.parse(args)
	switch {
	case errors.Is(err, errHelp):
		return statusOK
	case err != nil:
		return fail(fmt.Errorf("%w (run 'go run ./bench -h' for help)", err))
	}
	switch {
	case o.compare:
		return app.compare(o.names, o.format())
	case o.config:
		fmt.Fprint(app.Stdout, workload.SPECConfig)
		return statusOK
	case o.clean:
		dir, err := build.Clean()
		if err != nil {
			return fail(err)
		}
		fmt.Fprintf(app.Stdout, "removed %s\n", dir)
		return statusOK
	}
	out := io.WriteCloser(nil)
	if o.out != "" {
		if out, err = os.Create(o.out); err != nil {
			return fail(err)
		}
		defer out.Close()
	}
	line := machine.Describe() + "; " + timing.Pinning() // before our own programs run
	timers, err := app.open(ctx, o)
	defer closeAll(timers)
	if err != nil {
		return fail(err)
	}
	fmt.Fprintf(app.Stdout, "machine  %s\nengines  %s\nrounds   %s\n", line, versions(timers), o.describe())
	suites, err := app.measure(ctx, o, timers)
	status := statusOK
	if err != nil {
		status = fail(err)
	}
	for i := range suites {
		fmt.Fprintln(app.Stdout)
		if err := suites[i].Write(app.Stdout, o.format()); err != nil {
			return fail(err)
		}
	}
	if o.html != "" {
		if err := writeHTML(o.html, line, versions(timers), suites); err != nil {
			return fail(err)
		}
		fmt.Fprintf(app.Stdout, "\nreport   %s\n", o.html)
	}
	if out != nil {
		if err := errors.Join(report.Benchfmt(out, suites), out.Close()); err != nil {
			return fail(err)
		}
		fmt.Fprintf(app.Stdout, "\nsamples  %s   to compare: benchstat -col /engine %[1]s\n", o.out)
	}
	if status == statusOK && wrong(suites) {
		status = statusFinding
	}
	return status
}

// measure runs the workloads one after the other. When ctx ends it returns what is complete.
func (app *App) measure(ctx context.Context, o *options, timers []timing.Timer) (suites []report.Suite, err error) {
	progress := o.plan(app.Stderr, timers)
	if o.World, err = workload.MakeWorld(); err != nil {
		return nil, err
	}
	defer o.World.Close()
	for _, s := range o.suites {
		var result *report.Suite
		result, err = app.suite(ctx, o, &s, timers, progress)
		if result.Trim(); len(result.Rows) > 0 && len(result.Engines) > 0 {
			suites = append(suites, *result)
		}
		if err != nil {
			return suites, errors.New("interrupted: the tables show what was measured until now")
		}
	}
	return suites, nil
}

// suite runs the workloads of one suite.
func (app *App) suite(ctx context.Context, o *options, s *workload.Suite, timers []timing.Timer, p *progress) (*report.Suite, error) {
	result := &report.Suite{Name: s.Name, Baseline: s.Baseline, Wall: s.Wall, Apart: s.Apart}
	timers = slices.DeleteFunc(slices.Clone(timers), func(t timing.Timer) bool { return !s.Takes(t.Name()) })
	for _, t := range timers {
		result.Engines = append(result.Engines, t.Name())
	}
	options := o.Options
	options.Wall, options.Rounds = s.Wall, o.rounds(s)
	options.Progress = func(step measure.Step) { p.next(s, step) }
	options.Until = p.begin(s)
	rows, err := measure.Run(ctx, s.Workloads, timers, options)
	rows = slices.DeleteFunc(rows, func(row []*measure.Series) bool {
		return !slices.ContainsFunc(row, func(s *measure.Series) bool { return len(s.Samples) > 0 || s.Err != nil })
	})
	measure.Subtract(rows, s.Overhead)
	for _, row := range rows {
		result.Rows = append(result.Rows, row)
	}
	return result, err
}

// wrong reports whether an engine computed something wrong.
func wrong(suites []report.Suite) bool {
	for _, s := range suites {
		for _, row := range s.Rows {
			for _, series := range row {
				if errors.As(series.Err, new(*measure.WrongResult)) || errors.As(series.Err, new(*measure.Disagreement)) {
					return true
				}
			}
		}
	}
	return false
}

// versions returns the engines with what they say of themselves.
func versions(timers []timing.Timer) string {
	var list []string
	for _, t := range timers {
		list = append(list, t.Name()+" "+t.Version())
	}
	return strings.Join(list, ", ")
}
