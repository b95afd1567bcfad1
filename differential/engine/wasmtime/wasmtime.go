// Package wasmtime is the engine Wasmtime, through its Go binding in a worker process.
package wasmtime

import (
	"context"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

// The engines' names in the list of engines: the optimising compiler Cranelift, and the portable interpreter Pulley.
const (
	Name   = "wasmtime"
	Pulley = "wasmtime-pulley"
)

// Open starts the engine.
func Open(ctx context.Context) (engine.Engine, error) { return worker.Open(ctx, spec(Name)) }

// OpenTimer starts the engine to be timed.
func OpenTimer(ctx context.Context) (timing.Timer, error) { return worker.OpenTimer(ctx, spec(Name)) }

// OpenPulleyTimer starts the interpreter to be timed.
func OpenPulleyTimer(ctx context.Context) (timing.Timer, error) {
	return worker.OpenTimer(ctx, spec(Pulley))
}

func spec(name string) worker.Spec {
	return worker.Spec{
		Name:    name,
		Package: "github.com/touchstone-wasm/touchstone/differential/engine/wasmtime/worker",
		Args:    []string{name},
		Cgo:     true,
		Recycle: 500,
		// tail-call, multi-memory
		Identity: worker.Identity{true, true},
	}
}
