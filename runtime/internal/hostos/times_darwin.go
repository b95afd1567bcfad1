package hostos

import "golang.org/x/sys/unix"

// The special values of tv_nsec in sys/stat.h.
const (
	utimeNow  = -1
	utimeOmit = -2
)

// setTimesFD sets the times of fd by futimes, which knows microseconds and neither "now" nor "no change": both are
// read from the file and the clock.
func setTimesFD(fd FD, atime, mtime Time) error {
	st, err := Fstat(fd)
	if err != nil {
		return err
	}
	value := func(t Time, old uint64) unix.Timeval {
		switch {
		case t.Omit:
			return unix.NsecToTimeval(int64(old))
		case t.Now:
			return unix.NsecToTimeval(int64(Realtime()))
		}
		return unix.NsecToTimeval(int64(t.Nanos))
	}
	tv := []unix.Timeval{value(atime, st.Atime), value(mtime, st.Mtime)}
	return again(func() error { return unix.Futimes(int(fd), tv) })
}
