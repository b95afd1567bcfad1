package hostos

import (
	"strings"
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

// openat2 is unix.Openat2 without a copy of the path on the heap. A path with a NUL byte is EINVAL: the kernel would not read
// it to its end.
func openat2(dir FD, path string, how *unix.OpenHow) (FD, error) {
	var short [128]byte // most paths, with the zero that ends them
	name := short[:]
	if len(path) >= len(short) {
		name = make([]byte, len(path)+1)
	}
	copy(name, path)
	if strings.IndexByte(path, 0) >= 0 {
		return NoFD, unix.EINVAL
	}
	fd, _, errno := syscall.Syscall6(unix.SYS_OPENAT2, uintptr(dir), uintptr(unsafe.Pointer(&name[0])), uintptr(unsafe.Pointer(how)),
		unix.SizeofOpenHow, 0, 0)
	if errno != 0 {
		return NoFD, errno
	}
	return FD(fd), nil
}

// kernelOpen opens a checked path beneath dir by openat2.
func kernelOpen(dir FD, path string, f Flags) (FD, error) {
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
