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
	Suites         []workload.Suite
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
	out := io.WriteCloser(nil)
	if o.out != "" {
		if out, err = os.Create(o.out); err != nil {
			return fail(err)
		}
		defer out.Close()
	}
	line := machine.Describe() // before our own programs run
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
		if err := suites[i].Write(app.Stdout); err != nil {
			return fail(err)
		}
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
	total := 0
	for _, s := range o.suites {
		total += len(s.Workloads)
	}
	engines := make([]string, len(timers))
	for i, t := range timers {
		engines[i] = t.Name()
	}
	if o.Dir, err = workload.MakeDir(); err != nil {
		return nil, err
	}
	defer os.RemoveAll(o.Dir)
	n := 0
	for _, s := range o.suites {
		result := report.Suite{Name: s.Name, Baseline: s.Baseline, Engines: engines}
		for _, w := range s.Workloads {
			n++
			fmt.Fprintf(app.Stderr, "bench: %d/%d %s/%s: %s\n", n, total, s.Name, w.Name, w.Doc)
			var row report.Row
			row, err = measure.Run(ctx, w, timers, o.Options)
			if slices.ContainsFunc(row, func(s *measure.Series) bool { return len(s.Samples) > 0 || s.Err != nil }) {
				result.Rows = append(result.Rows, row)
			}
			if err != nil {
				err = errors.New("interrupted: the tables show what was measured until now")
				break
			}
		}
		if result.Trim(); len(result.Rows) > 0 && len(result.Engines) > 0 {
			suites = append(suites, result)
		}
		if err != nil {
			break
		}
	}
	return suites, err
}

// wrong reports whether an engine computed something wrong.
func wrong(suites []report.Suite) bool {
	for _, s := range suites {
		for _, row := range s.Rows {
			for _, series := range row {
				if w := (*measure.WrongResult)(nil); errors.As(series.Err, &w) {
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
