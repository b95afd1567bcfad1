package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// The exit statuses of the command itself. A guest that ends normally replaces them by its own.
const (
	statusOK      = 0
	statusTrap    = 1   // the guest ended abnormally: a trap, a violation, a limit
	statusFailure = 2   // wrong usage, or something that kept the guest from being started
	statusSignal  = 128 // plus the number of the signal that stopped the guest, as shells do
)

// streams are the files that the command and its guest share.
type streams struct {
	in, out, err *os.File
}

// command is one subcommand.
type command struct {
	name     string
	synopsis string // what follows the name on the command line
	short    string // one line for the list of subcommands
	long     string // the help text between the synopsis and the flags
	// flags declares the command's flags; what it returns is called with the arguments that follow them and
	// returns the exit status.
	flags func(fs *flag.FlagSet) func(args []string, s streams) (int, error)
}

// commands is the list of subcommands, in the order in which the help shows them.
var commands = []*command{runCommand, traceCommand, dumpCommand, policyCommand, versionCommand}

// usageError is a wrong command line.
type usageError struct{ msg string }

// Error returns what is wrong.
func (e *usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// touchstone runs the command line and returns the exit status.
func touchstone(args []string, s streams) int {
	if len(args) == 0 {
		writeOverview(s.err)
		return statusFailure
	}
	switch args[0] {
	case "-h", "-help", "--help", "help":
		return help(args[1:], s)
	}
	c := findCommand(args[0])
	if c == nil {
		report(s.err, fmt.Sprintf("unknown command %q; run 'touchstone -h' for the list", args[0]))
		return statusFailure
	}
	return c.execute(args[1:], s)
}

func findCommand(name string) *command {
	for _, c := range commands {
		if c.name == name {
			return c
		}
	}
	return nil
}

// help prints the list of subcommands, or the help of the one that args names.
func help(args []string, s streams) int {
	if len(args) == 0 {
		writeOverview(s.out)
		return statusOK
	}
	c := findCommand(args[0])
	if c == nil {
		report(s.err, fmt.Sprintf("unknown command %q; run 'touchstone -h' for the list", args[0]))
		return statusFailure
	}
	return c.execute([]string{"-h"}, s)
}

// execute parses the flags of c and runs it.
func (c *command) execute(args []string, s streams) int {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard) // errors and help are printed here, so that each goes to the right stream once
	action := c.flags(fs)
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			c.writeHelp(s.out, fs)
			return statusOK
		}
		msg := err.Error()
		if strings.Contains(msg, "not defined") && strings.Contains(msg, "@") {
			msg += ": the -link of the module must come before"
		}
		return c.fail(&usageError{msg}, s)
	}
	status, err := action(fs.Args(), s)
	if err != nil {
		return c.fail(err, s)
	}
	return status
}

// fail prints what kept the command from its work.
func (c *command) fail(err error, s streams) int {
	msg := err.Error()
	if usage := (*usageError)(nil); errors.As(err, &usage) {
		msg += fmt.Sprintf(" (run 'touchstone %s -h' for help)", c.name)
	}
	report(s.err, msg)
	return statusFailure
}

func (c *command) writeHelp(w io.Writer, fs *flag.FlagSet) {
	fmt.Fprintf(w, "usage: touchstone %s %s\n\n%s\n\nflags:\n", c.name, c.synopsis, strings.TrimSpace(c.long))
	fs.SetOutput(w)
	fs.PrintDefaults()
}

func writeOverview(w io.Writer) {
	fmt.Fprint(w, "touchstone runs WebAssembly modules.\n\nusage: touchstone command [flags] [arguments]\n\ncommands:\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-8s %s\n", c.name, c.short)
	}
	fmt.Fprint(w, "\nRun 'touchstone command -h' for the flags of a command.\n")
}
