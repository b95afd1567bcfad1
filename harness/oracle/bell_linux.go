package oracle

import (
	"encoding/binary"
	"io/fs"

	"golang.org/x/sys/unix"
)

// source is where a bell hears from: an inotify instance.
type source struct {
	fd     int             // -1 if the system has no more of them
	at     map[int32]*bool // by watch
	events [4096]byte      // room for some
}

// changes are what a bell rings for.
const changes = unix.IN_MODIFY | unix.IN_ATTRIB | unix.IN_CREATE | unix.IN_DELETE | unix.IN_MOVE | unix.IN_DELETE_SELF | unix.IN_MOVE_SELF

func newSource() source {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		fd = -1
	}
	return source{fd: fd, at: map[int32]*bool{}}
}

// watch has rung set for what is at a path.
func (s *source) watch(path string, rung *bool) error {
	if s.fd < 0 {
		return nil
	}
	wd, err := unix.InotifyAddWatch(s.fd, path, changes|unix.IN_DONT_FOLLOW)
	if err == unix.ENOSPC {
		return s.close()
	} else if err != nil {
		return &fs.PathError{Op: "inotify_add_watch", Path: path, Err: err}
	}
	s.at[int32(wd)] = rung
	return nil
}

// listen takes the events that there are. It returns false if some are lost, or there is nothing to hear from.
func (s *source) listen() bool {
	for {
		n, err := unix.Read(s.fd, s.events[:])
		switch {
		case err == unix.EAGAIN:
			return true
		case err == unix.EINTR:
			continue
		case err != nil:
			return false
		}
		if !s.hear(s.events[:n]) {
			return false
		}
	}
}

// hear takes events, of unix.InotifyEvent and a name each.
func (s *source) hear(events []byte) bool {
	for len(events) >= unix.SizeofInotifyEvent {
		wd, mask := int32(binary.NativeEndian.Uint32(events)), binary.NativeEndian.Uint32(events[4:])
		name := binary.NativeEndian.Uint32(events[12:])
		events = events[unix.SizeofInotifyEvent+name:]
		rung := s.at[wd]
		switch {
		case mask&unix.IN_Q_OVERFLOW != 0:
			return false
		case mask&unix.IN_IGNORED != 0: // the file is gone, and the number is not used again
			delete(s.at, wd)
		case rung == nil:
		case name > 0 && mask&^(unix.IN_MODIFY|unix.IN_ATTRIB|unix.IN_ISDIR) == 0: // of a file in the directory, which has its own
		default:
			*rung = true
		}
	}
	return true
}

// close ends it.
func (s *source) close() error {
	if s.fd < 0 {
		return nil
	}
	fd := s.fd
	s.fd = -1
	return unix.Close(fd)
}
