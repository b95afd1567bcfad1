package wasi

import (
	"encoding/binary"
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

func fdClose(c *Call) Errno {
	f := c.files[0]
	if !c.sys.monitor.QuickClose(f.fd, int32(f.host)) && !c.allowClose(f) {
		return EBADF
	}
	// The number is free whatever the host says: a descriptor whose close fails is closed.
	if planted.Selected != planted.FDForget {
		c.sys.fds.close(f)
	}
	if f.host == hostos.NoFD || planted.Selected == planted.CloseLeak {
		return ESUCCESS
	}
	return errnoOf(hostos.Close(f.host))
}

func fdFdstatGet(c *Call) Errno {
	f := c.files[0]
	b := c.at(1, sizeOfFdstat)
	clear(b)
	if planted.Selected == planted.FdstatPadding {
		b[1] = byte(f.host)
	}
	b[0] = byte(f.filetype())
	binary.LittleEndian.PutUint16(b[2:], uint16(f.flags))
	binary.LittleEndian.PutUint64(b[8:], uint64(f.rights))
	binary.LittleEndian.PutUint64(b[16:], uint64(f.shownInherit()))
	return ESUCCESS
}

// shownInherit returns the inheriting rights that the guest is told. C programs ask for no more than it says. They shall
// ask for what the preopen's grant denies, such as to write, and get EPERM when they open, rather than silently get a descriptor
// that cannot be written.
func (f *file) shownInherit() Rights {
	if f.typ == hostos.Dir {
		return f.inherit | denied(f.access)
	}
	return f.inherit
}

func fdFdstatSetFlags(c *Call) Errno {
	f, flags := c.files[0], FDFlags(c.u32(1))
	changed := flags ^ f.flags
	if changed&^(FDAppend|FDNonblock) != 0 {
		return EINVAL // hosts cannot change the others on an open file
	}
	if changed&FDAppend != 0 && (planted.Selected != planted.AppendKept || flags&FDAppend != 0) {
		if f.shared || f.host == hostos.NoFD || f.typ != hostos.Regular {
			return ENOTSUP // it would change the embedder's stream, too
		}
		if !c.use(f, RightFdFdstatSetFlags, 0) {
			return EPERM
		}
		if err := hostos.SetAppend(f.host, flags&FDAppend != 0); err != nil {
			return errnoOf(err)
		}
	}
	// Nonblock is kept here alone: reads and writes ask the host whether they would block.
	f.flags = flags
	return ESUCCESS
}

func fdFilestatGet(c *Call) Errno {
	f := c.files[0]
	if !c.use(f, RightFdFilestatGet, policy.Stat) {
		return EPERM
	}
	st := hostos.Stat{Type: f.typ}
	if f.host != hostos.NoFD {
		var err error
		if f.device != 0 {
			err = hostos.FstatResident(f.host, &st)
		} else {
			st, err = hostos.Fstat(f.host)
		}
		if err != nil {
			return errnoOf(err)
		}
		st.Type = f.filetype()
	}
	if planted.Selected == planted.FilestatInode {
		st.Ino++
	}
	putFilestat(c.at(1, sizeOfFilestat), &st)
	return ESUCCESS
}

// putFilestat stores st as preview 1 lays it out.
func putFilestat(b []byte, st *hostos.Stat) {
	clear(b)
	typ := st.Type
	if typ == hostos.Fifo {
		typ = hostos.Unknown
	}
	binary.LittleEndian.PutUint64(b[0:], st.Dev)
	binary.LittleEndian.PutUint64(b[8:], st.Ino)
	b[16] = byte(typ)
	if planted.Selected == planted.FilestatSize {
		st.Links, st.Size = st.Size, st.Links
	}
	if planted.Selected == planted.FilestatTimes {
		st.Atime, st.Mtime = st.Mtime, st.Atime
	}
	binary.LittleEndian.PutUint64(b[24:], st.Links)
	binary.LittleEndian.PutUint64(b[32:], st.Size)
	binary.LittleEndian.PutUint64(b[40:], st.Atime)
	binary.LittleEndian.PutUint64(b[48:], st.Mtime)
	binary.LittleEndian.PutUint64(b[56:], st.Ctime)
}

func fdPrestatGet(c *Call) Errno {
	f := c.files[0]
	if !f.preopen {
		return EBADF
	}
	b := c.at(1, sizeOfPrestat)
	clear(b) // tag 0: a directory
	n := uint32(len(f.name))
	if planted.Selected == planted.PrestatSize {
		n++
	}
	binary.LittleEndian.PutUint32(b[4:], n)
	return ESUCCESS
}

func fdPrestatDirName(c *Call) Errno {
	f := c.files[0]
	switch {
	case !f.preopen:
		return EBADF
	case int(c.u32(2)) < len(f.name) && planted.Selected != planted.PrestatLength && planted.Selected != planted.PrestatUnseen:
		return ENAMETOOLONG
	}
	copy(c.at(1, uint64(len(f.name))), f.name)
	return ESUCCESS
}

func fdSeek(c *Call) Errno {
	off, err := c.seek(c.files[0], RightFdSeek, int64(c.args[1]), hostos.Whence(c.u32(2)))
	if err != ESUCCESS {
		return err
	}
	c.put64(3, uint64(off))
	return ESUCCESS
}

func fdTell(c *Call) Errno {
	off, err := c.seek(c.files[0], RightFdTell, 0, hostos.SeekCur)
	if err != ESUCCESS {
		return err
	}
	if planted.Selected == planted.TellNarrow {
		off = int64(uint32(off))
	}
	c.put64(1, uint64(off))
	return ESUCCESS
}

func (c *Call) seek(f *file, right Rights, delta int64, whence hostos.Whence) (int64, Errno) {
	if !c.use(f, right, 0) {
		return 0, EPERM
	}
	if planted.Selected == planted.SeekNegative && whence == hostos.SeekSet {
		delta = max(delta, 0)
	}
	off, err := hostos.Seek(f.host, delta, whence)
	if err == nil && !c.allow(&policy.Effect{Op: policy.Sought, FD: f.fd, Num: uint64(off), Len: uint64(delta), Whence: uint8(whence)}) {
		return 0, EPERM
	}
	return off, errnoOf(err)
}

// offsetOf returns a file offset among the arguments, which the host has as a signed number.
func (c *Call) offsetOf(slot int) (int64, Errno) {
	if c.args[slot] > math.MaxInt64 {
		return 0, EINVAL
	}
	return int64(c.args[slot]), ESUCCESS
}
