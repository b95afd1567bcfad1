package oracle

import (
	"io/fs"
	"time"

	"golang.org/x/sys/unix"
)

// stamp is what the system changes with every change of a file: whatever is done to its content, its mode or its names sets the
// time of change to now, which nobody can set to anything else.
type stamp struct {
	mode         uint32
	inode        uint64
	links        uint64
	size         int64
	modification int64 // nanoseconds
	change       int64 // nanoseconds
}

// settled is more than the distance of two times that the file systems of tests tell apart: what has not changed for so long cannot
// change without its stamp.
const settled = 25 * time.Millisecond

// stampOf returns the stamp of what is at path, which may be a link.
func stampOf(path string) (stamp, error) {
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return stamp{}, err
	}
	return newStamp(&st), nil
}

func newStamp(st *unix.Stat_t) stamp {
	return stamp{uint32(st.Mode), st.Ino, uint64(st.Nlink), st.Size, unix.TimespecToNsec(st.Mtim), unix.TimespecToNsec(st.Ctim)}
}

// watch is a file that must not change. It is held open, because that makes it cheaper to look at.
type watch struct {
	path string
	fd   int
	was  stamp
}

// newWatch watches what is at path, which may be a link.
func newWatch(path string) (*watch, error) {
	fd, err := unix.Open(path, openItself|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	w := &watch{path: path, fd: fd}
	w.was, err = w.stamp()
	return w, err
}

func (w *watch) stamp() (stamp, error) {
	var st unix.Stat_t
	err := unix.Fstat(w.fd, &st)
	return newStamp(&st), err
}

func (w *watch) close() error { return unix.Close(w.fd) }
