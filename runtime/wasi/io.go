package wasi

import (
	"net/netip"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// pipeChunk is the most that a write to a pipe or terminal takes without blocking when the host says that it is ready
// (PIPE_BUF of Linux).
const pipeChunk = 4096

func fdRead(c *Call) Errno {
	f := c.files[0]
	if !c.use(f, RightFdRead, policy.Read) {
		return EPERM
	}
	var n int
	var err error
	switch {
	case f.stream != nil:
		n, err = f.stream.read(c.ctx, c.bufs)
	case f.sock != nil:
		n, _, _, errno := c.receive(f, false, false)
		if errno != ESUCCESS {
			return errno
		}
		return c.moved(f, policy.Read, policy.AtOffset, 3, n, nil)
	case f.typ == hostos.Regular && len(c.bufs) == 1:
		n, err = hostos.ReadOne(f.host, c.bufs[0])
	case f.typ == hostos.Regular:
		n, err = hostos.Readv(f.host, c.bufs)
	default:
		if errno := c.ready(f, false); errno != ESUCCESS {
			return errno
		}
		n, err = hostos.Readv(f.host, c.bufs)
		for hostos.IsAgain(err) && f.flags&FDNonblock == 0 { // another reader was faster
			if errno := c.ready(f, false); errno != ESUCCESS {
				return errno
			}
			n, err = hostos.Readv(f.host, c.bufs)
		}
	}
	return c.moved(f, policy.Read, policy.AtOffset, 3, n, err)
}

func fdWrite(c *Call) Errno {
	f := c.files[0]
	if c.sys.budget.metered || f.mayBlock() || len(c.bufs) != 1 {
		return c.meter(f, 3, write)
	}
	// The frequent case is written out: each function between here and the system call is a measurable part of it.
	if !c.use(f, RightFdWrite, policy.Write) {
		return EPERM
	}
	n, err := hostos.WriteOne(f.host, c.bufs[0])
	return c.moved(f, policy.Write, f.end(), 3, n, err)
}

// write is fd_write without quotas.
func write(c *Call) Errno {
	f := c.files[0]
	if !c.use(f, RightFdWrite, policy.Write) {
		return EPERM
	}
	var n int
	var err error
	switch {
	case f.stream != nil:
		n, err = f.stream.write(c.ctx, c.bufs)
	case f.sock != nil:
		n, errno := c.send(f, netip.AddrPort{})
		if errno != ESUCCESS {
			return errno
		}
		return c.moved(f, policy.Write, policy.AtOffset, 3, n, nil)
	case !f.mayBlock():
		n, err = hostos.Writev(f.host, c.bufs)
	case f.flags&FDNonblock == 0 && c.ctx.Done() == nil && f.shared:
		n, err = hostos.Writev(f.host, c.bufs)
		if hostos.IsAgain(err) { // the embedder made it non-blocking
			return c.writePipe(f)
		}
	default:
		return c.writePipe(f)
	}
	return c.moved(f, policy.Write, f.end(), 3, n, err)
}

// end returns where a write to f goes.
func (f *file) end() policy.Where {
	if f.flags&FDAppend != 0 {
		return policy.AtEnd
	}
	return policy.AtOffset
}

// writePipe writes to what can block, in chunks that do not once the host says that it is ready.
func (c *Call) writePipe(f *file) Errno {
	total := 0
	for _, b := range c.bufs {
		for len(b) > 0 {
			errno := c.ready(f, true)
			n := 0
			if errno == ESUCCESS {
				var err error
				chunk := [1][]byte{b[:min(len(b), pipeChunk)]}
				n, err = hostos.Writev(f.host, chunk[:])
				if hostos.IsAgain(err) && f.flags&FDNonblock == 0 {
					continue
				}
				errno = errnoOf(err)
			}
			total += n
			b = b[n:]
			if errno == ESUCCESS {
				continue
			}
			if total > 0 && c.fail == nil {
				return c.moved(f, policy.Write, policy.AtOffset, 3, total, nil)
			}
			return errno
		}
	}
	return c.moved(f, policy.Write, policy.AtOffset, 3, total, nil)
}

// ready waits until f can be read or written without blocking: EAGAIN if it cannot and must not block.
func (c *Call) ready(f *file, write bool) Errno {
	if f.flags&FDNonblock != 0 {
		ok, err := hostos.IsReady(f.host, write)
		if err == nil && !ok {
			return EAGAIN
		}
		return errnoOf(err)
	}
	if c.ctx.Done() == nil && f.shared && !write {
		return ESUCCESS // nothing can cancel the wait: let the read itself block
	}
	if err := hostos.WaitReady(c.ctx, f.host, write); err != nil {
		if c.ctx.Err() != nil {
			return c.interrupted()
		}
		return errnoOf(err)
	}
	return ESUCCESS
}

func fdPread(c *Call) Errno {
	f := c.files[0]
	off, errno := c.offsetOf(3)
	if errno != ESUCCESS {
		return errno
	}
	if planted.Selected != planted.ReadUntold && !c.use(f, RightFdRead|RightFdSeek, policy.Read) {
		return EPERM
	}
	if planted.Selected == planted.PreadNarrow {
		off = int64(uint32(off))
	}
	n, err := hostos.Preadv(f.host, c.bufs, off)
	if planted.Selected == planted.PreadMoves && err == nil {
		_, err = hostos.Seek(f.host, off+int64(n), hostos.SeekSet)
	}
	return c.moved(f, policy.Read, policy.Apart, 4, n, err)
}

func fdPwrite(c *Call) Errno {
	if c.sys.budget.metered && planted.Selected != planted.PwriteFree {
		return c.meter(c.files[0], 4, pwrite)
	}
	return pwrite(c)
}

// pwrite is fd_pwrite without quotas.
func pwrite(c *Call) Errno {
	f := c.files[0]
	off, errno := c.offsetOf(3)
	if errno != ESUCCESS {
		return errno
	}
	if !c.use(f, RightFdWrite|RightFdSeek, policy.Write) {
		return EPERM
	}
	if planted.Selected == planted.PwriteOffset {
		off, _ = hostos.Seek(f.host, 0, hostos.SeekCur)
	}
	if len(c.bufs) > 2 && planted.Selected == planted.WriteOrder {
		slices.Reverse(c.bufs)
	}
	n, err := hostos.Pwritev(f.host, c.bufs, off)
	return c.moved(f, policy.Write, policy.Apart, 4, n, err)
}

// moved ends a read or write: it tells the monitor and stores the number of bytes, or returns the errno. Sockets have no offset:
// for them, as for other streams, AtOffset says nothing.
func (c *Call) moved(f *file, access policy.Access, where policy.Where, slot, n int, err error) Errno {
	if err != nil {
		if c.ctx.Err() != nil && err == c.ctx.Err() {
			return c.interrupted()
		}
		if planted.Selected == planted.FailureStored {
			c.put32(slot, 0)
		}
		return errnoOf(err)
	}
	if !c.sys.monitor.QuickMoved(f.fd, access, uint64(n), where) && planted.Selected != planted.MovedUnseen &&
		!c.allowMoved(f, access, uint64(n), where) {
		return EPERM
	}
	c.put32(slot, uint32(n))
	return ESUCCESS
}
