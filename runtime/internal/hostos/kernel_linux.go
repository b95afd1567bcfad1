package hostos

import (
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// kernelRetries bounds how often a resolution is begun anew because something was renamed meanwhile, anywhere on the host: the
// kernel cannot tell whether a ".." was concerned. A neighbour that keeps renaming makes the walk take over, which does
// not ask the kernel for "..".
const kernelRetries = 32

// kernelResolves reports whether openat2 exists and is permitted: Linux 5.6 on, unless a seccomp filter forbids it.
var kernelResolves = sync.OnceValue(func() bool {
	fd, err := unix.Openat2(unix.AT_FDCWD, ".", &unix.OpenHow{
		Flags:   unix.O_PATH | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS,
	})
	if err == nil {
		unix.Close(fd)
	}
	// An unreadable working directory says nothing of openat2 itself.
	return err != unix.ENOSYS && err != unix.EPERM && err != unix.EINVAL && err != unix.E2BIG
})

// resolveCached is RESOLVE_CACHED of linux/openat2.h, which package unix lacks: EAGAIN if the path is not in the kernel's memory.
const resolveCached = 0x20

// kernelCaches reports whether openat2 knows RESOLVE_CACHED: Linux 5.12 on.
var kernelCaches = sync.OnceValue(func() bool {
	fd, err := unix.Openat2(unix.AT_FDCWD, ".", &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: resolveCached})
	if err == nil {
		unix.Close(fd)
	}
	return err == nil || err == unix.EAGAIN
})

// openat2 is unix.Openat2 without a copy of the path on the heap. A path with a NUL byte is EINVAL: the kernel would not read
// it to its end.
func openat2(dir FD, path string, how *unix.OpenHow) (FD, error) {
	var short shortName
	name, err := terminated(&short, path)
	if err != nil {
		return NoFD, err
	}
	fd, _, errno := syscall.Syscall6(unix.SYS_OPENAT2, uintptr(dir), uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(how)),
		unix.SizeofOpenHow, 0, 0)
	if errno != 0 {
		return NoFD, errno
	}
	return FD(fd), nil
}

// openHow returns what the kernel is asked for f.
func openHow(f Flags) unix.OpenHow {
	how := unix.OpenHow{
		Flags:   uint64(hostFlags(f)),
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS,
	}
	if planted.Selected == planted.KernelBeneath {
		how.Resolve = 0
	}
	if f&Create != 0 {
		how.Mode = fileMode
	}
	if f&Follow == 0 {
		how.Flags |= unix.O_NOFOLLOW
	}
	return how
}

// kernelOpen opens a checked path beneath dir by openat2.
func kernelOpen(dir FD, path string, f Flags) (FD, error) {
	how := openHow(f)
	for range kernelRetries {
		fd, err := NoFD, fault()
		if err == nil {
			fd, err = openat2(dir, path, &how)
		}
		switch err {
		case nil:
			return fd, nil
		case unix.EAGAIN, unix.EINTR:
			continue
		case unix.EXDEV:
			return NoFD, ErrEscape
		}
		return NoFD, err
	}
	return walkOpen(dir, path, f)
}

// kernelOpenResident opens a checked path beneath dir, if f has Resident, and says in st what it is: without Go's scheduler, and so
// only what the kernel finds without waiting for a disk (RESOLVE_CACHED) on the mount of dir (RESOLVE_NO_XDEV). All else is errWaits,
// and for [kernelOpen].
//
// The open itself does not wait either: quotas are asked if files are written, with O_NONBLOCK neither pipes nor leases wait, and
// what else makes an open wait is the host's own doing, such as a watcher that wants to be asked.
//
// Both calls are made in one function: to come back from the kernel is what costs, see direct_linux.go.
func kernelOpenResident(dir FD, path string, f Flags, st *Stat) (FD, error) {
	if f&Resident == 0 || f&(Write|Create|Truncate) != 0 {
		return NoFD, errWaits
	}
	how := openHow(f)
	how.Resolve |= resolveCached | unix.RESOLVE_NO_XDEV
	var short shortName
	name, err := terminated(&short, path)
	if err == nil {
		err = fault()
	}
	var fd uintptr
	var host unix.Stat_t
	if err == nil {
		var errno syscall.Errno
		fd, _, errno = syscall.RawSyscall6(unix.SYS_OPENAT2, uintptr(dir), uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(&how)),
			unix.SizeofOpenHow, 0, 0)
		if errno == 0 {
			_, _, errno = syscall.RawSyscall(unix.SYS_FSTAT, fd, uintptr(unsafe.Pointer(&host)), 0)
			if errno == 0 {
				st.set(&host)
				return FD(fd), nil
			}
			Close(FD(fd))
		}
		err = errno
	}
	switch err {
	case unix.EAGAIN, unix.EINTR, unix.EXDEV:
		err = errWaits
	}
	return NoFD, err
}
