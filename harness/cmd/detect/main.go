// Detect looks which planted bugs the fuzz targets find, and how soon.
//
//	go run ./harness/cmd/detect [-per 60s] [-bug NAME,... | -area NAME] [-control] [-json]
//	go run ./harness/cmd/detect -list
//
// Package runtime/planted has the table of the bugs. All are in one binary, which is built once, with the instrumentation for fuzzing;
// the environment selects one. For each bug the target that ought to find it runs first, on its seeds and then on what it makes of
// them, and the other targets follow. A bug has one worker, and there are as many bugs at a time as processors (-jobs). Findings
// stay in a temporary directory.
//
// The control (-control) shows that it is the oracles that find bugs: without a bug they are silent, and with each bug the target that
// ought to find it, its oracles silent, finds nothing, unless the bug makes it crash.
//
// Exit status: 0; 1 if a bug is missed whose row does not say why, or the control fails; 2 if something cannot be run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// The exit statuses.
const (
	exitMissed = 1
	exitUsage  = 2
)

// options are what the command line says.
type options struct {
	per     time.Duration
	jobs    int
	control bool
	json    bool
	list    bool
	bugs    []planted.Bug
}

// run is the command.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "detect:", err)
		return exitUsage
	case o.list:
		err = list(stdout, o)
	default:
		var ok bool
		if ok, err = detect(ctx, o, stdout, stderr); err == nil && !ok {
			return exitMissed
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, "detect:", err)
		return exitUsage
	}
	return 0
}

// parse reads the command line.
func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	set := flag.NewFlagSet("detect", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.DurationVar(&o.per, "per", 60*time.Second, "time for one bug, with one worker")
	set.IntVar(&o.jobs, "jobs", runtime.NumCPU(), "bugs at a time")
	set.BoolVar(&o.control, "control", false, "silence the oracles: nothing must be found")
	set.BoolVar(&o.json, "json", false, "write the results as JSON")
	set.BoolVar(&o.list, "list", false, "list the bugs and do no more")
	names := set.String("bug", "", "only the bugs with these names, with commas between them")
	area := set.String("area", "", "only the bugs of this area")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case set.NArg() > 0:
		return nil, fmt.Errorf("%q is no argument; there are only flags", set.Arg(0))
	case o.per < time.Second || o.jobs < 1:
		return nil, errors.New("-per is a second at least, and -jobs is 1 at least")
	case *names != "" && *area != "":
		return nil, errors.New("-bug and -area exclude each other")
	}
	var err error
	o.bugs, err = choose(*names, *area)
	return o, err
}

// choose returns the bugs with the names or of the area, or all.
func choose(names, area string) (bugs []planted.Bug, err error) {
	if names != "" {
		for name := range strings.SplitSeq(names, ",") {
			b, ok := planted.Named(name)
			if !ok {
				return nil, fmt.Errorf("there is no bug %q; -list names all", name)
			}
			bugs = append(bugs, b)
		}
		return bugs, nil
	}
	var areas []string
	for b := range planted.All() {
		a := b.Row().Area
		if !slices.Contains(areas, a) {
			areas = append(areas, a)
		}
		if area == "" || a == area {
			bugs = append(bugs, b)
		}
	}
	if len(bugs) == 0 {
		return nil, fmt.Errorf("there is no area %q; there are: %s", area, strings.Join(areas, ", "))
	}
	return bugs, nil
}
