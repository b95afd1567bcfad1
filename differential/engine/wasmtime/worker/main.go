//go:build cgo

// Command worker is Wasmtime as a worker process. It must never import another engine that is bound by cgo: Wasmer's binding
// exports the same C symbols.
package main

import (
	wt "github.com/bytecodealliance/wasmtime-go/v42"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmtime"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func main() {
	eng := wt.NewEngineWithConfig(config())
	last := new(worker.Last[*wt.Module])
	worker.Serve(&worker.Program{
		Name:    wasmtime.Name,
		Version: worker.ModuleVersion("github.com/bytecodealliance/wasmtime-go/v42"),
		Features: engine.Features{
			SIMD:          true,
			TailCall:      true,
			ExtendedConst: true, // cannot be switched off
			WASI:          true,
			Tables:        true,
			ReadOnlyDirs:  true,
			Interrupt:     true,
			// One code stands for every index outside a table.
			Merged: [][]wasm.TrapCode{{wasm.TableOutOfBounds, wasm.UndefinedElement}},
		},
		Accepts:  accepts,
		NewGuest: func() engine.Guest { return &guest{engine: eng, last: last} },
	})
}

// config switches off what is beyond WebAssembly 2.0 but for what touchstone has too, and lets another thread interrupt the guest. Modules are
// compiled on one thread: there are other engines to run meanwhile.
func config() *wt.Config {
	c := wt.NewConfig()
	c.SetWasmRelaxedSIMD(false)
	c.SetWasmThreads(false)
	c.SetWasmMultiMemory(false)
	c.SetWasmMemory64(false)
	c.SetParallelCompilation(false)
	c.SetEpochInterruption(true)
	return c
}

func accepts(module []byte) bool {
	eng := wt.NewEngine()
	defer eng.Close()
	return wt.ModuleValidate(eng, module) == nil
}
