package commandline

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// Places in a kernel's memory, below all that the kernel has there; see [timing.Kernel].
const (
	clockAt  = 0 // eight bytes
	resultAt = 8 // four bytes; the iovec follows where the kernel has been before, which is over by then
	iovecAt  = 16
	answer   = 12 // bytes of what a clocked program writes: a time and a result
)

// clocked returns a kernel that makes hostcalls as a program: it makes the calls, and writes on its output how many nanoseconds passed
// meanwhile by the clock that it is given, and the last result. So neither the start of the command is in the time nor what it takes to
// hand a call to the guest.
func clocked(k *timing.Kernel, arg uint32, calls int) ([]byte, error) {
	m, err := wasm.Decode(k.Module)
	if err != nil {
		return nil, fmt.Errorf("kernel: %w", err)
	}
	at := slices.IndexFunc(m.Exports, func(e wasm.Export) bool { return e.Kind == wasm.ExternFunc && e.Name == k.Export })
	if at < 0 {
		return nil, fmt.Errorf("no exported function %q", k.Export)
	}
	hosts := uint32(m.ImportedFuncs())
	const more = 2 // imports
	engine.Renumber(m, func(f uint32) uint32 {
		if f < hosts {
			return f
		}
		return f + more
	})
	a := asm.Module{Module: *m}
	now := uint64(a.Import(engine.WASIModule, "clock_time_get", "iIi:i"))
	write := uint64(a.Import(engine.WASIModule, "fd_write", "iiii:i"))
	run := uint64(m.Exports[at].Index)
	a.Exports = slices.DeleteFunc(slices.Clone(a.Exports), func(e wasm.Export) bool { return e.Kind == wasm.ExternFunc })

	const left, result, begin = 0, 1, 2
	const monotonic, stdout = 1, 1
	body := new(asm.Body)
	clock := func() {
		body.I32(monotonic).I64(1).I32(clockAt).Op(wasm.OpCall, now).Block(wasm.OpIf).Op(wasm.OpUnreachable).End()
		body.I32(clockAt).Op(wasm.OpI64Load, 3, 0)
	}
	clock()
	body.Set(begin).I32(int32(calls)).Set(left).Block(wasm.OpLoop)
	body.I32(int32(arg)).Op(wasm.OpCall, run).Set(result)
	body.Get(left).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, left).Op(wasm.OpBrIf, 0).End()
	clock()
	body.Get(begin).Op(wasm.OpI64Sub).Set(begin)
	store(body, clockAt, wasm.OpI64Store, func(b *asm.Body) { b.Get(begin) })
	store(body, resultAt, wasm.OpI32Store, func(b *asm.Body) { b.Get(result) })
	store(body, iovecAt, wasm.OpI64Store, func(b *asm.Body) { b.I64(clockAt | answer<<32) })
	body.I32(stdout).I32(iovecAt).I32(1).I32(iovecAt+8).Op(wasm.OpCall, write).Op(wasm.OpDrop)
	a.Func(timing.Start, ":", "iiI", body)
	return a.Encode(), nil
}

// told returns what a clocked program wrote.
func told(out []byte) (passed time.Duration, result uint32, err error) {
	if len(out) < answer {
		return 0, 0, fmt.Errorf("no result in its output %q", bytes.TrimSpace(out))
	}
	out = out[len(out)-answer:]
	return time.Duration(binary.LittleEndian.Uint64(out)), binary.LittleEndian.Uint32(out[resultAt:]), nil
}

// prepareClocked says whether a command can run a kernel that makes hostcalls.
func (t *Timer) prepareClocked(k *timing.Kernel) error {
	switch {
	case t.cmd.Start == nil:
		return errors.New("the command runs no WASI programs with a directory")
	case k.Accepts:
		return errors.New("a command is not given sockets here")
	}
	return nil
}
