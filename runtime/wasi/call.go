package wasi

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	pathpkg "path"
	"strings"
	"unicode/utf8"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// Call is a hostcall in progress, with its arguments checked. A System has one and uses it again.
type Call struct {
	sys  *System
	ctx  context.Context
	row  *Hostcall
	args []uint64 // the core arguments
	mem  []byte   // the guest's memory

	files  [2]*file  // the descriptors among the arguments, in order
	paths  [2]string // likewise; what is left of the call before was checked, too
	nfiles int
	npaths int
	bufs   [][]byte              // the buffers of the iovecs among the arguments, empty ones left out
	total  uint64                // their bytes
	buf    []byte                // the buffer for an address or option among the arguments
	bufAt  uint64                // where it is in the memory
	subs   [fewSubs]subscription // of poll_oneoff, if there are no more

	fail   error // ends the guest
	gaveUp bool  // a right is missing that the guest gave up
}

// ContractError says that a handler returned an errno that its row does not declare: a defect of this package.
type ContractError struct {
	Hostcall string
	Errno    Errno
}

// Error returns the hostcall and the errno.
func (e *ContractError) Error() string {
	return fmt.Sprintf("%s returned %s, which its row does not declare", e.Hostcall, e.Errno)
}

// Func returns a hostcall as a function of the host, to be called by instances that use this System and no other. Until its next call,
// or [System.Close], the System keeps the memory of the guest that called last.
//
// The whole of a call is in this one function: a layer more, or a value more that is kept over a call, is a measurable part of the
// cheapest hostcalls. Func itself is not inlined, because the compiler inlines little into functions that were.
//
//go:noinline
func (s *System) Func(h *Hostcall) runtime.HostFunc {
	return func(ctx context.Context, caller *runtime.Instance, stack []uint64) error {
		c := &s.call
		var memory policy.Memory
		var content []byte
		if mem := caller.Memory(); mem != nil {
			memory, content = mem, mem.Bytes()
		}
		c.ctx, c.row, c.args, c.mem = ctx, h, stack, content
		c.nfiles, c.npaths, c.bufs, c.total = 0, 0, c.bufs[:0], 0
		s.monitor.Begin(h.Name, h.ops&^distrusted, memory)
		errno := ENOSYS
		if h.handler != nil {
			errno = ESUCCESS
			if !h.plain || !c.look() {
				errno = c.check()
			}
			if errno == ESUCCESS {
				errno = h.handler(c)
			}
		}
		if errno != ESUCCESS {
			c.refuseEscape(errno)
		}
		if s.tracer != nil && (planted.Selected != planted.TraceMissing || errno != EBADF) {
			s.tracer.event(c, errno)
		}
		if c.fail != nil || errno != ESUCCESS {
			if err := c.failed(errno); err != nil {
				return err
			}
		}
		if !h.noResult {
			stack[0] = uint64(errno)
		}
		return nil
	}
}

// failed returns what ends the guest, if anything does, after a call that did not succeed. A guest that goes on nevertheless begins
// its next call with nothing.
func (c *Call) failed(errno Errno) error {
	if err := c.fail; err != nil {
		c.fail = nil
		return err
	}
	if !c.row.declared.has(errno) {
		c.sys.undeclared++
		if c.sys.strict {
			return &ContractError{c.row.Name, errno}
		}
	}
	return nil
}

// look is check for arguments that take no more than a look: values in their range, and places for results. It calls nothing, so that
// the loop stays in registers. If it says no, check has the last word.
func (c *Call) look() bool {
	if len(c.sys.protected) > 0 {
		return false
	}
	args, steps, size, monitor := c.args, c.row.steps, uint64(len(c.mem)), c.sys.monitor
	for i := range steps {
		st := &steps[i]
		v, n := uint64(uint32(args[st.slot])), st.size
		if st.class == classEnum {
			if v >= n {
				return false
			}
		} else if n > size || v > size-n || !monitor.QuickWrite(v, n) {
			return false
		}
	}
	return true
}

// check checks the arguments in order and gathers what they stand for. What the loop needs is read again at every step: that is
// cheaper than to keep it over the calls.
func (c *Call) check() Errno {
	for i := 0; i < len(c.row.steps); i++ {
		st := &c.row.steps[i]
		v := uint64(c.u32(int(st.slot)))
		errno := ESUCCESS
		switch st.class {
		case classEnum:
			if v >= st.size {
				return EINVAL
			}
			continue
		case classFlags:
			if v&^st.size != 0 {
				return EINVAL
			}
			continue
		case classFD, classSocket:
			errno = c.checkFD(int32(v), st.class, st.need)
		case classPtr:
			if planted.Selected == planted.ResultPointer && st.kind.result {
				continue
			}
			if st.write && c.quickWrite(v, st.size) { // the result of most calls
				continue
			}
			errno = c.touch(st.write, v, st.size)
		case classSized:
			errno = c.touch(st.write, v, st.kind.sizeOf(c.sys))
		case classList:
			errno = c.touch(false, v, st.size)
		case classAddress:
			errno = c.checkAddress(st.write, v)
		case classOption:
			errno = c.checkOption(v, uint64(c.u32(int(st.slot)+1)))
		case classBuffer:
			if planted.Selected == planted.BufferLength {
				continue
			}
			errno = c.touch(st.write, v, uint64(c.u32(int(st.slot)+1)))
		case classPath, classText:
			errno = c.checkPath(st.class, v, uint64(c.u32(int(st.slot)+1)))
		case classIovecs:
			errno = c.checkIovecs(st.write, v, uint64(c.u32(int(st.slot)+1)))
		case classArray:
			n := uint64(c.u32(int(st.count)))
			if n > MaxSubscriptions {
				return EINVAL
			}
			errno = c.touch(st.write, v, n*st.size)
		}
		if errno != ESUCCESS {
			return errno
		}
	}
	return ESUCCESS
}

