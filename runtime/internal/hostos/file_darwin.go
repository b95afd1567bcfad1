package hostos

import "golang.org/x/sys/unix"

const getTermios = unix.TIOCGETA

// Fdatasync writes out the content of the file fd. macOS has no call for the content alone.
func Fdatasync(fd FD) error { return Fsync(fd) }

// ofProcess reports whether fd is a file in which a process is shown, which macOS does not have.
func ofProcess(FD) bool { return false }

// Advice is what is expected of accesses to a file, numbered as in preview 1.
type Advice uint8

// Advise tells the kernel how a file will be used. macOS has no such call; an advice may be ignored.
func Advise(fd FD, off, n int64, a Advice) error {
	_, err := Fstat(fd)
	return err
}
