package check

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The exit statuses.
const (
	statusOK      = 0
	statusFinding = 1 // a step failed
	statusFailure = 2 // wrong usage, or a tool that cannot be started
)

const usage = `usage: go run ./ci check [flags] [step ...]

Check runs the steps that every change must pass, or those that are named. A step that fails does not keep the
others from running. Exit status: 0 all passed, 1 a step failed, 2 wrong usage or a tool that cannot be started.

`

// command is one subcommand.
type command struct {
	name, short string
	run         func(ctx context.Context, args []string, stdout, stderr io.Writer) int
}

// commands is the list of subcommands.
var commands = []command{
	{"check", "run the steps that every change must pass", checkMain},
}

// Main runs the command line of the command ci and returns the exit status.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		writeOverview(stderr)
		return statusFailure
	}
	if slices.Contains([]string{"-h", "-help", "--help", "help"}, args[0]) {
		writeOverview(stdout)
		return statusOK
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(ctx, args[1:], stdout, stderr)
		}
	}
	fmt.Fprintf(stderr, "ci: unknown command %q; run 'go run ./ci -h' for the list\n", args[0])
	return statusFailure
}

func writeOverview(w io.Writer) {
	fmt.Fprint(w, "ci runs what continuous integration runs.\n\nusage: go run ./ci command [flags] [arguments]\n\ncommands:\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-8s %s\n", c.name, c.short)
	}
}

func checkMain(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("check", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	list := fs.Bool("list", false, "print the steps and their commands, and run nothing")
	skip := fs.String("skip", "", "leave out the `steps`, separated by commas")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stdout, usage)
			fs.SetOutput(stdout)
			fs.PrintDefaults()
			fmt.Fprintln(stdout, "\nsteps:")
			for _, s := range Steps() {
				fmt.Fprintf(stdout, "  %-8s %s\n", s.Name, s.Doc)
			}
			return statusOK
		}
		return fail(stderr, err)
	}
	var skipped []string
	if *skip != "" {
		skipped = strings.Split(*skip, ",")
	}
	steps, err := choose(Steps(), fs.Args(), skipped)
	if err != nil {
		return fail(stderr, err)
	}
	if *list {
		writeSteps(stdout, steps)
		return statusOK
	}
	dir, err := moduleRoot()
	if err != nil {
		return fail(stderr, err)
	}
	return verdict(&Runner{Dir: dir, Stdout: stdout, Stderr: stderr}, ctx, steps)
}

func verdict(r *Runner, ctx context.Context, steps []Step) int {
	failed, err := r.Run(ctx, steps)
	if err != nil {
		return fail(r.Stderr, err)
	}
	if len(failed) > 0 {
		fmt.Fprintf(r.Stdout, "ci: %d of %d steps failed: %s\n", len(failed), len(steps), strings.Join(failed, ", "))
		return statusFinding
	}
	skipped := ""
	if r.skipped > 0 {
		skipped = fmt.Sprintf(", %d skipped", r.skipped)
	}
	fmt.Fprintf(r.Stdout, "ci: %d steps passed%s\n", len(steps)-r.skipped, skipped)
	return statusOK
}

func fail(w io.Writer, err error) int {
	fmt.Fprintf(w, "ci: %v\n", err)
	return statusFailure
}

func writeSteps(w io.Writer, steps []Step) {
	for _, s := range steps {
		fmt.Fprintf(w, "%s: %s\n", s.Name, s.Doc)
		for _, c := range s.Cmds {
			fmt.Fprintf(w, "  %s\n", strings.Join(append(append([]string(nil), c.Env...), c.Args...), " "))
		}
	}
}

// choose returns the steps that are named, or all if none is, without the skipped ones.
func choose(steps []Step, names, skipped []string) ([]Step, error) {
	known := map[string]bool{}
	for _, s := range steps {
		known[s.Name] = true
	}
	for _, name := range append(append([]string(nil), names...), skipped...) {
		if !known[name] {
			return nil, fmt.Errorf("unknown step %q; run 'go run ./ci check -list'", name)
		}
	}
	var chosen []Step
	for _, s := range steps {
		if (len(names) == 0 || slices.Contains(names, s.Name)) && !slices.Contains(skipped, s.Name) {
			chosen = append(chosen, s)
		}
	}
	if len(chosen) == 0 {
		return nil, errors.New("no step is left to run")
	}
	return chosen, nil
}

// moduleRoot returns the nearest folder, from the current one upwards, that holds go.mod.
func moduleRoot() (string, error) {
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
