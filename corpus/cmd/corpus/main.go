// Command corpus looks after the seeds of the fuzz targets.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/touchstone-wasm/touchstone/corpus/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	app := &cli.App{Root: "corpus", Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(app.Main(ctx, os.Args[1:]))
}
