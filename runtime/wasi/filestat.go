package wasi

import (
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

func fdFilestatSetSize(c *Call) Errno {
	f := c.files[0]
	size, errno := c.offsetOf(1)
	if errno != ESUCCESS {
		return errno
	}
	if !c.use(f, RightFdFilestatSetSize, policy.Write|policy.Truncate) {
		return EPERM
	}
	if planted.Selected == planted.SizeShrinks {
		if st, err := hostos.Fstat(f.host); err == nil {
			size = min(size, int64(st.Size))
		}
	}
	if planted.Selected == planted.SizeMoves {
		_, _ = hostos.Seek(f.host, size, hostos.SeekSet)
	}
	return errnoOf(hostos.SetSize(f.host, size))
}

// fdAllocate refuses: as long as guests have no quota of disk, one call could take all of it. Wasmtime refuses, too.
func fdAllocate(c *Call) Errno {
	off, errno := c.offsetOf(1)
	n, errno2 := c.offsetOf(2)
	switch {
	case errno != ESUCCESS || errno2 != ESUCCESS || n == 0 && planted.Selected != planted.AllocateNothing:
		return EINVAL
	case off+n < 0:
		return EFBIG
	}
	return ENOTSUP
}

func fdAdvise(c *Call) Errno {
	f := c.files[0]
	off, errno := c.offsetOf(1)
	n, errno2 := c.offsetOf(2)
	if errno != ESUCCESS || errno2 != ESUCCESS || off+n < 0 {
		return EINVAL
	}
	if !c.use(f, RightFdAdvise, 0) {
		return EPERM
	}
	if f.typ != hostos.Regular {
		return ESUCCESS // advice on a directory is nothing to a host
	}
	return errnoOf(hostos.Advise(f.host, off, n, hostos.Advice(c.u32(3))))
}

func fdSync(c *Call) Errno {
	f := c.files[0]
	if !c.use(f, RightFdSync, 0) {
		return EPERM
	}
	return errnoOf(hostos.Fsync(f.host))
}

func fdDatasync(c *Call) Errno {
	f := c.files[0]
	if !c.use(f, RightFdDatasync, 0) {
		return EPERM
	}
	return errnoOf(hostos.Fdatasync(f.host))
}

// timesOf returns the times that a call sets: their slots hold them, and the flags which of them count.
func (c *Call) timesOf(atimSlot, mtimSlot, flagSlot int) (atime, mtime hostos.Time, errno Errno) {
	flags := c.u32(flagSlot)
	if flags&(fstAtim|fstAtimNow) == fstAtim|fstAtimNow || flags&(fstMtim|fstMtimNow) == fstMtim|fstMtimNow && planted.Selected != planted.TimesBoth {
		return atime, mtime, EINVAL
	}
	for _, t := range []struct {
		to       *hostos.Time
		slot     int
		set, now uint32
	}{{&atime, atimSlot, fstAtim, fstAtimNow}, {&mtime, mtimSlot, fstMtim, fstMtimNow}} {
		switch {
		case flags&t.now != 0:
			if t.to.Now = true; planted.Selected == planted.TimesNow {
				atime = mtime
			}
		case flags&t.set == 0:
			t.to.Omit = true
		default:
			nanos, errno := c.offsetOf(t.slot)
			if errno != ESUCCESS {
				return atime, mtime, errno
			}
			t.to.Nanos = uint64(nanos)
		}
	}
	return atime, mtime, ESUCCESS
}

func fdFilestatSetTimes(c *Call) Errno {
	f := c.files[0]
	atime, mtime, errno := c.timesOf(1, 2, 3)
	if errno != ESUCCESS {
		return errno
	}
	access := policy.SetStat
	if planted.Selected == planted.TimesUntold {
		access = policy.Stat
	}
	if !c.use(f, RightFdFilestatSetTimes, access) {
		return EPERM
	}
	return errnoOf(hostos.FsetTimes(f.host, atime, mtime))
}

func pathFilestatSetTimes(c *Call) Errno {
	dir, path := c.files[0], c.paths[0]
	follow := c.u32(1)&lookupFollow != 0 && planted.Selected != planted.TimesFollow
	atime, mtime, errno := c.timesOf(4, 5, 6)
	if errno != ESUCCESS {
		return errno
	}
	if !c.usePath(dir, path, RightPathFilestatSetTimes, policy.SetStat, follow) {
		return EPERM
	}
	return errnoOf(c.sys.fs.SetTimes(dir.host, path, follow, atime, mtime))
}
