package hostos

import (
	"os"

	"golang.org/x/sys/unix"
)

// OpenRoot opens a directory by a path of the embedder's, following links, as the root of a guest's paths.
func OpenRoot(path string) (FD, error) {
	for {
		fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err == nil {
			return FD(fd), nil
		}
		if err != unix.EINTR {
			return NoFD, err
		}
	}
}

// Dup returns a duplicate of f's descriptor. It shares the file offset and status flags with f.
func Dup(f *os.File) (FD, error) {
	conn, err := f.SyscallConn()
	if err != nil {
		return NoFD, err
	}
	var fd FD
	var dupErr error
	if err := conn.Control(func(host uintptr) { fd, dupErr = DupFD(FD(host)) }); err != nil {
		return NoFD, err
	}
	return fd, dupErr
}

// DupFD is [Dup] of a descriptor.
func DupFD(host FD) (FD, error) {
	fd, err := unix.FcntlInt(uintptr(host), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return NoFD, err
	}
	return FD(fd), nil
}

// IsTerminal reports whether fd is a terminal.
func IsTerminal(fd FD) bool {
	_, err := unix.IoctlGetTermios(int(fd), getTermios)
	return err == nil
}

// Close closes fd. It is not repeated when interrupted: the descriptor is gone by then.
func Close(fd FD) error { return closed(closeNow(fd)) }

// closed returns the error of a close that the kernel answered with err.
func closed(err error) error {
	if err == nil {
		err = fault()
	}
	if err == unix.EINTR {
		return nil
	}
	return err
}

// Readv reads from fd into bufs at its offset and returns the number of bytes; 0 is the end.
func Readv(fd FD, bufs [][]byte) (int, error) {
	if len(bufs) == 1 {
		return ReadOne(fd, bufs[0])
	}
	for {
		var n int
		bufs, err := faultIO(bufs)
		if err == nil {
			n, err = unix.Readv(int(fd), bufs)
		}
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

// Writev writes bufs to fd at its offset and returns the number of bytes.
func Writev(fd FD, bufs [][]byte) (int, error) {
	if len(bufs) == 1 {
		return WriteOne(fd, bufs[0])
	}
	for {
		var n int
		bufs, err := faultIO(bufs)
		if err == nil {
			n, err = unix.Writev(int(fd), bufs)
		}
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

// Preadv reads from fd into bufs at offset off and leaves the descriptor's own offset.
func Preadv(fd FD, bufs [][]byte, off int64) (int, error) {
	for {
		var n int
		bufs, err := faultIO(bufs)
		switch {
		case err != nil:
		case len(bufs) == 1:
			n, err = unix.Pread(int(fd), bufs[0], off)
		default:
			n, err = unix.Preadv(int(fd), bufs, off)
		}
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

// Pwritev writes bufs to fd at offset off and leaves the descriptor's own offset.
func Pwritev(fd FD, bufs [][]byte, off int64) (int, error) {
	for {
		var n int
		bufs, err := faultIO(bufs)
		switch {
		case err != nil:
		case len(bufs) == 1:
			n, err = unix.Pwrite(int(fd), bufs[0], off)
		default:
			n, err = unix.Pwritev(int(fd), bufs, off)
		}
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

// Whence is what a seek is relative to, numbered as in preview 1.
type Whence uint8

// The bases of a seek.
const (
	SeekSet Whence = iota
	SeekCur
	SeekEnd
)

// Seek moves the offset of fd and returns it.
func Seek(fd FD, off int64, whence Whence) (int64, error) {
	host := [...]int{SeekSet: unix.SEEK_SET, SeekCur: unix.SEEK_CUR, SeekEnd: unix.SEEK_END}
	if int(whence) >= len(host) {
		return 0, unix.EINVAL
	}
	err := again(func() (err error) {
		off, err = unix.Seek(int(fd), off, host[whence])
		return err
	})
	return off, err
}

// SetAppend sets or clears appending on fd and its duplicates.
func SetAppend(fd FD, on bool) error {
	return again(func() error {
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
		if err != nil {
			return err
		}
		if on {
			flags |= unix.O_APPEND
		} else {
			flags &^= unix.O_APPEND
		}
		_, err = unix.FcntlInt(uintptr(fd), unix.F_SETFL, flags)
		return err
	})
}

// SetSize sets the size of the file fd.
func SetSize(fd FD, size int64) error {
	return again(func() error { return unix.Ftruncate(int(fd), size) })
}

// Fsync writes out the content and metadata of the file fd.
func Fsync(fd FD) error { return again(func() error { return unix.Fsync(int(fd)) }) }
