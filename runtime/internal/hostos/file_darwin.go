package hostos

import "golang.org/x/sys/unix"

const getTermios = unix.TIOCGETA

// Fdatasync writes out the content of the file fd. macOS has no call for the content alone.
func Fdatasync(fd FD) error { return Fsync(fd) }

// Allocate grows the file fd to hold the bytes [off, off+n). macOS does not reserve blocks at an offset, so none are.
func Allocate(fd FD, off, n int64) error {
	st, err := Fstat(fd)
	if err != nil || uint64(off+n) <= st.Size {
		return err
	}
	return SetSize(fd, off+n)
}

// Advice is what is expected of accesses to a file, numbered as in preview 1.
type Advice uint8

// Advise tells the kernel how a file will be used. macOS has no such call; an advice may be ignored.
func Advise(fd FD, off, n int64, a Advice) error {
	_, err := Fstat(fd)
	return err
}
