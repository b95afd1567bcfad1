// Package cli is the command line of the findings.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

// The exit statuses.
const (
	statusOK      = 0
	statusFinding = 1 // a replay saw something else than is expected
	statusFailure = 2 // wrong usage, or a failure of the command itself
)

const usage = `usage: go run ./crashes [flags] [command]

Crashes keeps what was found in engines, ours and others, and by fuzz targets, one folder a finding, and replays it.

commands; 'COMMAND -h' shows the flags of one:
  list                     a table of the findings (the default)
  show ID                  all that is known about one finding, and how to show it again
  replay [flags] [ID ...]  show all findings again, or those named, and say what became different
  min [flags] ID|FILE      make a finding, or any input, smaller
  add [flags] FOLDER       move a finding that ./differential kept here, if none of the same bucket is here
  add [flags] FILE         run a module on the engines, or with -target an input of a fuzz target, and keep what they do
  close -as STATE ID       say what became of a finding
  report [flags] ID|all    write findings for people or other programs: -format md, json, junit or sarif

An ID may be shortened. Exit status: 0 all as expected, 1 a replay saw something else, 2 wrong usage or own failure.

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
	if err := finding.Recover(a.Root); err != nil {
		return statusOK, err
	}
	args = fs.Args()
	if len(args) == 0 {
		args = []string{"list"}
	}
	switch command, args := args[0], args[1:]; command {
	case "list":
		if err := a.arguments("list", args, 0); err != nil {
			return 0, err
		}
		return statusOK, a.list()
	case "show":
		if err := a.arguments("show ID", args, 1); err != nil {
			return 0, err
		}
		return statusOK, a.show(args[0])
	case "replay":
		return a.replay(ctx, args)
	case "min":
		return statusOK, a.min(ctx, args)
	case "add":
		return statusOK, a.add(ctx, args)
	case "close":
		return statusOK, a.close(ctx, args)
	case "report":
		return statusOK, a.report(args)
	default:
		return 0, usagef("unknown command %q", command)
	}
}

// arguments checks the arguments of a command without flags.
func (a *App) arguments(form string, args []string, n int) error {
	command, _, _ := strings.Cut(form, " ")
	fs := flag.NewFlagSet(command, flag.ContinueOnError)
	rest, err := a.mixed(fs, args, "usage: go run ./crashes "+form+"\n")
	if err == nil && len(rest) != n {
		err = usagef("it is: %s", form)
	}
	return err
}

// mixed parses flags that may stand before and behind the arguments, which it returns.
func (a *App) mixed(fs *flag.FlagSet, args []string, usage string) (rest []string, err error) {
	for {
		if err := a.parse(fs, args, usage); err != nil {
			return nil, err
		}
		if args = fs.Args(); len(args) == 0 {
			return rest, nil
		}
		rest, args = append(rest, args[0]), args[1:]
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
	var ids []string
	for _, f := range found {
		ids = append(ids, f.ID)
	}
	return nil, fmt.Errorf("%d findings begin with %q: %s", len(found), prefix, strings.Join(ids, ", "))
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
