package oracle

import (
	"context"
	"maps"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// faultOf returns what the runtime's fault injection is told for a kind of fault, and whether the call can meet that: a call whose row does
// not declare the errno makes no system call that can fail so. No socket has a disk's errors.
func faultOf(k hostcall.FaultKind, row *wasi.Hostcall) (wasi.Fault, bool) {
	if k == hostcall.Short {
		return wasi.Fault{Short: true}, true
	}
	n := errnoNumbers[k.String()]
	return wasi.Fault{Err: n}, n == unix.EINTR || row.Declares(errnoNames[k.String()])
}

// errnoNumbers has the system's errors by name, and errnoNames those of WASI.
var errnoNumbers, errnoNames = func() (map[string]syscall.Errno, map[string]wasi.Errno) {
	const most = 256 // more than any system has
	numbers, names := map[string]syscall.Errno{}, map[string]wasi.Errno{}
	for e := range syscall.Errno(most) {
		numbers[unix.ErrnoName(e)] = e
		names[wasi.Errno(e).String()] = wasi.Errno(e)
	}
	numbers["ENOTSUP"], numbers["EAGAIN"] = unix.ENOTSUP, unix.EAGAIN // which have two names on some systems
	return numbers, names
}()

// withFault makes a call during which a system call fails, and asserts besides all else: the guest is not told of a signal, a call that
// fails has changed no file, and the descriptors are those of the model, of those that the call was to close perhaps some less.
func (g *guest) withFault(ctx context.Context, c *hostcall.Call) (wasi.Errno, *Failure) {
	fault, meets := faultOf(c.Fault.Kind, c.Row)
	if !meets {
		return g.make(ctx, c)
	}
	before, err := g.box.files()
	if err != nil {
		return 0, fail("sandbox: cannot be read", "%v", err)
	}
	g.model.ForgetAccess() // the contents were read
	calls, met := 0, false
	restore := wasi.InjectFaults(func() wasi.Fault {
		calls++
		if calls-1 != int(c.Fault.Nth) {
			return wasi.Fault{}
		}
		met = true
		return fault
	})
	g.fault = &met
	errno, f := g.make(ctx, c)
	g.fault = nil
	restore()
	if f != nil || g.ended || !met {
		return errno, f
	}
	if errno == wasi.EINTR {
		return errno, fail("hostcall: a signal is seen", "%s", c)
	}
	if errno != wasi.ESUCCESS && !c.Row.Ops().Has(policy.FdOpen) { // opening may have made the file before it failed
		after, err := g.box.files()
		if err != nil {
			return errno, fail("sandbox: cannot be read", "%v", err)
		}
		g.model.ForgetAccess()
		if !maps.Equal(before, after) {
			return errno, fail("hostcall: fails and changes files", "%s: %v\nbefore %v\nafter  %v", c, errno, before, after)
		}
	}
	return errno, g.probe(ctx, c)
}

// probe asks for each descriptor that the guest could have whether it is open. After c, which had a fault, those that it was to close may be
// closed or not.
func (g *guest) probe(ctx context.Context, c *hostcall.Call) *Failure {
	const at, size = 0, 24
	get := g.rows[fdstat]
	var held [size]byte
	copy(held[:], g.memory[at:])
	defer copy(g.memory[at:], held[:])
	ctx = context.WithoutCancel(ctx)
	for fd := range uint64(maxFDs) {
		stack := [2]uint64{fd, at}
		if err := get.function.CallStack(ctx, stack[:]); err != nil {
			return fail("hostcall: ends the guest", "fd_fdstat_get(%d) after %s: %v", fd, c, err)
		}
		if open := wasi.Errno(stack[0]) != wasi.EBADF; !g.model.Settle(uint32(fd), open) {
			return fail("hostcall: a fault leaves other descriptors", "%d is open: %v, after %s", fd, open, c)
		}
	}
	return nil
}
