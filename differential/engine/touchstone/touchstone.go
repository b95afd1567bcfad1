// Package touchstone is the engine of this project, in process: it cannot be made to crash, hang or exhaust the host, or
// else that is a finding.
package touchstone

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Name is the engine's name in the list of engines.
const Name = "touchstone"

// Open returns the engine.
func Open(context.Context) (engine.Engine, error) { return adapter{}, nil }

type adapter struct{}

func (adapter) Name() string { return Name }

func (adapter) Version() string { return Version() }

// Version returns the revision that the program was built from, if it was built from a repository.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return "devel"
}

func (adapter) Features() engine.Features {
	return engine.Features{
		SIMD:          wasm.Executable.Has(wasm.SIMD),
		TailCall:      wasm.Executable.Has(wasm.TailCall),
		ExtendedConst: wasm.Executable.Has(wasm.ExtendedConst),
		WASI:          true,
		Tables:        true,
		ReadOnlyDirs:  true,
		Interrupt:     true,
	}
}

func (adapter) Close() error { return nil }

// Run runs one job. A panic is a bug of the runtime; it counts as a crash, so that it is reported with the module.
func (adapter) Run(ctx context.Context, job *engine.Job) (res *engine.Result, err error) {
	if err := job.Check(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	defer func() {
		if v := recover(); v != nil {
			res = &engine.Result{Stage: engine.StageCrash, Message: fmt.Sprintf("panic: %v\n%s", v, debug.Stack())}
			err = nil
		}
	}()
	res = engine.Drive(ctx, job, &guest{})
	return res, ctx.Err()
}
