// Command crashes keeps what was found in engines and replays it.
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/touchstone-wasm/touchstone/crashes/cli"
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
)

// root is the folder of the findings, seen from the top of the project.
const root = "crashes/found"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	app := &cli.App{Root: root, Engines: all.ByDefault(), Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(app.Main(ctx, os.Args[1:]))
}
