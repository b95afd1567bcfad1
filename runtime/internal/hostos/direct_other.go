//go:build !linux

package hostos

import "golang.org/x/sys/unix"

// ReadOne reads from fd at its offset into one buffer and returns the number of bytes; 0 is the end.
func ReadOne(fd FD, b []byte) (int, error) {
	for {
		n, err := 0, error(nil)
		if b, err = faultOne(b); err == nil {
			n, err = unix.Read(int(fd), b)
		}
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

// WriteOne writes one buffer to fd at its offset and returns the number of bytes.
func WriteOne(fd FD, b []byte) (int, error) {
	for {
		n, err := 0, error(nil)
		if b, err = faultOne(b); err == nil {
			n, err = unix.Write(int(fd), b)
		}
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

// Fstat returns what fd is.
func Fstat(fd FD) (st Stat, err error) {
	var host unix.Stat_t
	for {
		err := fault()
		if err == nil {
			err = unix.Fstat(int(fd), &host)
		}
		if err == nil {
			st.set(&host)
			return st, nil
		}
		if err != unix.EINTR {
			return st, err
		}
	}
}

// statAt says in st what the entry name of dir is; a link is itself.
func statAt(dir FD, name string, st *Stat) error {
	var host unix.Stat_t
	for {
		err := fault()
		if err == nil {
			err = unix.Fstatat(int(dir), name, &host, unix.AT_SYMLINK_NOFOLLOW)
		}
		if err == nil {
			st.set(&host)
			return nil
		}
		if err != unix.EINTR {
			return err
		}
	}
}

// SizeAndOffset returns the size of the file fd and the offset in it.
func SizeAndOffset(fd FD) (size, off uint64, err error) {
	var st unix.Stat_t
	var at int64
	for err = unix.EINTR; err == unix.EINTR; {
		if err = fault(); err == nil {
			err = unix.Fstat(int(fd), &st)
		}
		if err == nil {
			at, err = unix.Seek(int(fd), 0, unix.SEEK_CUR)
		}
	}
	return uint64(st.Size), uint64(at), err
}

// closeNow closes fd.
func closeNow(fd FD) error { return unix.Close(int(fd)) }

// closeLooked is [Close] here.
func closeLooked(fd FD) error { return Close(fd) }
