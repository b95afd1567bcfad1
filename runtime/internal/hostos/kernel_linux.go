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

// resolvesCached reports whether openat2 knows RESOLVE_CACHED: Linux 5.12 on.
var resolvesCached = sync.OnceValue(func() bool {
	fd, err := unix.Openat2(unix.AT_FDCWD, ".", &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: resolveCached})
	if err == nil {
		unix.Close(fd)
	}
	return err == nil || err == unix.EAGAIN
})

// openat2 is unix.Openat2 without a copy of the path on the heap. A path with a NUL byte is EINVAL: the kernel would not read
// it to its end. Go's scheduler is not told of a call that is brief.
func openat2(dir FD, path string, how *unix.OpenHow, brief bool) (FD, error) {
	var short shortName
	name, err := terminated(&short, path)
	if err != nil {
		return NoFD, err
	}
	var fd uintptr
	var errno syscall.Errno
	if brief {
		fd, _, errno = syscall.RawSyscall6(unix.SYS_OPENAT2, uintptr(dir), uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(how)),
			unix.SizeofOpenHow, 0, 0)
	} else {
		fd, _, errno = syscall.Syscall6(unix.SYS_OPENAT2, uintptr(dir), uintptr(unsafe.Pointer(name)), uintptr(unsafe.Pointer(how)),
			unix.SizeofOpenHow, 0, 0)
	}
	if errno != 0 {
		return NoFD, errno
	}
	return FD(fd), nil
}

// kernelOpen opens a checked path beneath dir by openat2. Resident reports that the flag of this name was heeded: what is
// opened lies on the file system of dir.
//
// Then the kernel is asked first for what it finds without waiting for a disk, on dir's own mount (RESOLVE_CACHED and RESOLVE_NO_XDEV), to
// be read or only looked at: quotas are asked when files are written. The open itself does not wait either: with O_NONBLOCK pipes
// and leases do not, and what else makes an open wait is the host's own doing, such as a watcher that asks to be asked.
func kernelOpen(dir FD, path string, f Flags) (fd FD, resident bool, err error) {
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
	const cached = resolveCached | unix.RESOLVE_NO_XDEV
	if f&Resident != 0 && f&(Write|Create|Truncate) == 0 && resolvesCached() {
		how.Resolve |= cached
	}
	for range kernelRetries {
		resident = how.Resolve&cached != 0
		fd, err := NoFD, fault()
		if err == nil {
			fd, err = openat2(dir, path, &how, resident)
		}
		switch {
		case err == nil:
			return fd, resident, nil
		case err == unix.EINTR:
		case err == unix.EAGAIN, err == unix.EXDEV && resident:
			how.Resolve &^= cached
		case err == unix.EXDEV:
			return NoFD, false, ErrEscape
		default:
			return NoFD, false, err
		}
	}
	fd, err = walkOpen(dir, path, f)
	return fd, false, err
}
