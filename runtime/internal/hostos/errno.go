package hostos

import (
	"errors"
	"iter"

	"golang.org/x/sys/unix"
)

// ErrEscape says that a path leads outside the directory beneath which it must stay.
var ErrEscape = errors.New("path leads outside its directory")

// ErrDevice says that a path names what stands for something other than bytes on a disk, which guests cannot open: a
// device other than the null device, or a file of a process in Linux's /proc, among which is the memory of this very one.
var ErrDevice = errors.New("path names a device or a process")

// maxErrno is above every errno of Linux (133) and macOS (107).
const maxErrno = 160

// Errnos returns the host's error numbers with their names, such as "ENOENT".
func Errnos() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for n := 1; n < maxErrno; n++ {
			if name := unix.ErrnoName(unix.Errno(n)); name != "" && !yield(n, name) {
				return
			}
		}
	}
}

// Errno returns the host's error number in err, or 0 if there is none.
func Errno(err error) int {
	var e unix.Errno
	if errors.As(err, &e) {
		return int(e)
	}
	return 0
}

// again calls f until it is not interrupted by a signal.
func again(f func() error) error {
	for {
		err := fault()
		if err == nil {
			err = f()
		}
		if err != unix.EINTR {
			return err
		}
	}
}
