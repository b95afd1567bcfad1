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

// Module is the Go module that the worker's source imports.
const Module = "github.com/tetratelabs/wazero"

// Open starts one of the engines. On machines for which wazero has no compiler, Compiler is unavailable.
func Open(ctx context.Context, v engine.Variant) (engine.Engine, error) {
	return worker.OpenVariant(ctx, v, spec)
}

// OpenTimer starts one of the engines to be timed.
func OpenTimer(ctx context.Context, v engine.Variant) (timing.Timer, error) {
	return worker.OpenVariantTimer(ctx, v, spec)
}

func spec(v engine.Variant) (worker.Spec, error) {
	release, err := worker.NewRelease(v, Module)
	return worker.Spec{
		Name:    v.String(),
		Program: v.Name,
		Package: "github.com/touchstone-wasm/touchstone/differential/engine/wazero/worker",
		Args:    []string{v.Name},
		Release: release,
		Recycle: 500,
		// tail-call, multi-memory
		Identity: worker.Identity{true, false},
	}, err
}
