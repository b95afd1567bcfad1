package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// subject is the engine as it is timed. A runtime keeps its instances, so that each has one of its own; what is shared is the linker.
type subject struct {
	linker *runtime.Linker
	traced bool // a line is made of each hostcall, and thrown away
}

var (
	_ timing.Decoder   = (*subject)(nil)
	_ timing.Validator = (*subject)(nil)
	_ timing.Observer  = (*module)(nil)
)

func newSubject(traced bool) *subject {
	l := new(runtime.Linker)
	t := wasm.FuncType{Params: []wasm.ValType{wasm.I32, wasm.I32}, Results: []wasm.ValType{wasm.I32}}
	l.Func(timing.HostModule, timing.HostName, t, mix)
	return &subject{l, traced}
}

// mix is the host function. It is no closure: in one, Go would call timing.HostFunc instead of inlining it.
func mix(_ context.Context, _ *runtime.Instance, stack []uint64) error {
	stack[0] = uint64(timing.HostFunc(uint32(stack[0]), uint32(stack[1])))
	return nil
}

func (*subject) Close() {}

// Decode implements [timing.Decoder].
func (*subject) Decode(module []byte) error {
	_, err := wasm.Decode(module)
	return err
}

// Validate implements [timing.Validator].
func (*subject) Validate(module []byte) error {
	m, err := wasm.Decode(module)
	if err != nil {
		return err
	}
	return wasm.Validate(m)
}

func (s *subject) Compile(k *timing.Kernel) (timing.Module, error) {
	m, err := runtime.Compile(k.Module)
	if err != nil {
		return nil, err
	}
	return &module{subject: s, kernel: k, compiled: m}, nil
}

// module is a kernel that was compiled.
type module struct {
	subject  *subject
	kernel   *timing.Kernel
	compiled *runtime.Module
	observed bool
}

// Observed implements [timing.Observer].
func (m *module) Observed() timing.Module {
	other := *m
	other.observed = true
	return &other
}

// Close leaves the code to the garbage collector, as any user of the runtime does.
func (*module) Close() {}

func (m *module) Instantiate() (timing.Instance, error) {
	in := &instance{stack: make([]uint64, 1), returns: m.kernel.Program == nil || m.kernel.Program.Returns}
	linker := m.subject.linker
	if m.kernel.Dir != "" {
		if err := in.world(m.kernel, m.subject.traced); err != nil {
			in.Close()
			return nil, err
		}
		linker = new(runtime.Linker)
		if m.observed {
			in.watch = watch(in.system, linker)
		} else {
			in.system.Define(linker)
		}
	}
	linked, err := runtime.New(nil).Instantiate(context.Background(), m.compiled, linker)
	if err != nil {
		in.Close()
		return nil, err
	}
	if in.f = linked.Func(m.kernel.Export); in.f == nil {
		in.Close()
		return nil, fmt.Errorf("no exported function %q", m.kernel.Export)
	}
	return in, nil
}

// instance is a kernel in a runtime.
type instance struct {
	system  *wasi.System // nil without WASI
	files   []*os.File   // a program's streams
	watch   *watcher     // nil unless hostcalls are timed
	f       *runtime.Func
	stack   []uint64
	returns bool // the export returns a number
}

// world makes the instance's WASI.
func (in *instance) world(k *timing.Kernel, traced bool) error {
	c := &wasi.Config{Preopens: []wasi.Preopen{{Host: k.Dir, Guest: "."}}}
	if k.Peer.IsValid() {
		c.Net = touchstone.PeerRules(k.Peer)
	}
	if k.Accepts {
		c.Listeners = []wasi.Listener{{Addr: k.Listen}}
	}
	if traced {
		c.Trace, c.TraceEffects = io.Discard, true
	}
	if k.Program != nil {
		c.Args = k.Program.Args
		input, err := os.Open(k.StdinFile())
		output, err2 := os.OpenFile(k.StdoutFile(), os.O_WRONLY, 0)
		log, err3 := os.OpenFile(k.StderrFile(), os.O_WRONLY, 0)
		in.files = []*os.File{input, output, log}
		if err := errors.Join(err, err2, err3); err != nil {
			return err
		}
		c.Stdin, c.Stdout, c.Stderr = input, output, log
	}
	var err error
	in.system, err = wasi.New(c)
	return err
}

func (in *instance) Call(arg uint32) (uint32, error) {
	in.stack[0] = uint64(arg)
	err := in.f.CallStack(context.Background(), in.stack)
	var exit *runtime.ExitError
	switch {
	case errors.As(err, &exit):
		return exit.Code, nil
	case err != nil:
		return 0, err
	case !in.returns:
		return 0, nil
	}
	return uint32(in.stack[0]), nil
}

// Close leaves the instance to the garbage collector, as any user of the runtime does; descriptors are closed.
func (in *instance) Close() {
	if in.system != nil {
		_ = in.system.Close() // the guest closed what it wrote
	}
	for _, f := range in.files {
		_ = f.Close()
	}
}

// Hostcalls returns what the hostcalls of the instance took.
func (in *instance) Hostcalls() []timing.Hostcall { return in.watch.hostcalls() }
