package hostos

import (
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls here are those of package unix with fewer functions between them and the kernel. Where the kernel guards against
// speculation, a processor comes back from it without a prediction of where the functions in progress return to: each of them
// costs some fifteen nanoseconds.

// ReadOne reads from fd at its offset into one buffer and returns the number of bytes; 0 is the end.
func ReadOne(fd FD, b []byte) (int, error) { return transfer(unix.SYS_READ, fd, b) }

// WriteOne writes one buffer to fd at its offset and returns the number of bytes.
func WriteOne(fd FD, b []byte) (int, error) { return transfer(unix.SYS_WRITE, fd, b) }

// transfer makes a system call that moves bytes between a descriptor and one buffer.
func transfer(trap uintptr, fd FD, b []byte) (int, error) {
	for {
		b, err := faultOne(b)
		if err == nil {
			n, _, errno := syscall.Syscall(trap, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
			if errno == 0 {
				return int(n), nil
			}
			err = errno
		}
		if err != unix.EINTR {
			return 0, err
		}
	}
}

// Fstat returns what fd is.
func Fstat(fd FD) (st Stat, err error) {
	var host unix.Stat_t
	for {
		err := fault()
		if err == nil {
			_, _, errno := syscall.Syscall(unix.SYS_FSTAT, uintptr(fd), uintptr(unsafe.Pointer(&host)), 0)
			if errno == 0 {
				st.set(&host)
				return st, nil
			}
			err = errno
		}
		if err != unix.EINTR {
			return st, err
		}
	}
}

// shortName has room for most paths, with the zero that ends them.
type shortName [128]byte

// terminated returns path as the kernel reads it: in short if it fits, else on the heap. A path with a NUL byte is EINVAL: the
// kernel would not read it to its end.
func terminated(short *shortName, path string) (*byte, error) {
	if strings.IndexByte(path, 0) >= 0 {
		return nil, unix.EINVAL
	}
	name := short[:]
	if len(path) >= len(short) {
		name = make([]byte, len(path)+1)
	}
	copy(name, path)
	return &name[0], nil
}

// statAt says in st what the entry name of dir is; a link is itself.
func statAt(dir FD, name string, st *Stat) error {
	var short shortName
	p, err := terminated(&short, name)
	if err != nil {
		return err
	}
	var host unix.Stat_t
	for {
		err := fault()
		if err == nil {
			_, _, errno := syscall.Syscall6(unix.SYS_NEWFSTATAT, uintptr(dir), uintptr(unsafe.Pointer(p)), uintptr(unsafe.Pointer(&host)),
				unix.AT_SYMLINK_NOFOLLOW, 0, 0)
			if errno == 0 {
				st.set(&host)
				return nil
			}
			err = errno
		}
		if err != unix.EINTR {
			return err
		}
	}
}

// SizeAndOffset returns the size of the file fd and the offset in it.
func SizeAndOffset(fd FD) (size, off uint64, err error) {
	var st unix.Stat_t
	for {
		err := fault()
		if err == nil {
			at := uintptr(0)
			_, _, errno := syscall.Syscall(unix.SYS_FSTAT, uintptr(fd), uintptr(unsafe.Pointer(&st)), 0)
			if errno == 0 {
				at, _, errno = syscall.Syscall(unix.SYS_LSEEK, uintptr(fd), 0, unix.SEEK_CUR)
			}
			if errno == 0 {
				return uint64(st.Size), uint64(at), nil
			}
			err = errno
		}
		if err != unix.EINTR {
			return 0, 0, err
		}
	}
}

// closeNow closes fd.
func closeNow(fd FD) error {
	if _, _, errno := syscall.Syscall(unix.SYS_CLOSE, uintptr(fd), 0, 0); errno != 0 {
		return errno
	}
	return nil
}

// closeLooked is [Close] for what was opened with PathOnly, which nobody reads or writes. Go's scheduler is not told: the file system is
// not asked, unless the name was taken away meanwhile and this was the last that held the file.
func closeLooked(fd FD) error {
	_, _, errno := syscall.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0)
	if errno != 0 {
		return closed(errno)
	}
	return closed(nil)
}
