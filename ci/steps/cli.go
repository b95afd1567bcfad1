package steps

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/ci/command"
)

const usage = `usage: go run ./ci test [flags] [step ...]

Test runs the steps that every change must pass, or those that are named. A step that fails does not keep the
others from running. Exit status: 0 all passed, 1 a step failed, 2 wrong usage or a tool that cannot be started.

`

// Command is the subcommand test.
var Command = command.Command{Name: "test", Short: "run the steps that every change must pass", Run: run}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := command.Flags("test")
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
			return command.OK
		}
		return command.Fail(stderr, err)
	}
	var skipped []string
	if *skip != "" {
		skipped = strings.Split(*skip, ",")
	}
	steps, err := choose(Steps(), fs.Args(), skipped)
	if err != nil {
		return command.Fail(stderr, err)
	}
	if *list {
		writeSteps(stdout, steps)
		return command.OK
	}
	dir, err := command.Root()
	if err != nil {
		return command.Fail(stderr, err)
	}
	return verdict(&Runner{Dir: dir, Stdout: stdout, Stderr: stderr}, ctx, steps)
}

func verdict(r *Runner, ctx context.Context, steps []Step) int {
	failed, err := r.Run(ctx, steps)
	if err != nil {
		return command.Fail(r.Stderr, err)
	}
	if len(failed) > 0 {
		fmt.Fprintf(r.Stdout, "ci: %d of %d steps failed: %s\n", len(failed), len(steps), strings.Join(failed, ", "))
		return command.Finding
	}
	skipped := ""
	if r.skipped > 0 {
		skipped = fmt.Sprintf(", %d skipped", r.skipped)
	}
	fmt.Fprintf(r.Stdout, "ci: %d steps passed%s\n", len(steps)-r.skipped, skipped)
	return command.OK
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
			return nil, fmt.Errorf("unknown step %q; run 'go run ./ci test -list'", name)
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
