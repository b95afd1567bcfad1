package hostos

import (
	"sync"

	"golang.org/x/sys/unix"
)

// kernelRetries bounds how often a resolution is begun anew because something was renamed meanwhile. A neighbour that
// keeps renaming makes the call fail, not hang.
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

// kernelOpen opens a checked path beneath dir by openat2.
func kernelOpen(dir FD, path string, f Flags) (FD, error) {
	how := unix.OpenHow{
		Flags:   uint64(hostFlags(f)),
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS,
	}
	if f&Create != 0 {
		how.Mode = fileMode
	}
	if f&Follow == 0 {
		how.Flags |= unix.O_NOFOLLOW
	}
	for range kernelRetries {
		fd, err := unix.Openat2(int(dir), path, &how)
		switch err {
		case nil:
			return FD(fd), nil
		case unix.EAGAIN, unix.EINTR:
			continue
		case unix.EXDEV:
			return NoFD, ErrEscape
		}
		return NoFD, err
	}
	return NoFD, unix.EAGAIN
}
