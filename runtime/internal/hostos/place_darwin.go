package hostos

import (
	"bytes"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Place returns the absolute path that the kernel knows of what fd is, or false if it tells none. It is for checks: by the
// time that it is read, a neighbour may have renamed what it names.
func Place(fd FD) (string, bool) {
	var buf [PathMax]byte
	// fcntl(F_GETPATH) stores up to MAXPATHLEN (1024) bytes, less than buf has.
	_, _, errno := unix.Syscall(unix.SYS_FCNTL, uintptr(fd), unix.F_GETPATH, uintptr(unsafe.Pointer(&buf)))
	n := bytes.IndexByte(buf[:], 0)
	return string(buf[:max(n, 0)]), errno == 0 && n > 0
}
