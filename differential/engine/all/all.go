// Package all is the list of engines.
package all

import (
	"fmt"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmer"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmtime"
	"github.com/touchstone-wasm/touchstone/differential/engine/wazero"
)

// Entry is an engine that can be asked for by name.
type Entry struct {
	Name string
	// New starts the engine. It returns an *[engine.Unavailable] if this machine lacks what the engine needs.
	New func() (engine.Engine, error)
}

// Engines lists the engines; everything that enumerates engines derives from it. The first is the one that others are compared with.
var Engines = []Entry{
	{touchstone.Name, touchstone.New},
	{wasmtime.Name, wasmtime.New},
	{wasmer.Name, wasmer.New},
	{wazero.Compiler, wazero.New},
	{wazero.Interpreter, wazero.NewInterpreter},
}

// Names returns the names of all engines in the order of the list.
func Names() []string {
	var names []string
	for _, e := range Engines {
		names = append(names, e.Name)
	}
	return names
}

// Find returns the entries with the given names, in their order. No names means all engines.
func Find(names ...string) ([]Entry, error) {
	if len(names) == 0 {
		return Engines, nil
	}
	var found []Entry
next:
	for _, name := range names {
		for _, e := range Engines {
			if e.Name == name {
				found = append(found, e)
				continue next
			}
		}
		return nil, fmt.Errorf("unknown engine %q; known are %s", name, strings.Join(Names(), ", "))
	}
	return found, nil
}
