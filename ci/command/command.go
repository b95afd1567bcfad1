// Package command is what the subcommands of ci have in common: how they are called, what their exit statuses mean, where the project is.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// The exit statuses.
const (
	OK      = 0
	Finding = 1 // something was found, or a check failed
	Failure = 2 // wrong usage, or something that cannot be run
)

// Command is one subcommand.
type Command struct {
	Name  string
	Short string // one line for the overview
	// Run runs it with the arguments behind its name and returns the exit status. The result goes to stdout, all else to stderr.
	Run func(ctx context.Context, args []string, stdout, stderr io.Writer) int
}

// Flags returns the flags of a subcommand, which print nothing by themselves: [Parse] does.
func Flags(name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return fs
}

// Parse parses flags. If it returns false, the subcommand ends with the status: the help was asked for and is printed, or they are wrong.
func Parse(fs *flag.FlagSet, args []string, usage string, stdout, stderr io.Writer) (status int, ok bool) {
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		fs.SetOutput(stdout)
		fs.PrintDefaults()
		return OK, false
	case err != nil:
		return Fail(stderr, err), false
	}
	return OK, true
}

// Fail says why a subcommand cannot go on and returns its exit status.
func Fail(w io.Writer, err error) int {
	fmt.Fprintf(w, "ci: %v\n", err)
	return Failure
}

// Root returns the nearest folder, from the current one upwards, that holds go.mod.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod here or above; run the command inside the project")
		}
		dir = parent
	}
}
