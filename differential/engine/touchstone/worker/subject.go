package main

import (
	"context"
	"fmt"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// subject is the engine as it is timed. A runtime keeps its instances, so that each kernel has one of its own; what is shared is
// the linker.
type subject struct{ linker *runtime.Linker }

func newSubject() *subject {
	l := new(runtime.Linker)
	t := wasm.FuncType{Params: []wasm.ValType{wasm.I32, wasm.I32}, Results: []wasm.ValType{wasm.I32}}
	l.Func(timing.HostModule, timing.HostName, t, mix)
	return &subject{l}
}

// mix is the host function. It is no closure: in one, Go would call timing.HostFunc instead of inlining it.
func mix(_ context.Context, _ *runtime.Instance, stack []uint64) error {
	stack[0] = uint64(timing.HostFunc(uint32(stack[0]), uint32(stack[1])))
	return nil
}

func (*subject) Close() {}

func (s *subject) Load(k *timing.Kernel) (timing.Instance, error) {
	m, err := runtime.Compile(k.Module)
	if err != nil {
		return nil, err
	}
	in := &instance{stack: make([]uint64, 1)}
	linker := s.linker
	if k.Dir != "" {
		if in.system, err = wasi.New(&wasi.Config{Preopens: []wasi.Preopen{{Host: k.Dir, Guest: "."}}}); err != nil {
			return nil, err
		}
		linker = new(runtime.Linker)
		in.system.Define(linker)
	}
	linked, err := runtime.New(nil).Instantiate(context.Background(), m, linker)
	if err != nil {
		in.Close()
		return nil, err
	}
	if in.f = linked.Func(k.Export); in.f == nil {
		in.Close()
		return nil, fmt.Errorf("no exported function %q", k.Export)
	}
	return in, nil
}

// instance is a kernel in a runtime.
type instance struct {
	system *wasi.System // nil without WASI
	f      *runtime.Func
	stack  []uint64
}

func (in *instance) Call(arg uint32) (uint32, error) {
	in.stack[0] = uint64(arg)
	if err := in.f.CallStack(context.Background(), in.stack); err != nil {
		return 0, err
	}
	return uint32(in.stack[0]), nil
}

// Close leaves the instance to the garbage collector, as any user of the runtime does; descriptors are closed.
func (in *instance) Close() {
	if in.system != nil {
		_ = in.system.Close() // the guest closed what it wrote
	}
}
