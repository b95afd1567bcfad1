// Command ci runs the checks that a change must pass.
//
// Its subcommands stand in a table; "go run ./ci -h" lists them.
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/touchstone-wasm/touchstone/ci/check"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(check.Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
