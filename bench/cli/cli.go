// Package cli is the command line of the benchmarks.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	goruntime "runtime"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/bench/inproc"
	"github.com/touchstone-wasm/touchstone/bench/measure"
	"github.com/touchstone-wasm/touchstone/bench/report"
	"github.com/touchstone-wasm/touchstone/bench/workload"
)

// The exit statuses.
const (
	statusOK      = 0
	statusFinding = 1 // an engine computed something wrong
	statusFailure = 2 // wrong usage, an engine that cannot run, an interrupt
)

const usage = `usage: go run ./bench [flags] [workload ...]

Bench times the workloads, all or those that are named, on several engines in one process. Rounds are interleaved;
the table shows the median of all rounds and, after ±, half of the distance between the quartiles. Results are checked.
Exit status: 0 all results right, 1 a wrong result, 2 wrong usage, a failing engine or Ctrl-C (the table shows what was
measured until then).

`

// options are the flags.
type options struct {
	rounds  int
	engines []inproc.Engine
	works   []workload.Workload
	out     string
}

// Main runs the command line and returns the exit status.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stdout)
	if err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return statusOK
		}
		fmt.Fprintf(stderr, "bench: %v (run 'go run ./bench -h' for help)\n", err)
		return statusFailure
	}
	rows, err := o.measure(ctx, stderr)
	status := statusOK
	if err != nil {
		fmt.Fprintf(stderr, "bench: %v\n", err)
		status = statusFailure
		if wrong := (*measure.WrongResult)(nil); errors.As(err, &wrong) {
			status = statusFinding
		}
	}
	if len(rows) == 0 {
		return status
	}
	if err := o.write(stdout, rows); err != nil {
		fmt.Fprintf(stderr, "bench: %v\n", err)
		return statusFailure
	}
	return status
}

// parse reads the flags; for -h it prints the help and returns flag.ErrHelp.
func parse(args []string, stdout io.Writer) (*options, error) {
	o := new(options)
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.IntVar(&o.rounds, "n", 10, "number of `rounds`; each times every engine once")
	names := fs.String("engines", "", "compare these `engines`, separated by commas, with the first of them (default all)")
	fs.StringVar(&o.out, "o", "", "write every sample to `FILE` in Go's benchmark format, for benchstat")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stdout, usage)
			fs.SetOutput(stdout)
			fs.PrintDefaults()
			writeLists(stdout)
		}
		return nil, err
	}
	if o.rounds < 1 {
		return nil, errors.New("-n: at least one round is needed")
	}
	var list []string
	if *names != "" {
		list = strings.Split(*names, ",")
	}
	var err error
	if o.engines, err = choose("engine", inproc.Engines(), list, func(e inproc.Engine) string { return e.Name }); err != nil {
		return nil, err
	}
	o.works, err = choose("workload", workload.All(), fs.Args(), func(w workload.Workload) string { return w.Name })
	return o, err
}

func writeLists(w io.Writer) {
	fmt.Fprint(w, "\nengines:\n")
	for _, e := range inproc.Engines() {
		fmt.Fprintf(w, "  %s\n", e.Name)
	}
	fmt.Fprint(w, "\nworkloads:\n")
	for _, l := range workload.All() {
		fmt.Fprintf(w, "  %-8s %s\n", l.Name, l.Doc)
	}
}

// choose returns the elements with these names in the order of the names, or all if there are none.
func choose[T any](what string, all []T, names []string, name func(T) string) ([]T, error) {
	if len(names) == 0 {
		return all, nil
	}
	var chosen []T
	for i, n := range names {
		at := slices.IndexFunc(all, func(x T) bool { return name(x) == n })
		switch {
		case at < 0:
			return nil, fmt.Errorf("unknown %s %q", what, n)
		case slices.Contains(names[:i], n):
			return nil, fmt.Errorf("%s %q is named twice", what, n)
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
}

// measure runs the workloads one after the other. On an error it returns the rows that are complete, and of the
// workload that was interrupted the rounds that are.
func (o *options) measure(ctx context.Context, progress io.Writer) ([]report.Row, error) {
	var rows []report.Row
	for i, w := range o.works {
		fmt.Fprintf(progress, "bench: %d/%d %s: %s\n", i+1, len(o.works), w.Name, w.Doc)
		series, err := measure.Run(ctx, w, o.engines, o.rounds)
		if len(series) > 0 && len(series[0].Samples) > 0 {
			rows = append(rows, series)
		}
		if err != nil {
			if errors.Is(err, context.Canceled) {
				err = errors.New("interrupted: the table shows what was measured until now")
			}
			return rows, err
		}
	}
	return rows, nil
}

// write writes the table and, with -o, the samples.
func (o *options) write(stdout io.Writer, rows []report.Row) error {
	names := make([]string, len(o.engines))
	for i, e := range o.engines {
		names[i] = e.Name
	}
	fmt.Fprintf(stdout, "machine  %s/%s, %d CPUs, %s; %d rounds\n\n", goruntime.GOOS, goruntime.GOARCH, goruntime.NumCPU(), goruntime.Version(), o.rounds)
	if err := report.Table(stdout, names, rows); err != nil {
		return err
	}
	if o.out == "" {
		return nil
	}
	f, err := os.Create(o.out)
	if err != nil {
		return err
	}
	if err := report.Benchfmt(f, rows); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "\nraw      %s   again: benchstat -col /engine %[1]s\n", o.out)
	return err
}
