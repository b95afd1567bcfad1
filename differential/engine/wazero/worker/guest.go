package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	wz "github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/wazero/traps"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// guest is one module in one wazero runtime.
type guest struct {
	config wz.RuntimeConfig
	last   *worker.Last[compiled]
	compiled
	kept           bool // compiled is in last
	inside         bool // the engine runs, or did not return
	hosts          []api.Closer
	instance       api.Module
	stdout, stderr engine.Output
}

// compiled is a module with the runtime that compiled it.
type compiled struct {
	rt     wz.Runtime
	module wz.CompiledModule
}

var _ engine.Guest = (*guest)(nil)

func (g *guest) Lacks() engine.Lacks { return engine.Lacks{Limits: true, Tables: true} }

// Check uses the interpreter: decoding and validating are the same for both engines, and it adds less to them.
func (g *guest) Check(module []byte) error {
	return compileError(compiles(wz.NewRuntimeConfigInterpreter().WithCoreFeatures(features), module))
}

// Compile keeps large modules with their runtime. Close then closes all instances in it, in which everything is that a guest
// changes, instead of the runtime.
func (g *guest) Compile(module []byte) (err error) {
	if g.compiled, g.kept = g.last.Get(module); g.kept {
		return nil
	}
	rt := wz.NewRuntimeWithConfig(context.Background(), g.config)
	g.rt = rt
	if g.module, err = rt.CompileModule(context.Background(), module); err == nil {
		// Closing returns the exit status of modules that called proc_exit, which is known already.
		g.kept = g.last.Put(module, g.compiled, func() { _ = rt.Close(context.Background()) })
	}
	return compileError(err)
}

// compileError tells what the engine has no way to express from its judgements of a module: it knows no module without a
// name, and refuses imports from one, which are valid.
func compileError(err error) error {
	if err != nil && strings.HasSuffix(err.Error(), "has an empty module name") {
		return &engine.End{Outcome: engine.Unsupported, Message: err.Error()}
	}
	return err
}

func (g *guest) Instantiate(ctx context.Context, s *engine.Setup) error {
	if err := checkElements(s.Module); err != nil {
		return err
	}
	config := wz.NewModuleConfig().WithName("").WithStartFunctions()
	if s.WASI != nil {
		host, err := wasi_snapshot_preview1.Instantiate(ctx, g.rt)
		if err != nil {
			return guestError(ctx, err)
		}
		g.hosts = append(g.hosts, host)
		config = g.world(config, s.WASI)
	}
	if err := g.define(ctx, s); err != nil {
		return guestError(ctx, err)
	}
	g.inside = true
	instance, err := g.rt.InstantiateModule(ctx, g.module, config)
	g.inside = false
	if err != nil {
		return instantiationError(ctx, err)
	}
	g.instance = instance
	return nil
}

// define makes one host module for each module name that is imported from.
func (g *guest) define(ctx context.Context, s *engine.Setup) error {
	builders := map[string]wz.HostModuleBuilder{}
	for i := range s.Module.Imports {
		imp := &s.Module.Imports[i]
		if imp.Module == engine.WASIModule {
			continue
		}
		b := builders[imp.Module]
		if b == nil {
			b = g.rt.NewHostModuleBuilder(imp.Module)
			builders[imp.Module] = b
		}
		t := s.Module.Types[imp.Func]
		b.NewFunctionBuilder().WithGoFunction(hostFunc(t, s.Host(imp.Module, imp.Name)), valueTypes(t.Params), valueTypes(t.Results)).Export(imp.Name)
	}
	for _, b := range builders {
		host, err := b.Instantiate(ctx)
		if err != nil {
			return err
		}
		g.hosts = append(g.hosts, host)
	}
	return nil
}

func hostFunc(t wasm.FuncType, f engine.HostFunc) api.GoFunc {
	return func(_ context.Context, stack []uint64) {
		args := make([]engine.Value, len(t.Params))
		for i, pt := range t.Params {
			args[i] = engine.Visible(pt, stack[i])
		}
		for i, v := range f(args) {
			stack[i] = v.Bits // numbers and null references stand as they are
		}
	}
}