// quickWrite is touch for what takes no more than a look: if it says no, touch has the last word.
func (c *Call) quickWrite(addr, n uint64) bool {
	size := uint64(len(c.mem))
	return n <= size && addr <= size-n && len(c.sys.protected) == 0 && c.sys.monitor.QuickWrite(addr, n)
}

// touch checks that the call may read or write n bytes at addr, and tells the monitor.
func (c *Call) touch(write bool, addr, n uint64) Errno {
	size := uint64(len(c.mem))
	wraps := planted.Selected == planted.IovecWrap && uint64(uint32(addr+n)) <= size
	if (n > size || addr > size-n) && !wraps && planted.Selected != planted.MemoryBounds {
		return EFAULT
	}
	s := c.sys
	op := policy.ReadMem
	if write {
		if len(s.protected) > 0 && s.isProtected(addr, n) {
			return EFAULT
		}
		if s.monitor.QuickWrite(addr, n) {
			return ESUCCESS
		}
		op = policy.WriteMem
	} else if s.monitor.QuickRead(addr, n) {
		return ESUCCESS
	}
	if !c.allowMemory(op, addr, n) {
		return EFAULT
	}
	return ESUCCESS
}

// checkFD looks a descriptor up.
func (c *Call) checkFD(fd int32, class class, need Rights) Errno {
	f := c.sys.fds.get(fd)
	switch {
	case f == nil:
		return EBADF
	case class == classSocket && f.sock == nil:
		return ENOTSOCK
	}
	if lacks := need &^ f.rights; lacks != 0 && !unlooked(c.nfiles) {
		return c.refuseRights(f, c.nfiles, lacks)
	}
	c.files[c.nfiles] = f
	c.nfiles++
	return ESUCCESS
}

// unlooked reports whether the rights of a call's n-th descriptor are not looked at: a planted bug.
func unlooked(n int) bool {
	return planted.Selected == planted.FDRights && n == 0 ||
		(planted.Selected == planted.FDRightsOther || planted.Selected == planted.RenameUnchecked) && n == 1
}

// checkPath takes a path out of the memory. The host resolves the very bytes that are checked here.
func (c *Call) checkPath(class class, addr, n uint64) Errno {
	if errno := c.touch(false, addr, n); errno != ESUCCESS {
		return errno
	}
	b := c.mem[addr:][:n]
	path := c.paths[c.npaths]
	if n == 0 && planted.Selected != planted.PathEmpty {
		return ENOENT
	}
	if path != string(b) { // else it was checked in the call before: programs ask for the same path again and again
		switch {
		case n >= MaxPath && planted.Selected != planted.PathLength:
			return ENAMETOOLONG
		case !utf8.Valid(b) && planted.Selected != planted.PathUTF8:
			return EILSEQ
		case bytes.IndexByte(b, 0) >= 0 && planted.Selected != planted.PathNUL:
			return EINVAL
		}
		path = string(b)
	}
	if planted.Selected == planted.PathCleaned {
		path = pathpkg.Clean(path)
	}
	c.paths[c.npaths] = path
	c.npaths++
	if class == classPath && strings.HasPrefix(path, "/") && planted.Selected != planted.PathAbsolute {
		return ENOTCAPABLE
	}
	return ESUCCESS
}

// checkIovecs takes an array of buffers out of the memory, once: what the guest, or the call itself, writes over the array
// later has no effect.
func (c *Call) checkIovecs(write bool, addr, n uint64) Errno {
	if n > MaxIovecs || planted.Selected == planted.IovecCount && n == MaxIovecs {
		return EINVAL
	}
	if errno := c.touch(false, addr, n*sizeOfIovec); errno != ESUCCESS {
		return errno
	}
	array := c.mem[addr:][:n*sizeOfIovec]
	for ; len(array) > 0; array = array[sizeOfIovec:] {
		buf := uint64(binary.LittleEndian.Uint32(array))
		size := uint64(binary.LittleEndian.Uint32(array[4:]))
		if planted.Selected != planted.IovecBuffers && !(size == 0 && planted.Selected == planted.IovecEmpty) {
			if errno := c.touch(write && planted.Selected != planted.IovecWrites, buf, checked(size)); errno != ESUCCESS {
				return errno
			}
		}
		c.total += size
		if size > 0 && (planted.Selected != planted.IovecFourth || len(c.bufs) < 3) {
			c.bufs = append(c.bufs, c.mem[buf:][:size:size])
		}
	}
	if c.total > 1<<32-1 {
		return EINVAL // the result is a 32-bit number
	}
	return ESUCCESS
}

