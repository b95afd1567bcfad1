//go:build cgo

// Command worker is Wasmtime as a worker process; its argument says whether it compiles or interprets. It must never import another engine that is bound by cgo: Wasmer's binding
// exports the same C symbols.
package main

import (
	"fmt"
	"os"

	wt "github.com/bytecodealliance/wasmtime-go/v42"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmtime"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func main() {
	name := ""
	if len(os.Args) == 2 {
		name = os.Args[1]
	}
	p := &worker.Program{
		Name:       name,
		Version:    worker.ModuleVersion("github.com/bytecodealliance/wasmtime-go/v42"),
		Accepts:    accepts,
		NewSubject: func() (timing.Subject, error) { return newSubject(name) },
	}
	switch name {
	case wasmtime.Name:
		p.Features = features
		eng := wt.NewEngineWithConfig(config())
		last := new(worker.Last[*wt.Module])
		p.NewGuest = func() engine.Guest { return &guest{engine: eng, last: last} }
	case wasmtime.Pulley: // is only timed
	default:
		fmt.Fprintf(os.Stderr, "usage: worker %s|%s\n", wasmtime.Name, wasmtime.Pulley)
		os.Exit(2)
	}
	worker.Serve(p)
}

// features is what is compared.
var features = engine.Features{
	SIMD:          true,
	TailCall:      true,
	ExtendedConst: true, // cannot be switched off
	WASI:          true,
	Tables:        true,
	ReadOnlyDirs:  true,
	Interrupt:     true,
	// One code stands for every index outside a table.
	Merged: [][]wasm.TrapCode{{wasm.TableOutOfBounds, wasm.UndefinedElement}},
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
