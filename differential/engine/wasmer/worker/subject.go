//go:build cgo

package main

import (
	"runtime"

	wr "github.com/wasmerio/wasmer-go/wasmer"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// subject is the engine as it is timed.
type subject struct{ engine *wr.Engine }

// newSubject always makes a new engine, since engines keep the code of every module that they compiled.
func newSubject(config func() *wr.Config) timing.Subject {
	return &subject{wr.NewEngineWithConfig(config())}
}

// Close drops the engine; the binding frees it by its finalizer.
func (s *subject) Close() { s.engine = nil }

func (s *subject) Load(k *timing.Kernel) (timing.Instance, error) {
	in := &instance{guest: &guest{engine: s.engine}}
	if err := in.guest.Compile(k.Module); err != nil {
		return nil, err
	}
	var err error
	if k.Dir != "" {
		if err = in.guest.wasiWorld(k.Dir); err != nil {
			return nil, err
		}
	} else {
		in.guest.imports = wr.NewImportObject()
	}
	if k.Host {
		in.guest.imports.Register(timing.HostModule, map[string]wr.IntoExtern{timing.HostName: in.hostMix()})
	}
	if in.guest.instance, err = wr.NewInstance(in.guest.module, in.guest.imports); err != nil {
		return nil, err
	}
	f, err := in.guest.instance.Exports.GetRawFunction(k.Export)
	if err != nil {
		return nil, err
	}
	in.run = f.Native()
	return in, nil
}

// wasiWorld makes the library's WASI with one directory what the module imports.
func (g *guest) wasiWorld(dir string) error {
	env, err := wr.NewWasiStateBuilder("kernel").MapDirectory(".", dir).Finalize()
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
	guest *guest
	run   wr.NativeFunction
}

func (in *instance) Call(arg uint32) (uint32, error) {
	result, err := in.run(int32(arg))
	runtime.KeepAlive(in)
	if err != nil {
		return 0, guestError(err)
	}
	return uint32(result.(int32)), nil // by the kernel's type
}

func (in *instance) Close() { in.guest.Close() }
