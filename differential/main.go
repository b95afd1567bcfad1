// Differential runs WebAssembly modules on several engines and says where they differ.
//
// Usage:
//
//	go run ./differential [flags] [file.wasm | folder ...]
//
// See the README in this folder, and -help for the flags.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/touchstone-wasm/touchstone/differential/cli"
	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
	"github.com/touchstone-wasm/touchstone/differential/nan"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // a reader that goes away is an error of a write, so that workers are ended in order
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	app := &cli.App{
		Engines:   all.Compared(),
		Generate:  generate,
		Canonical: nan.Canonicalise,
		Known:     compare.KnownDefects,
		Stdout:    os.Stdout,
		Stderr:    os.Stderr,
	}
	os.Exit(app.Main(ctx, os.Args[1:]))
}

// generate makes a module whose NaNs are canonical. Every second one calls functions of the host.
func generate(tape []byte, opts module.Options) ([]byte, error) {
	opts.Imports = len(tape) > 0 && tape[0]&1 == 1
	return wasm.Encode(module.Generate(tape, opts)), nil
}
