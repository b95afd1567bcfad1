package oracle

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// bell rings when something may have changed in one of a few files, their names, modes and times included. Asking it takes one system
// call for all of them.
type bell struct {
	fd     int
	events [4096]byte // room for some
}

// changes are what a bell rings for.
const changes = unix.IN_MODIFY | unix.IN_ATTRIB | unix.IN_CREATE | unix.IN_DELETE | unix.IN_MOVE | unix.IN_DELETE_SELF | unix.IN_MOVE_SELF

// newBell returns a bell for what is at paths, which may be links. If the system has no more of them, it always rings.
func newBell(paths []string) (*bell, error) {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		return nil, nil
	}
	for _, path := range paths {
		if _, err := unix.InotifyAddWatch(fd, path, changes|unix.IN_DONT_FOLLOW); err == unix.ENOSPC {
			return nil, unix.Close(fd)
		} else if err != nil {
			unix.Close(fd)
			return nil, &fs.PathError{Op: "inotify_add_watch", Path: path, Err: err}
		}
	}
	return &bell{fd: fd}, nil
}

// rings reports whether something may have changed since the last time.
func (b *bell) rings() bool {
	if b == nil {
		return true
	}
	_, err := unix.Read(b.fd, b.events[:])
	return err != unix.EAGAIN
}

func (b *bell) close() error {
	if b == nil {
		return nil
	}
	return unix.Close(b.fd)
}
