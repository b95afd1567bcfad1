// Package all is the list of engines.
package all

import (
	"context"
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/commandline"
	"github.com/touchstone-wasm/touchstone/differential/engine/raw"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmer"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmtime"
	"github.com/touchstone-wasm/touchstone/differential/engine/wazero"
)

// Entry is an engine that can be asked for by name.
type Entry struct {
	Name string
	// Open starts the engine. The error is an *[engine.Unavailable] if this machine lacks what the engine needs. The context
	// bounds the building of the engine's worker, not the engine's life. Nil means that the engine is only timed.
	Open func(context.Context) (engine.Engine, error)
	// OpenTimer starts the engine to be timed; of the context and the error the same holds.
	OpenTimer func(context.Context) (timing.Timer, error)
}

// Engines lists the engines; everything that enumerates engines derives from it. The first is the one that the others are
// compared with.
var Engines = []Entry{
	{touchstone.Name, touchstone.Open, touchstone.OpenTimer},
	{wasmtime.Name, wasmtime.Open, wasmtime.OpenTimer},
	{wasmtime.Pulley, nil, wasmtime.OpenPulleyTimer}, // the same front end: no witness of its own
	{wasmer.Name, wasmer.Open, wasmer.OpenTimer},
	{wazero.Compiler, wazero.Open, wazero.OpenTimer},
	{wazero.Interpreter, wazero.OpenInterpreter, wazero.OpenInterpreterTimer},
}

// Compared returns the engines that can be compared with each other.
func Compared() []Entry {
	return slices.DeleteFunc(slices.Clone(Engines), func(e Entry) bool { return e.Open == nil })
}

// Timed returns what can be timed: the system calls of hostcalls without an engine, touchstone without its monitor, all of
// Engines, and the commands, whether they are on PATH or not.
func Timed() []Entry {
	list := []Entry{{raw.Go, nil, raw.OpenTimer}, {raw.C, nil, raw.OpenCTimer}}
	list = append(list, Engines...)
	list = append(list, Entry{touchstone.Unmonitored, nil, touchstone.OpenUnmonitoredTimer})
	for i := range commandline.Commands {
		c := &commandline.Commands[i]
		list = append(list, Entry{Name: c.Name, OpenTimer: c.OpenTimer})
	}
	return list
}
