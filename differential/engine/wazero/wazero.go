// Package wazero is the engine wazero, as compiler and as interpreter: two engines in one worker program.
//
// wazero is pure Go and could run in process, but neither a compilation that does not end nor a guest that exhausts the memory
// could then be stopped.
package wazero

import (
	"context"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

// The engines' names in the list of engines.
const (
	Compiler    = "wazero"
	Interpreter = "wazero-interp"
)

// Open starts the engine that compiles to machine code. On machines for which wazero has no compiler it is unavailable.
func Open(ctx context.Context) (engine.Engine, error) { return worker.Open(ctx, spec(Compiler)) }

// OpenInterpreter starts the engine that interprets.
func OpenInterpreter(ctx context.Context) (engine.Engine, error) {
	return worker.Open(ctx, spec(Interpreter))
}

// OpenTimer starts the engine that compiles, to be timed.
func OpenTimer(ctx context.Context) (timing.Timer, error) {
	return worker.OpenTimer(ctx, spec(Compiler))
}

// OpenInterpreterTimer starts the engine that interprets, to be timed.
func OpenInterpreterTimer(ctx context.Context) (timing.Timer, error) {
	return worker.OpenTimer(ctx, spec(Interpreter))
}

func spec(name string) worker.Spec {
	return worker.Spec{
		Name:    name,
		Package: "github.com/touchstone-wasm/touchstone/differential/engine/wazero/worker",
		Args:    []string{name},
		Recycle: 500,
		// tail-call, multi-memory
		Identity: worker.Identity{true, false},
	}
}
