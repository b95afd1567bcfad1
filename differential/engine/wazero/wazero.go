// Package wazero is the engine wazero, as compiler and as interpreter: two engines in one worker program.
//
// wazero is pure Go and could run in process, but neither a compilation that does not end nor a guest that exhausts the memory
// could then be stopped.
package wazero

import (
	"context"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

// The engines' names in the list of engines.
const (
	Compiler    = "wazero"
	Interpreter = "wazero-interp"
)

// Open starts the engine that compiles to machine code. On machines for which wazero has no compiler it is unavailable.
func Open(ctx context.Context) (engine.Engine, error) { return open(ctx, Compiler) }

// OpenInterpreter starts the engine that interprets.
func OpenInterpreter(ctx context.Context) (engine.Engine, error) { return open(ctx, Interpreter) }

func open(ctx context.Context, name string) (engine.Engine, error) {
	return worker.Open(ctx, worker.Spec{
		Name:    name,
		Package: "github.com/touchstone-wasm/touchstone/differential/engine/wazero/worker",
		Args:    []string{name},
		Recycle: 500,
		// tail-call, multi-memory
		Identity: worker.Identity{true, false},
	})
}
