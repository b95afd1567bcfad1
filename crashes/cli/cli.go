// Package cli is the command line of the findings.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/touchstone-wasm/touchstone/crashes/finding"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

// The exit statuses.
const (
	statusOK      = 0
	statusFinding = 1 // a replay saw something else than is expected
	statusFailure = 2 // wrong usage, or a failure of the command itself
)

const usage = `usage: go run ./crashes [flags] [command]

Crashes keeps what was found in engines, ours and others, one folder a finding, and replays it.

commands:
  list                    a table of the findings (the default)
  show ID                 all that is known about one finding, and how to show it again
  replay [ID ...]         run all findings, or those named, and say what became different
  min [flags] ID|FILE     make a finding, or any input, smaller; 'min -h' shows the flags
  add [flags] file.wasm   run a module on the engines and keep what they do; 'add -h' shows the flags

Exit status: 0 all as expected, 1 a replay saw something else, 2 wrong usage or own failure.

flags:
`

// App is what the command works with.
type App struct {
	Root    string // the folder of the findings, if -root does not say otherwise
	Engines []session.Candidate
	Stdout  io.Writer
	Stderr  io.Writer
}

// usageError is a wrong command line.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// Main runs the command line and returns the exit status.
func (a *App) Main(ctx context.Context, args []string) int {
	status, err := a.main(ctx, args)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return status
	}
	msg := err.Error()
	if errors.As(err, new(usageError)) {
		msg += " (run 'go run ./crashes -h' for help)"
	}
	fmt.Fprintf(a.Stderr, "crashes: %s\n", msg)
	return statusFailure
}

func (a *App) main(ctx context.Context, args []string) (int, error) {
	fs := flag.NewFlagSet("crashes", flag.ContinueOnError)
	fs.StringVar(&a.Root, "root", a.Root, "the `folder` of the findings")
	if err := a.parse(fs, args, usage); err != nil {
		return statusOK, err
	}
	args = fs.Args()
	if len(args) == 0 {
		args = []string{"list"}
	}
	switch command, args := args[0], args[1:]; command {
	case "list":
		if len(args) > 0 {
			return 0, usagef("list takes no arguments")
		}
		return statusOK, a.list()
	case "show":
		if len(args) != 1 {
			return 0, usagef("show takes one ID")
		}
		return statusOK, a.show(args[0])
	case "replay":
		return a.replay(ctx, args)
	case "min":
		return statusOK, a.min(ctx, args)
	case "add":
		return statusOK, a.add(ctx, args)
	default:
		return 0, usagef("unknown command %q", command)
	}
}

// parse parses flags; help goes to stdout behind the text usage.
func (a *App) parse(fs *flag.FlagSet, args []string, usage string) error {
	fs.SetOutput(io.Discard)
	err := fs.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(a.Stdout, usage)
		fs.SetOutput(a.Stdout)
		fs.PrintDefaults()
		return err
	}
	if err != nil {
		return usageError{err}
	}
	return nil
}

// find returns the finding whose id begins with prefix.
func (a *App) find(prefix string) (*finding.Finding, error) {
	list, err := finding.List(a.Root)
	if err != nil {
		return nil, err
	}
	var found []*finding.Finding
	for _, f := range list {
		if strings.HasPrefix(f.ID, prefix) {
			found = append(found, f)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("no finding %q in %s", prefix, a.Root)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("%d findings begin with %q", len(found), prefix)
}

// choose returns the findings that the prefixes name, or all if there are none.
func (a *App) choose(prefixes []string) ([]*finding.Finding, error) {
	if len(prefixes) == 0 {
		return finding.List(a.Root)
	}
	var list []*finding.Finding
	for _, p := range prefixes {
		f, err := a.find(p)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}
