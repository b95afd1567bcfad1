// Package all is the list of engines.
package all

import (
	"context"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmer"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmtime"
	"github.com/touchstone-wasm/touchstone/differential/engine/wazero"
)

// Entry is an engine that can be asked for by name.
type Entry struct {
	Name string
	// Open starts the engine. The error is an *[engine.Unavailable] if this machine lacks what the engine needs. The context
	// bounds the building of the engine's worker, not the engine's life.
	Open func(context.Context) (engine.Engine, error)
}

// Engines lists the engines; everything that enumerates engines derives from it. The first is the one that the others are
// compared with.
var Engines = []Entry{
	{touchstone.Name, touchstone.Open},
	{wasmtime.Name, wasmtime.Open},
	{wasmer.Name, wasmer.Open},
	{wazero.Compiler, wazero.Open},
	{wazero.Interpreter, wazero.OpenInterpreter},
}
