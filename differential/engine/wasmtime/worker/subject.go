//go:build cgo

package main

import (
	"errors"
	"fmt"

	wt "github.com/bytecodealliance/wasmtime-go/v42"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// subject is the engine as it is timed: without epochs and fuel, and with the settings that are asked for.
type subject struct{ engine *wt.Engine }

var _ timing.Validator = (*subject)(nil)

func newSubject(settings []string) (timing.Subject, error) {
	c := wt.NewConfig()
	c.SetCraneliftOptLevel(wt.OptLevelSpeed)
	set(c, "SetParallelCompilation", false)
	eng, err := newEngine(c, settings)
	if err != nil {
		return nil, err
	}
	return &subject{eng}, nil
}

func (s *subject) Close() { free(s.engine) }

// Validate implements [timing.Validator].
func (s *subject) Validate(module []byte) error { return wt.ModuleValidate(s.engine, module) }

func (s *subject) Compile(k *timing.Kernel) (timing.Module, error) {
	m, err := wt.NewModule(s.engine, k.Module)
	if err != nil {
		return nil, err
	}
	return &module{s.engine, k, m}, nil
}

// module is a kernel that was compiled.
type module struct {
	engine   *wt.Engine
	kernel   *timing.Kernel
	compiled *wt.Module
}

func (m *module) Close() { free(m.compiled) }

func (m *module) Instantiate() (timing.Instance, error) {
	in := &instance{store: wt.NewStore(m.engine), returns: m.kernel.Program == nil || m.kernel.Program.Returns}
	linked, err := in.link(m)
	if err != nil {
		in.Close()
		return nil, err
	}
	if in.run = linked.GetFunc(in.store, m.kernel.Export); in.run == nil {
		in.Close()
		return nil, fmt.Errorf("no exported function %q", m.kernel.Export)
	}
	return in, nil
}

// link instantiates the module with what it imports.
func (in *instance) link(m *module) (*wt.Instance, error) {
	k := m.kernel
	if k.Dir == "" {
		var imports []wt.AsExtern
		if k.Host {
			imports = append(imports, hostMix(in.store))
		}
		return wt.NewInstance(in.store, m.compiled, imports)
	}
	if k.Accepts {
		return nil, errors.New("the binding has no way to give a guest a socket")
	}
	c := wt.NewWasiConfig()
	if err := preopen(c, k.Dir, ".", false); err != nil {
		return nil, err
	}
	if k.Program != nil {
		c.SetArgv(k.Program.Args)
		if err := errors.Join(c.SetStdinFile(k.StdinFile()), c.SetStdoutFile(k.StdoutFile()), c.SetStderrFile(k.StderrFile())); err != nil {
			return nil, err
		}
	}
	in.store.SetWasi(c)
	in.linker = wt.NewLinker(m.engine)
	if err := in.linker.DefineWasi(); err != nil {
		return nil, err
	}
	return in.linker.Instantiate(in.store, m.compiled)
}

// hostMix returns the host function in the form that costs least: WrapFunc reflects on each call.
func hostMix(store *wt.Store) *wt.Func {
	i32 := func() *wt.ValType { return wt.NewValType(wt.KindI32) }
	ft := wt.NewFuncType([]*wt.ValType{i32(), i32()}, []*wt.ValType{i32()})
	return wt.NewFunc(store, ft, func(_ *wt.Caller, args []wt.Val) ([]wt.Val, *wt.Trap) {
		return []wt.Val{wt.ValI32(int32(timing.HostFunc(uint32(args[0].I32()), uint32(args[1].I32()))))}, nil
	})
}

// instance is a kernel in a store.
type instance struct {
	store   *wt.Store
	linker  *wt.Linker // with WASI alone
	run     *wt.Func
	returns bool // the export returns a number
}

func (in *instance) Call(arg uint32) (uint32, error) {
	if !in.returns {
		_, err := in.run.Call(in.store)
		return exited(err)
	}
	result, err := in.run.Call(in.store, int32(arg))
	if err != nil {
		return 0, guestError(err)
	}
	return uint32(result.(int32)), nil // by the kernel's type
}

// exited returns the status of a program.
func exited(err error) (uint32, error) {
	if err == nil {
		return 0, nil
	}
	return engine.ExitStatus(guestError(err))
}

func (in *instance) Close() {
	if in.linker != nil {
		free(in.linker)
	}
	free(in.store)
}
