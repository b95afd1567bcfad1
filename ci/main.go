// Command ci runs the checks that a change must pass, and fuzzes continuously.
//
// Its subcommands stand in a list; "go run ./ci -h" prints it.
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/touchstone-wasm/touchstone/ci/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	// A second Ctrl-C ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(cli.Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
