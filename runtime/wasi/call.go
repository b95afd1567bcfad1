package wasi

import (
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

	files  [2]*file // the descriptors among the arguments, in order
	paths  [2]string
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

// invoke makes one hostcall for a guest with memory mem, or with none. stack is as in runtime.HostFunc.
func (s *System) invoke(ctx context.Context, h *Hostcall, mem *runtime.Memory, stack []uint64) error {
	c := &s.call
	c.ctx, c.row, c.args = ctx, h, stack
	c.nfiles, c.npaths, c.bufs, c.total, c.fail = 0, 0, c.bufs[:0], 0, nil
	s.effects = s.effects[:0]
	declared := h.ops &^ distrusted
	if mem != nil {
		c.mem = mem.Bytes()
		s.monitor.Begin(h.Name, declared, mem)
	} else {
		s.monitor.Begin(h.Name, declared, nil)
	}
	errno := ENOSYS
	if h.handler != nil {
		if errno = c.check(); errno == ESUCCESS && c.fail == nil {
			errno = h.handler(c)
		}
	}
	if errno != ESUCCESS {
		c.refuseEscape(errno)
	}
	if s.tracer != nil && (planted.Selected != planted.TraceMissing || errno != EBADF) {
		s.tracer.event(c, errno)
	}
	// What the guest owns must not be kept alive by a System that idles.
	c.ctx, c.mem, c.args, c.buf = nil, nil, nil, nil
	clear(c.bufs)
	if c.fail != nil {
		return c.fail
	}
	if !h.declared.has(errno) {
		s.undeclared++
		if s.strict {
			return &ContractError{h.Name, errno}
		}
	}
	if !h.noResult {
		stack[0] = uint64(errno)
	}
	return nil
}

// check checks the arguments in order and gathers what they stand for.
func (c *Call) check() Errno {
	args, steps := c.args, c.row.steps
	for i := range steps {
		st := &steps[i]
		v := uint64(uint32(args[st.slot]))
		errno := ESUCCESS
		switch st.class {
		case classEnum, classFlags:
			if !st.kind.Has(v) {
				return EINVAL
			}
		case classFD, classSocket:
			errno = c.checkFD(int32(v), st.class, st.need)
		case classPtr:
			n := st.kind.size
			if st.kind.sizeOf != nil {
				n = st.kind.sizeOf(c.sys)
			}
			if planted.Selected == planted.ResultPointer && st.kind.result {
				continue
			}
			errno = c.touch(st.kind.write, v, n)
		case classList:
			errno = c.touch(false, v, st.kind.size)
		case classAddress:
			errno = c.checkAddress(st.kind.write, v)
		case classOption:
			errno = c.checkOption(v, uint64(uint32(args[st.slot+1])))
		case classBuffer:
			if planted.Selected == planted.BufferLength {
				continue
			}
			errno = c.touch(st.kind.write, v, uint64(uint32(args[st.slot+1])))
		case classPath, classText:
			errno = c.checkPath(st.class, v, uint64(uint32(args[st.slot+1])))
		case classIovecs:
			errno = c.checkIovecs(st.kind.write, v, uint64(uint32(args[st.slot+1])))
		case classArray:
			n := uint64(uint32(args[st.count]))
			if n > MaxSubscriptions {
				return EINVAL
			}
			errno = c.touch(st.kind.write, v, n*st.kind.size)
		}
		if errno != ESUCCESS {
			return errno
		}
	}
	return ESUCCESS
}

// touch checks that the call may read or write n bytes at addr, and tells the monitor.
func (c *Call) touch(write bool, addr, n uint64) Errno {
	size := uint64(len(c.mem))
	wraps := planted.Selected == planted.IovecWrap && uint64(uint32(addr+n)) <= size
	if (n > size || addr > size-n) && !wraps && planted.Selected != planted.MemoryBounds {
		return EFAULT
	}
	s := c.sys
	var v *policy.Violation
	if write {
		if len(s.protected) > 0 && s.isProtected(addr, n) {
			return EFAULT
		}
		v = s.monitor.Write(addr, n)
	} else {
		v = s.monitor.Read(addr, n)
	}
	if v != nil {
		c.fail = v
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
	switch {
	case n == 0 && planted.Selected != planted.PathEmpty:
		return ENOENT
	case n >= MaxPath && planted.Selected != planted.PathLength:
		return ENAMETOOLONG
	case !utf8.Valid(b) && planted.Selected != planted.PathUTF8:
		return EILSEQ
	}
	path := string(b)
	if strings.IndexByte(path, 0) >= 0 && planted.Selected != planted.PathNUL {
		return EINVAL
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
	if n > MaxIovecs {
		return EINVAL
	}
	if errno := c.touch(false, addr, n*sizeOfIovec); errno != ESUCCESS {
		return errno
	}
	array := c.mem[addr:][:n*sizeOfIovec]
	for ; len(array) > 0; array = array[sizeOfIovec:] {
		buf := uint64(binary.LittleEndian.Uint32(array))
		size := uint64(binary.LittleEndian.Uint32(array[4:]))
		if planted.Selected != planted.IovecBuffers {
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
	if v := c.sys.monitor.Stored(addr, n); v != nil {
		c.fail = v
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

// allowPlain is allow for an effect that is only a number.
func (c *Call) allowPlain(op policy.Op, num uint64) bool {
	if v := c.sys.monitor.Plain(op, num); v != nil {
		c.fail = v
		return false
	}
	return true
}

// use tells the monitor that a system call on f follows. Streams without a descriptor of the host are told too.
func (c *Call) use(f *file, rights Rights, access policy.Access) bool {
	if v := c.sys.monitor.Use(f.fd, int32(f.host), uint64(rights), access); v != nil {
		c.fail = v
		return false
	}
	return true
}

// usePath tells the monitor that path is resolved beneath f.
func (c *Call) usePath(f *file, path string, rights Rights, access policy.Access, follow bool) bool {
	return c.allow(&policy.Effect{Op: policy.PathAt, FD: f.fd, Host: int32(f.host), Rights: uint64(rights), Access: access,
		Path: path, Follow: follow})
}

// interrupted ends the guest because the context of the call ended.
func (c *Call) interrupted() Errno {
	c.fail = &runtime.Trap{Code: runtime.Interrupted, Cause: context.Cause(c.ctx)}
	return ECANCELED
}
