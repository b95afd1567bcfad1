//go:build cgo

// Command worker is Wasmer as a worker process; its arguments are the engine's settings. It must never import another engine that is
// bound by cgo: Wasmtime's binding exports the same C symbols, and would serve the calls.
package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"

	wr "github.com/wasmerio/wasmer-go/wasmer"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/wasmer"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

func main() {
	config, err := config(os.Args[1:])
	if err != nil {
		worker.Cannot(err)
	}
	engines := &engines{config: config}
	accepts := func(module []byte) bool { return check(wr.NewStore(engines.next()), module) == nil }
	p := &worker.Program{
		Name:    wasmer.Name,
		Version: version(),
		Features: engine.Features{
			WASI:   true,
			Tables: true,
			// Descriptor 3 is a virtual root directory, above those that the job names.
			FirstDir: 4,
			Merged:   merged,
		},
		Accepts: accepts,
		NewGuest: func() engine.Guest {
			return &guest{engine: engines.next(), lacking: slices.Contains(os.Args[1:], wasmer.Singlepass)}
		},
		Native:     true,
		NewSubject: func() (timing.Subject, error) { return newSubject(config), nil },
	}
	p.Features.Probe(func(module []byte) bool {
		// Validation knows proposals that a compiler does not.
		m, err := wr.NewModule(wr.NewStore(engines.next()), module)
		if err == nil {
			free(m)
		}
		return err == nil
	})
	worker.Serve(p)
}

// compilers are the settings; the binding's own compiler is Cranelift.
var compilers = map[string]wr.CompilerKind{wasmer.Singlepass: wr.SINGLEPASS, wasmer.LLVM: wr.LLVM}

// config returns what makes the configuration that the settings ask for: an engine takes it away.
func config(settings []string) (func() *wr.Config, error) {
	compiler := wr.CRANELIFT
	for _, name := range settings {
		kind, ok := compilers[name]
		if !ok {
			return nil, fmt.Errorf("unknown setting %q", name)
		}
		compiler = kind
	}
	if !wr.IsCompilerAvailable(compiler) {
		return nil, fmt.Errorf("the library has no compiler for the settings %q", settings)
	}
	return func() *wr.Config {
		c := universal(wr.NewConfig())
		switch compiler {
		case wr.SINGLEPASS:
			return c.UseSinglepassCompiler()
		case wr.LLVM:
			return c.UseLLVMCompiler()
		}
		return c.UseCraneliftCompiler()
	}, nil
}

// engines hands out an engine, a new one every so often: an engine keeps the code of every module that it compiled.
type engines struct {
	config  func() *wr.Config
	current *wr.Engine
	used    int
}

const modulesPerEngine = 100

func (e *engines) next() *wr.Engine {
	if e.current == nil || e.used == modulesPerEngine {
		e.current, e.used = wr.NewEngineWithConfig(e.config()), 0
		runtime.GC() // the old engine is freed by its finalizer alone
	}
	e.used++
	return e.current
}
