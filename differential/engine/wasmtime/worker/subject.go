//go:build cgo

package main

import (
	"fmt"

	wt "github.com/bytecodealliance/wasmtime-go/v42"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// subject is the engine as it is timed: without epochs and fuel, and with the settings that are asked for.
type subject struct{ engine *wt.Engine }

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

func (s *subject) Load(k *timing.Kernel) (timing.Instance, error) {
	in := new(instance)
	var err error
	if in.module, err = wt.NewModule(s.engine, k.Module); err != nil {
		return nil, err
	}
	in.store = wt.NewStore(s.engine)
	linked, err := in.link(s.engine, k)
	if err != nil {
		in.Close()
		return nil, err
	}
	if in.run = linked.GetFunc(in.store, k.Export); in.run == nil {
		in.Close()
		return nil, fmt.Errorf("no exported function %q", k.Export)
	}
	return in, nil
}

// link instantiates the module with what it imports.
func (in *instance) link(engine *wt.Engine, k *timing.Kernel) (*wt.Instance, error) {
	if k.Dir == "" {
		var imports []wt.AsExtern
		if k.Host {
			imports = append(imports, hostMix(in.store))
		}
		return wt.NewInstance(in.store, in.module, imports)
	}
	c := wt.NewWasiConfig()
	if err := preopen(c, k.Dir, ".", false); err != nil {
		return nil, err
	}
	in.store.SetWasi(c)
	in.linker = wt.NewLinker(engine)
	if err := in.linker.DefineWasi(); err != nil {
		return nil, err
	}
	return in.linker.Instantiate(in.store, in.module)
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
	module *wt.Module
	store  *wt.Store
	linker *wt.Linker // with WASI alone
	run    *wt.Func
}

func (in *instance) Call(arg uint32) (uint32, error) {
	result, err := in.run.Call(in.store, int32(arg))
	if err != nil {
		return 0, guestError(err)
	}
	return uint32(result.(int32)), nil // by the kernel's type
}

func (in *instance) Close() {
	if in.linker != nil {
		free(in.linker)
	}
	free(in.store)
	free(in.module)
}
