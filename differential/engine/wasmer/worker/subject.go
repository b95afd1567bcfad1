//go:build cgo

package main

import (
	"errors"
	"os"
	"runtime"

	wr "github.com/wasmerio/wasmer-go/wasmer"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// subject is the engine as it is timed.
type subject struct{ engine *wr.Engine }

var _ timing.Validator = (*subject)(nil)

// newSubject always makes a new engine, since engines keep the code of every module that they compiled.
func newSubject(config func() *wr.Config) timing.Subject {
	return &subject{wr.NewEngineWithConfig(config())}
}

// Close drops the engine; the binding frees it by its finalizer.
func (s *subject) Close() { s.engine = nil }

// Validate implements [timing.Validator].
func (s *subject) Validate(module []byte) error {
	store := wr.NewStore(s.engine)
	defer free(store)
	return check(store, module)
}

func (s *subject) Compile(k *timing.Kernel) (timing.Module, error) {
	g := &guest{engine: s.engine}
	if err := g.Compile(k.Module); err != nil {
		return nil, err
	}
	return &module{k, g}, nil
}

// module is a kernel that was compiled. Its instances share its store: a module can be instantiated in no other.
type module struct {
	kernel   *timing.Kernel
	compiled *guest
}

func (m *module) Close() { m.compiled.Close() }

func (m *module) Instantiate() (timing.Instance, error) {
	k, g := m.kernel, &guest{engine: m.compiled.engine, store: m.compiled.store, module: m.compiled.module}
	in := &instance{guest: g}
	var err error
	if k.Dir != "" {
		if err = g.wasiWorld(k); err != nil {
			return nil, err
		}
	} else {
		g.imports = wr.NewImportObject()
	}
	if k.Host {
		g.imports.Register(timing.HostModule, map[string]wr.IntoExtern{timing.HostName: in.hostMix()})
	}
	if g.instance, err = wr.NewInstance(g.module, g.imports); err != nil {
		return nil, err
	}
	f, err := g.instance.Exports.GetRawFunction(k.Export)
	if err != nil {
		return nil, err
	}
	in.run, in.program, in.returns = f.Native(), k.Program != nil, k.Program == nil || k.Program.Returns
	in.kernel = k
	return in, nil
}

// wasiWorld makes the library's WASI with one directory what the module imports. A program's output is kept by the library.
func (g *guest) wasiWorld(k *timing.Kernel) error {
	if k.Accepts {
		return errors.New("the binding has no way to give a guest a socket")
	}
	name := "kernel"
	var args []string
	if p := k.Program; p != nil {
		name, args = p.Args[0], p.Args[1:]
		if err := setStdin(p.Stdin); err != nil {
			return err
		}
	}
	b := wr.NewWasiStateBuilder(name).MapDirectory(".", k.Dir)
	for _, a := range args {
		b.Argument(a)
	}
	if k.Program != nil {
		b.InheritStdin().CaptureStdout().CaptureStderr()
	}
	env, err := b.Finalize()
	if err != nil {
		return err
	}
	g.wasi = &wasiState{env: env}
	g.imports, err = env.GenerateImportObject(g.store, g.module)
	return err
}

func (in *instance) hostMix() *wr.Function {
	i32 := []wasm.ValType{wasm.I32}
	ft := wr.NewFunctionType(valueTypes([]wasm.ValType{wasm.I32, wasm.I32}), valueTypes(i32))
	f := wr.NewFunction(in.guest.store, ft, func(args []wr.Value) ([]wr.Value, error) {
		return []wr.Value{wr.NewI32(int32(timing.HostFunc(uint32(args[0].I32()), uint32(args[1].I32()))))}, nil
	})
	in.guest.hosts = append(in.guest.hosts, f)
	return f
}

// instance is a kernel in a store; the guest keeps alive what the library uses.
type instance struct {
	guest            *guest
	kernel           *timing.Kernel
	run              wr.NativeFunction
	program, returns bool
}

func (in *instance) Call(arg uint32) (uint32, error) {
	if !in.returns {
		_, err := in.run()
		runtime.KeepAlive(in)
		if err == nil {
			return 0, nil
		}
		return engine.ExitStatus(guestError(err))
	}
	result, err := in.run(int32(arg))
	runtime.KeepAlive(in)
	if err != nil {
		return 0, guestError(err)
	}
	return uint32(result.(int32)), nil // by the kernel's type
}

// Close frees the instance. What a program printed is put where other engines have it already.
func (in *instance) Close() {
	g := in.guest
	if in.program {
		stdout, stderr, _ := g.Output() // there is no error
		_ = os.WriteFile(in.kernel.StdoutFile(), stdout, 0o600)
		_ = os.WriteFile(in.kernel.StderrFile(), stderr, 0o600)
	}
	if g.instance != nil {
		free(g.instance)
	}
	runtime.KeepAlive(g)
}
