// Package wasmtime is the engine Wasmtime, through its Go binding in a worker process.
package wasmtime

import (
	"context"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

// Name is the engine's name in the list of engines.
const Name = "wasmtime"

// Open starts the engine.
func Open(ctx context.Context) (engine.Engine, error) {
	return worker.Open(ctx, worker.Spec{
		Name:    Name,
		Package: "github.com/touchstone-wasm/touchstone/differential/engine/wasmtime/worker",
		Cgo:     true,
		Recycle: 500,
		// tail-call, multi-memory
		Identity: worker.Identity{true, true},
	})
}
