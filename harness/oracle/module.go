package oracle

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// AsModule runs the sequence that a tape describes twice, call by call and as the module that it compiles to, and asserts that
// both return the same errnos and leave the same memory. What the host does and faults are left out, and so are calls that write what
// differs from run to run: inodes, times and ports. It returns how many calls returned.
func (h *Hostcalls) AsModule(ctx context.Context, tape []byte) (returned int, f *Failure) {
	calls := hostcall.Generate(tape, hostcall.Options{Only: h.only, Outside: h.box.Outside(), Hosts: h.hosts})
	calls = slices.DeleteFunc(calls, func(c hostcall.Call) bool { return slices.Contains(passing, c.Row.Name) })
	for i := range calls {
		calls[i].Before, calls[i].Fault = nil, nil
	}
	var want []wasi.Errno
	h.returned = func(errno wasi.Errno) { want = append(want, errno) }
	defer func() { h.returned = nil }()
	if f := h.run(ctx, calls, 0, nil); f != nil {
		return 0, f
	}
	memory := slices.Clone(h.shadow.memory)
	if err := h.box.Reset(); err != nil {
		return 0, fail("sandbox: cannot be built", "%v", err)
	}
	errnos, again, f := h.module(ctx, calls)
	switch {
	case f != nil:
	case !slices.Equal(errnos, want):
		f = fail("hostcall: a module returns something else", "errnos %v, call by call %v", errnos, want)
	case !bytes.Equal(again, memory):
		at := slices.IndexFunc(indexes(len(memory)), func(i int) bool { return memory[i] != again[i] })
		f = fail("hostcall: a module leaves another memory", "at %#x: %#x, call by call %#x", at, again[at], memory[at])
	}
	if f != nil {
		f.Detail += "\n" + hostcall.Format(calls)
	}
	return len(want), f
}

// passing are the hostcalls whose results are other ones in the next run.
var passing = []string{"fd_filestat_get", "path_filestat_get", "fd_readdir", "sock_getlocaladdr", "sock_getpeeraddr", "sock_recv_from"}

func indexes(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// module runs a sequence as a module, and returns the errnos of the calls that returned and the memory.
func (h *Hostcalls) module(ctx context.Context, calls []hostcall.Call) (errnos []wasi.Errno, memory []byte, f *Failure) {
	cfg, fds := h.config(calls)
	sys, err := wasi.New(cfg)
	if err != nil {
		return nil, nil, fail("wasi: no system", "%v", err)
	}
	defer sys.Close()
	m, err := runtime.CompileModule(hostcall.Compile(calls, hostcall.World{FDs: fds, Dirs: guestDirs, Sockets: fds[5:], Ports: h.ports}))
	if err != nil {
		return nil, nil, fail("hostcall: the module is refused", "%v", err)
	}
	var l runtime.Linker
	sys.Define(&l)
	in, err := runtime.New(nil).Instantiate(ctx, m, &l)
	if err != nil {
		return nil, nil, fail("hostcall: the module is refused", "%v", err)
	}
	var exit *runtime.ExitError
	if _, err := in.Call(ctx, "_start"); err != nil && !errors.As(err, &exit) {
		return nil, nil, fail("hostcall: the module ends otherwise", "%v", err)
	}
	for i := range calls {
		g := in.Export(hostcall.Errno(i, calls[i].Row)).(*runtime.Global)
		if errno := g.Get().Bits(); errno != hostcall.NotCalled {
			errnos = append(errnos, wasi.Errno(errno))
		}
	}
	memory, _ = in.Memory().Slice(0, hostcall.MemorySize)
	return errnos, memory, nil
}
