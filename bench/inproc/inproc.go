// Package inproc runs workloads on the engines that can live in the benchmark's own process: ours and wazero's two. All
// three are called with a stack of slots and without allocation, so that a call's cost is the engine's own.
package inproc

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"

	"github.com/touchstone-wasm/touchstone/runtime"
)

// Func is an exported function: parameters and results stand in the stack's slots.
type Func func(ctx context.Context, stack []uint64) error

// Engine is one engine.
type Engine struct {
	Name string
	// Open compiles and instantiates a module without imports and returns an exported function. release frees the
	// instance.
	Open func(ctx context.Context, module []byte, export string) (f Func, release func(), err error)
}

// Engines returns the engines; the first is the one that the others are compared with.
func Engines() []Engine {
	return []Engine{
		{"touchstone", openTouchstone},
		{"wazero-interp", openWazero(wazero.NewRuntimeConfigInterpreter)},
		{"wazero", openWazero(wazero.NewRuntimeConfigCompiler)},
	}
}

// errNoExport says that a workload names an export that its module does not have.
var errNoExport = errors.New("the module has no such exported function")

func openTouchstone(ctx context.Context, module []byte, export string) (Func, func(), error) {
	m, err := runtime.Compile(module)
	if err != nil {
		return nil, nil, err
	}
	in, err := runtime.New(nil).Instantiate(ctx, m, nil)
	if err != nil {
		return nil, nil, err
	}
	f, ok := in.Export(export).(*runtime.Func)
	if !ok {
		return nil, nil, fmt.Errorf("%w: %q", errNoExport, export)
	}
	return f.CallStack, func() {}, nil
}

func openWazero(config func() wazero.RuntimeConfig) func(context.Context, []byte, string) (Func, func(), error) {
	return func(ctx context.Context, module []byte, export string) (Func, func(), error) {
		rt := wazero.NewRuntimeWithConfig(ctx, config())
		release := func() { rt.Close(ctx) }
		in, err := rt.Instantiate(ctx, module)
		if err != nil {
			release()
			return nil, nil, err
		}
		f := in.ExportedFunction(export)
		if f == nil {
			release()
			return nil, nil, fmt.Errorf("%w: %q", errNoExport, export)
		}
		return f.CallWithStack, release, nil
	}
}
