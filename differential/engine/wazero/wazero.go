// Package wazero is the engine wazero, as compiler and as interpreter: two engines in one worker program.
//
// wazero is pure Go and could run in process, but neither a compilation that does not end nor a guest that exhausts the memory
// could then be stopped.
package wazero

import (
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

// The engines' names in the list of engines.
const (
	Compiler    = "wazero"
	Interpreter = "wazero-interp"
)

// New starts the engine that compiles to machine code. On machines for which wazero has no compiler it is unavailable.
func New() (engine.Engine, error) { return start(Compiler) }

// NewInterpreter starts the engine that interprets.
func NewInterpreter() (engine.Engine, error) { return start(Interpreter) }

func start(name string) (engine.Engine, error) {
	return worker.New(worker.Spec{
		Name:    name,
		Package: "github.com/touchstone-wasm/touchstone/differential/engine/wazero/worker",
		Args:    []string{name},
		Recycle: 500,
		// tail-call, multi-memory
		Identity: worker.Identity{true, false},
	})
}
