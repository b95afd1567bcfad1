//go:build cgo

// Command worker is Wasmer as a worker process. It must never import another engine that is bound by cgo: Wasmtime's binding
// exports the same C symbols, and would serve the calls.
package main

import (
	"runtime"

	wr "github.com/wasmerio/wasmer-go/wasmer"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmer"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

func main() {
	engines := &engines{}
	worker.Serve(&worker.Program{
		Name:    wasmer.Name,
		Version: version(),
		Features: engine.Features{
			SIMD:   true,
			WASI:   true,
			Tables: true,
			// Descriptor 3 is a virtual root directory, above those that the job names.
			FirstDir: 4,
			Merged:   merged,
		},
		Accepts:    func(module []byte) bool { return check(wr.NewStore(engines.next()), module) == nil },
		NewGuest:   func() engine.Guest { return &guest{engine: engines.next()} },
		NewSubject: newSubject,
	})
}

// engines hands out an engine, a new one every so often: an engine keeps the code of every module that it compiled.
type engines struct {
	current *wr.Engine
	used    int
}

const modulesPerEngine = 100

func (e *engines) next() *wr.Engine {
	if e.current == nil || e.used == modulesPerEngine {
		e.current, e.used = newEngine(), 0
		runtime.GC() // the old engine is freed by its finalizer alone
	}
	e.used++
	return e.current
}

func newEngine() *wr.Engine {
	return wr.NewEngineWithConfig(wr.NewConfig().UseCraneliftCompiler().UseUniversalEngine())
}
