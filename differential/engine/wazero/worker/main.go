// Command worker is wazero as a worker process; its argument says which of the two engines it is.
package main

import (
	"context"
	"fmt"
	"os"

	wz "github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/wazero"
	"github.com/touchstone-wasm/touchstone/differential/engine/wazero/traps"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

var configs = map[string]func() wz.RuntimeConfig{
	wazero.Compiler:    wz.NewRuntimeConfigCompiler,
	wazero.Interpreter: wz.NewRuntimeConfigInterpreter,
}

func main() {
	name := ""
	if len(os.Args) == 2 {
		name = os.Args[1]
	}
	newConfig := configs[name]
	if newConfig == nil {
		fmt.Fprintf(os.Stderr, "usage: worker %s|%s\n", wazero.Compiler, wazero.Interpreter)
		os.Exit(2)
	}
	last := new(worker.Last[compiled])
	worker.Serve(&worker.Program{
		Name:    name,
		Version: worker.ModuleVersion(wazero.Module),
		Features: engine.Features{
			SIMD:          true,
			TailCall:      true,
			ExtendedConst: true,
			WASI:          true,
			Tables:        true,
			ReadOnlyDirs:  true,
			Interrupt:     true,
			Merged:        traps.Merged,
		},
		Accepts: func(module []byte) bool {
			return compiles(newConfig().WithCoreFeatures(everything), module) == nil
		},
		NewGuest: func() engine.Guest {
			return &guest{last: last, config: newConfig().WithCoreFeatures(features).WithCloseOnContextDone(true)}
		},
		NewSubject: func() (timing.Subject, error) { return newSubject(newConfig()), nil },
	})
}

// features is what is compared: WebAssembly 2.0, and of what came later what touchstone has too.
const features = api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall | experimental.CoreFeaturesExtendedConst

// everything is what the engine can, for the probes.
const everything = features | experimental.CoreFeaturesThreads | experimental.CoreFeaturesExceptionHandling |
	experimental.CoreFeaturesTypedFunctionReferences

// compiles compiles a module and keeps nothing.
func compiles(config wz.RuntimeConfig, module []byte) error {
	ctx := context.Background()
	rt := wz.NewRuntimeWithConfig(ctx, config)
	defer rt.Close(ctx)
	_, err := rt.CompileModule(ctx, module)
	return err
}