func (g *guest) world(config wz.ModuleConfig, w *engine.WASI) wz.ModuleConfig {
	config = config.WithArgs(w.Args...).WithStdin(bytes.NewReader(w.Stdin)).WithStdout(&g.stdout).WithStderr(&g.stderr).
		WithSysNanosleep().WithSysNanotime().WithSysWalltime()
	for _, kv := range w.Env {
		name, value, _ := strings.Cut(kv, "=")
		config = config.WithEnv(name, value)
	}
	fs := wz.NewFSConfig()
	for _, d := range w.Dirs {
		if d.ReadOnly {
			fs = fs.WithReadOnlyDirMount(d.Host, d.Guest)
		} else {
			fs = fs.WithDirMount(d.Host, d.Guest)
		}
	}
	return config.WithFSConfig(fs)
}

func (g *guest) Call(ctx context.Context, export string, t wasm.FuncType, args []engine.Value) ([]engine.Value, error) {
	f := g.instance.ExportedFunction(export)
	if f == nil {
		return nil, fmt.Errorf("no exported function %q", export)
	}
	in := make([]uint64, len(args))
	for i, a := range args {
		if a.Type == wasm.FuncRef && a.Bits != 0 {
			return nil, &engine.End{Outcome: engine.Unsupported, Message: "the binding cannot make references to functions"}
		}
		in[i] = a.Bits
	}
	g.inside = true
	out, err := f.Call(ctx, in...)
	g.inside = false
	if err != nil {
		return nil, guestError(ctx, err)
	}
	var values []engine.Value
	for i, rt := range t.Results {
		values = append(values, engine.Visible(rt, out[i]))
	}
	return values, nil
}

func (g *guest) Global(export string, t wasm.GlobalType) (engine.Value, error) {
	global := g.instance.ExportedGlobal(export)
	if global == nil {
		return engine.Value{}, fmt.Errorf("no exported global %q", export)
	}
	return engine.Visible(t.Type, global.Get()), nil
}

func (g *guest) Table(string) (uint64, func(uint64) (bool, error), error) {
	return 0, nil, errors.New("the binding cannot read tables")
}

func (g *guest) Memory(export string) ([]byte, error) {
	memory := g.instance.ExportedMemory(export)
	if memory == nil {
		return nil, fmt.Errorf("no exported memory %q", export)
	}
	if memory.Size() == 0 {
		// A memory of 4 GiB has this size too; the bound on memories is lower.
		return nil, nil
	}
	data, ok := memory.Read(0, memory.Size())
	if !ok {
		return nil, fmt.Errorf("memory %q of %d bytes cannot be read", export, memory.Size())
	}
	return data, nil
}

func (g *guest) Output() (stdout, stderr []byte, err error) {
	return g.stdout.Bytes(), g.stderr.Bytes(), nil
}

func (g *guest) Close() {
	ctx := context.Background()
	switch {
	case g.kept && g.inside:
		g.last.Drop() // the engine panicked: nothing of it is used again
	case g.kept:
		if g.instance != nil {
			_ = g.instance.Close(ctx)
		}
		for _, h := range g.hosts {
			_ = h.Close(ctx)
		}
	case g.rt != nil:
		_ = g.rt.Close(ctx)
	}
}

func valueTypes(ts []wasm.ValType) []api.ValueType {
	list := make([]api.ValueType, len(ts))
	for i, t := range ts {
		list[i] = api.ValueType(t) // both are the bytes of the binary format
	}
	return list
}

// guestError classifies what a call with ctx returned. The statuses by which the engine says that ctx is done are those of guests, too.
func guestError(ctx context.Context, err error) error {
	var exit *sys.ExitError
	if errors.As(err, &exit) {
		code := exit.ExitCode()
		if ctx.Err() != nil && (code == sys.ExitCodeDeadlineExceeded || code == sys.ExitCodeContextCanceled) {
			return engine.TrapEnd(wasm.Interrupted, err.Error())
		}
		return &engine.End{Outcome: engine.Exited, Exit: code}
	}
	if code, words, ok := traps.Of(err); ok {
		return engine.TrapEnd(code, words)
	}
	return &engine.End{Outcome: engine.Failed, Message: err.Error()}
}
