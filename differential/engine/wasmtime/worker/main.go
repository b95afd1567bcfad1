//go:build cgo

// Command worker is Wasmtime as a worker process; its arguments are the engine's settings. It must never import another engine that is
// bound by cgo: Wasmer's binding exports the same C symbols.
package main

import (
	"os"

	wt "github.com/bytecodealliance/wasmtime-go/v42"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmtime"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func main() {
	settings := os.Args[1:]
	compared, err := compared(settings)
	if err != nil {
		worker.Cannot(err)
	}
	last := new(worker.Last[*wt.Module])
	p := &worker.Program{
		Name:       wasmtime.Name,
		Version:    worker.ModuleVersion(wasmtime.Module),
		Features:   features,
		Accepts:    func(module []byte) bool { return wt.ModuleValidate(wt.NewEngine(), module) == nil },
		NewGuest:   func() engine.Guest { return &guest{engine: compared, last: last} },
		Native:     true,
		NewSubject: func() (timing.Subject, error) { return newSubject(settings) },
	}
	p.Features.Probe(func(module []byte) bool { return wt.ModuleValidate(compared, module) == nil })
	worker.Serve(p)
}

// features is what is compared, without the proposals, which are probed for.
var features = engine.Features{
	WASI:         hasExitStatus(),
	Tables:       true,
	ReadOnlyDirs: hasReadOnlyDirs(),
	Interrupt:    true,
	// One code stands for every index outside a table.
	Merged: [][]wasm.TrapCode{{wasm.TableOutOfBounds, wasm.UndefinedElement}},
}

// compared is the engine as it is compared: what is beyond WebAssembly 2.0 is off but for what touchstone has too, and another thread can
// interrupt the guest. Modules are compiled on one thread: there are other engines to run meanwhile.
func compared(settings []string) (*wt.Engine, error) {
	c := wt.NewConfig()
	c.SetWasmSIMD(true)
	set(c, "SetWasmTailCall", true)
	set(c, "SetWasmRelaxedSIMD", false)
	set(c, "SetWasmThreads", false)
	set(c, "SetWasmMultiMemory", false)
	set(c, "SetWasmMemory64", false)
	set(c, "SetParallelCompilation", false)
	set(c, "SetNativeUnwindInfo", false) // for debuggers; it takes a twentieth of the time
	c.SetEpochInterruption(true)
	return newEngine(c, settings)
}
