// Package cli is the command line of ci: the list of its subcommands.
package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/command"
	"github.com/touchstone-wasm/touchstone/ci/conform"
	"github.com/touchstone-wasm/touchstone/ci/cover"
	"github.com/touchstone-wasm/touchstone/ci/execute"
	"github.com/touchstone-wasm/touchstone/ci/loop"
	"github.com/touchstone-wasm/touchstone/ci/replay"
	"github.com/touchstone-wasm/touchstone/ci/report"
	"github.com/touchstone-wasm/touchstone/ci/steps"
	"github.com/touchstone-wasm/touchstone/ci/targets"
)

// commands are the subcommands, those that a developer needs first.
var commands = []command.Command{
	steps.Command,
	targets.Command,
	loop.Command,
	replay.Command,
	replay.Triage,
	replay.Merge,
	cover.Command,
	report.Command,
	build.Command,
	conform.Command,
	execute.Command,
}

// Main runs the command line and returns the exit status.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		writeOverview(stderr)
		return command.Failure
	}
	if slices.Contains([]string{"-h", "-help", "--help", "help"}, args[0]) {
		writeOverview(stdout)
		return command.OK
	}
	for _, c := range commands {
		if c.Name == args[0] {
			return c.Run(ctx, args[1:], stdout, stderr)
		}
	}
	fmt.Fprintf(stderr, "ci: unknown command %q; run 'go run ./ci -h' for the list\n", args[0])
	return command.Failure
}

func writeOverview(w io.Writer) {
	fmt.Fprint(w, "ci runs what continuous integration runs, and fuzzes continuously.\n\nusage: go run ./ci command [flags] [arguments]\n\ncommands:\n")
	for _, c := range commands {
		if c.Short != "" {
			fmt.Fprintf(w, "  %-8s %s\n", c.Name, c.Short)
		}
	}
}
