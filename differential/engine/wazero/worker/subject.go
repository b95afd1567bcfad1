package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"

	wz "github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental/sock"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/touchstone-wasm/touchstone/differential/engine"
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

func (s *subject) Compile(k *timing.Kernel) (timing.Module, error) {
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
	m, err := s.rt.CompileModule(ctx, k.Module)
	if err != nil {
		return nil, err
	}
	return &module{s.rt, k, m}, nil
}

// module is a kernel that was compiled.
type module struct {
	rt       wz.Runtime
	kernel   *timing.Kernel
	compiled wz.CompiledModule
}

// Close drops the code: the runtime would serve the next Compile of the same bytes from it.
func (m *module) Close() { _ = m.compiled.Close(context.Background()) }

func (m *module) Instantiate() (timing.Instance, error) {
	in := &instance{stack: make([]uint64, 1), returns: m.kernel.Program == nil || m.kernel.Program.Returns}
	ctx := context.Background()
	if l := m.kernel.Listen; m.kernel.Accepts {
		ctx = sock.WithConfig(ctx, sock.NewConfig().WithTCPListener(l.Addr().String(), int(l.Port())))
	}
	config, err := in.world(m.kernel)
	if err == nil {
		in.module, err = m.rt.InstantiateModule(ctx, m.compiled, config)
	}
	if err != nil {
		in.Close()
		return nil, err
	}
	if in.run = in.module.ExportedFunction(m.kernel.Export); in.run == nil {
		in.Close()
		return nil, fmt.Errorf("no exported function %q", m.kernel.Export)
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

// world is what an instance is given: the host's clocks and, if the kernel has one, a directory; a program has arguments and streams.
func (in *instance) world(k *timing.Kernel) (wz.ModuleConfig, error) {
	config := wz.NewModuleConfig().WithName("").WithStartFunctions().WithSysNanosleep().WithSysNanotime().WithSysWalltime().WithRandSource(rand.Reader)
	if k.Dir != "" {
		config = config.WithFSConfig(wz.NewFSConfig().WithDirMount(k.Dir, "."))
	}
	if k.Program == nil {
		return config, nil
	}
	input, err := os.Open(k.StdinFile())
	output, err2 := os.OpenFile(k.StdoutFile(), os.O_WRONLY, 0)
	log, err3 := os.OpenFile(k.StderrFile(), os.O_WRONLY, 0)
	in.files = []*os.File{input, output, log}
	return config.WithArgs(k.Program.Args...).WithStdin(input).WithStdout(output).WithStderr(log), errors.Join(err, err2, err3)
}

// instance is a kernel in a runtime.
type instance struct {
	module  api.Module
	files   []*os.File // a program's streams
	run     api.Function
	stack   []uint64
	returns bool // the export returns a number
}

func (in *instance) Call(arg uint32) (uint32, error) {
	in.stack[0] = uint64(arg)
	ctx := context.Background()
	err := in.run.CallWithStack(ctx, in.stack)
	switch {
	case err != nil && !in.returns:
		return engine.ExitStatus(guestError(ctx, err))
	case err != nil:
		return 0, guestError(ctx, err)
	case !in.returns:
		return 0, nil
	}
	return uint32(in.stack[0]), nil
}

func (in *instance) Close() {
	if in.module != nil {
		_ = in.module.Close(context.Background())
	}
	for _, f := range in.files {
		_ = f.Close()
	}
}
