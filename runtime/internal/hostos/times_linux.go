package hostos

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	utimeNow  = unix.UTIME_NOW
	utimeOmit = unix.UTIME_OMIT
)

// setTimesFD is futimens, which on Linux is utimensat without a path; package unix offers no such call.
func setTimesFD(fd FD, atime, mtime Time) error {
	ts := hostTimes(atime, mtime)
	return again(func() error {
		_, _, errno := unix.Syscall6(unix.SYS_UTIMENSAT, uintptr(fd), 0, uintptr(unsafe.Pointer(&ts)), 0, 0, 0)
		if errno != 0 {
			return errno
		}
		return nil
	})
}
