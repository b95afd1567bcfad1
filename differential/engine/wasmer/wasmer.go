// Package wasmer is the engine Wasmer 2.0, through its Go binding in a worker process.
//
// The binding cannot bound memories, read tables or interrupt a guest: the first two are made up for by what the driver adds to
// modules, the last by killing the process.
//
// WASI has its peculiarities. Directories are always writable. Descriptor 3 is a virtual root, and the
// job's directories follow it; their names lose a leading slash, and their lengths count a zero byte at the end.
package wasmer

import (
	"context"
	"path/filepath"
	"runtime"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

// Name is the engine's name in the list of engines.
const Name = "wasmer"

// Module is the Go binding that the worker's source imports.
const Module = "github.com/wasmerio/wasmer-go"

// The settings.
const (
	Singlepass = "singlepass"
	LLVM       = "llvm"
)

// Settings are the engine's settings.
var Settings = []engine.Setting{
	{Name: Singlepass, Sets: "compiler", Doc: "the compiler Singlepass, which knows neither several results nor vectors"},
	{Name: LLVM, Sets: "compiler", Doc: "the compiler LLVM, if the library has it; that of the binding has not"},
}

// Open starts the engine.
func Open(ctx context.Context, v engine.Variant) (engine.Engine, error) {
	return worker.OpenVariant(ctx, v, spec)
}

// OpenTimer starts the engine to be timed.
func OpenTimer(ctx context.Context, v engine.Variant) (timing.Timer, error) {
	return worker.OpenVariantTimer(ctx, v, spec)
}

func spec(v engine.Variant) (worker.Spec, error) {
	release, err := worker.NewRelease(v, Module)
	return worker.Spec{
		Name:     v.String(),
		Program:  Name,
		Package:  "github.com/touchstone-wasm/touchstone/differential/engine/wasmer/worker",
		Args:     v.Settings,
		Release:  release,
		Cgo:      true,
		BuildEnv: buildEnv,
		// Each module leaves two mappings and some memory behind, even if all is closed; the worker takes a new engine every
		// hundred modules, and the rest goes with the process.
		Recycle: 500,
		// tail-call, multi-memory
		Identity: worker.Identity{false, false},
	}, err
}

// buildEnv adds the linker flags that the binding has for every platform but linux/arm64, for which it ships a library.
func buildEnv(moduleDir func(string) (string, error)) ([]string, error) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "arm64" {
		return nil, nil
	}
	dir, err := moduleDir(Module)
	if err != nil {
		return nil, err
	}
	lib := filepath.Join(dir, "wasmer", "packaged", "lib", "linux-aarch64")
	return []string{"CGO_LDFLAGS=-L" + lib + " -Wl,-rpath," + lib}, nil
}
