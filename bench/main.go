// Command bench compares engines on the workloads of package workload.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/touchstone-wasm/touchstone/bench/cli"
	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	app := &cli.App{Engines: all.Timed(), Suites: workload.Suites, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(app.Main(ctx, os.Args[1:]))
}
