package main

import (
	"context"
	"crypto/rand"
	"fmt"

	wz "github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// subject is the engine as it is timed: without the checks that let a context end a guest.
type subject struct {
	rt   wz.Runtime
	host bool // what the kernel imports is defined
}

func newSubject(config wz.RuntimeConfig) *subject {
	return &subject{rt: wz.NewRuntimeWithConfig(context.Background(), config.WithCoreFeatures(features))}
}

// Close closes the runtime; guests that are timed do not exit, so that there is no status to return.
func (s *subject) Close() { _ = s.rt.Close(context.Background()) }

func (s *subject) Load(k *timing.Kernel) (timing.Instance, error) {
	ctx := context.Background()
	if (k.Host || k.Dir != "") && !s.host {
		define := s.defineHost
		if k.Dir != "" {
			define = s.defineWASI
		}
		if err := define(ctx); err != nil {
			return nil, err
		}
		s.host = true
	}
	module, err := s.rt.CompileModule(ctx, k.Module)
	if err != nil {
		return nil, err
	}
	in := &instance{compiled: module, stack: make([]uint64, 1)}
	if in.module, err = s.rt.InstantiateModule(ctx, module, world(k.Dir)); err != nil {
		in.Close()
		return nil, err
	}
	if in.run = in.module.ExportedFunction(k.Export); in.run == nil {
		in.Close()
		return nil, fmt.Errorf("no exported function %q", k.Export)
	}
	return in, nil
}

// defineHost defines the host function in the form that costs least: on the guest's own stack, without reflection.
func (s *subject) defineHost(ctx context.Context) error {
	i32 := api.ValueTypeI32
	mix := api.GoFunc(func(_ context.Context, stack []uint64) {
		stack[0] = uint64(timing.HostFunc(uint32(stack[0]), uint32(stack[1])))
	})
	_, err := s.rt.NewHostModuleBuilder(timing.HostModule).NewFunctionBuilder().
		WithGoFunction(mix, []api.ValueType{i32, i32}, []api.ValueType{i32}).Export(timing.HostName).Instantiate(ctx)
	return err
}

func (s *subject) defineWASI(ctx context.Context) error {
	_, err := wasi_snapshot_preview1.Instantiate(ctx, s.rt)
	return err
}

// world is what an instance is given: the host's clocks and, if there is one, a directory.
func world(dir string) wz.ModuleConfig {
	config := wz.NewModuleConfig().WithName("").WithSysNanosleep().WithSysNanotime().WithSysWalltime().WithRandSource(rand.Reader)
	if dir != "" {
		config = config.WithFSConfig(wz.NewFSConfig().WithDirMount(dir, "."))
	}
	return config
}

// instance is a kernel in a runtime.
type instance struct {
	compiled wz.CompiledModule
	module   api.Module
	run      api.Function
	stack    []uint64
}

func (in *instance) Call(arg uint32) (uint32, error) {
	in.stack[0] = uint64(arg)
	if err := in.run.CallWithStack(context.Background(), in.stack); err != nil {
		return 0, guestError(err)
	}
	return uint32(in.stack[0]), nil
}

// Close closes what was compiled too: the runtime would serve the next Load of the same bytes from it.
func (in *instance) Close() {
	ctx := context.Background()
	if in.module != nil {
		_ = in.module.Close(ctx)
	}
	_ = in.compiled.Close(ctx)
}