// checked returns how many bytes of a buffer are looked at: all.
func checked(size uint64) uint64 {
	if planted.Selected == planted.IovecLast {
		return max(size, 1) - 1
	}
	return size
}

// u32 returns the core argument in a slot that is an i32.
func (c *Call) u32(slot int) uint32 { return uint32(c.args[slot]) }

// put32 stores a result at the address in a slot, which was checked.
func (c *Call) put32(slot int, v uint32) {
	binary.LittleEndian.PutUint32(c.at(slot, 4), v)
}

// put64 stores a result at the address in a slot, which was checked.
func (c *Call) put64(slot int, v uint64) {
	binary.LittleEndian.PutUint64(c.at(slot, 8), v)
}

// at returns the n bytes at the address in a slot, which were checked, to be written. If the monitor was not told of them, the
// guest ends, and what is written goes nowhere.
func (c *Call) at(slot int, n uint64) []byte { return c.out(uint64(c.u32(slot)), n) }

// out is at for an address that is in no slot.
func (c *Call) out(addr, n uint64) []byte {
	if !c.sys.monitor.QuickStored(addr, n) && !c.allowMemory(policy.Stored, addr, n) {
		return make([]byte, n)
	}
	return c.mem[addr:][:n:n]
}

// from returns the n bytes at the address in a slot, which were checked, to be read.
func (c *Call) from(slot int, n uint64) []byte { return c.mem[c.u32(slot):][:n:n] }

// allow tells the monitor an effect and reports whether it may happen. If not, the guest ends.
func (c *Call) allow(e *policy.Effect) bool {
	if v := c.sys.monitor.Check(e); v != nil {
		c.fail = v
		return false
	}
	return true
}

// allowMemory is allow for an effect on memory. It is a function of its own, as the next, so that those that ask the monitor
// have no frame with an Effect in it, which costs several nanoseconds behind a system call.
//
//go:noinline
func (c *Call) allowMemory(op policy.Op, addr, n uint64) bool {
	return c.allow(&policy.Effect{Op: op, Addr: addr, Len: n})
}

//go:noinline
func (c *Call) allowUse(f *file, rights Rights, access policy.Access) bool {
	return c.allow(&policy.Effect{Op: policy.FdUse, FD: f.fd, Host: int32(f.host), Rights: uint64(rights), Access: access})
}

//go:noinline
func (c *Call) allowMoved(f *file, access policy.Access, n uint64, where policy.Where) bool {
	return c.allow(&policy.Effect{Op: policy.Moved, FD: f.fd, Access: access, Len: n, Where: where})
}

//go:noinline
func (c *Call) allowNumber(op policy.Op, num uint64) bool {
	return c.allow(&policy.Effect{Op: op, Num: num})
}

// allowPlain is allow for an effect that is only a number.
func (c *Call) allowPlain(op policy.Op, num uint64) bool {
	return c.sys.monitor.QuickPlain(op) || c.allowNumber(op, num)
}

// use tells the monitor that a system call on f follows. Streams without a descriptor of the host are told too.
func (c *Call) use(f *file, rights Rights, access policy.Access) bool {
	return c.sys.monitor.QuickUse(f.fd, int32(f.host), uint64(rights), access) || c.allowUse(f, rights, access)
}

// usePath tells the monitor that path is resolved beneath f.
func (c *Call) usePath(f *file, path string, rights Rights, access policy.Access, follow bool) bool {
	return c.useInherited(f, path, rights, 0, access, follow)
}

// useInherited is usePath for what is opened with rights of its own.
func (c *Call) useInherited(f *file, path string, rights, inherit Rights, access policy.Access, follow bool) bool {
	return c.sys.monitor.QuickPath(f.fd, int32(f.host), uint64(rights), uint64(inherit), access, path) ||
		c.allowPath(f, path, rights, inherit, access, follow)
}

//go:noinline
func (c *Call) allowPath(f *file, path string, rights, inherit Rights, access policy.Access, follow bool) bool {
	return c.allow(&policy.Effect{Op: policy.PathAt, FD: f.fd, Host: int32(f.host), Rights: uint64(rights), Inherit: uint64(inherit),
		Access: access, Path: path, Follow: follow})
}

//go:noinline
func (c *Call) allowOpen(f, dir *file, kind policy.FileKind) bool {
	return c.allow(&policy.Effect{Op: policy.FdOpen, FD: f.fd, Dir: dir.fd, Host: int32(f.host), Kind: kind, Rights: uint64(f.rights),
		Inherit: uint64(f.inherit)})
}

//go:noinline
func (c *Call) allowClose(f *file) bool {
	return c.allow(&policy.Effect{Op: policy.FdClose, FD: f.fd, Host: int32(f.host)})
}

// interrupted ends the guest because the context of the call ended.
func (c *Call) interrupted() Errno {
	c.fail = &runtime.Trap{Code: runtime.Interrupted, Cause: context.Cause(c.ctx)}
	return ECANCELED
}
