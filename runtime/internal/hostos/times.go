package hostos

import (
	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// Time is a new time of a file: nanoseconds since 1970, the present, or no change.
type Time struct {
	Nanos uint64
	Now   bool
	Omit  bool
}

// SetTimes sets the access and modification times of path beneath dir; a link at its end is followed if asked for or
// if slashes follow it.
func (fs FS) SetTimes(dir FD, path string, follow bool, atime, mtime Time) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	if _, last, slash := split(path); !follow && !slash && !isDots(last) {
		return fs.at(dir, path, func(parent FD, name string) error { return setTimesAt(parent, name, atime, mtime) })
	}
	if fs.walk {
		return walk(dir, path, true, func(parent FD, name string, slash bool) error {
			if err := fs.tell(dir, path, parent); err != nil {
				return err
			}
			var st Stat
			err := statAt(parent, name, &st)
			switch {
			case err != nil:
				return err
			case st.Type == Symlink:
				return unix.ELOOP
			case slash && st.Type != Dir:
				return unix.ENOTDIR
			}
			return setTimesAt(parent, name, atime, mtime)
		})
	}
	// A descriptor opened without access cannot be given new times, and its magic link is not to be followed: resolve
	// to a directory and a name that is no link, as the walk does.
	fs.walk = true
	return fs.SetTimes(dir, path, follow, atime, mtime)
}

// FsetTimes sets the access and modification times of the file fd.
func FsetTimes(fd FD, atime, mtime Time) error { return setTimesFD(fd, atime, mtime) }

// setTimesAt sets the times of the entry name of dir, of a link itself.
func setTimesAt(dir FD, name string, atime, mtime Time) error {
	ts := hostTimes(atime, mtime)
	return again(func() error { return unix.UtimesNanoAt(int(dir), name, ts[:], unix.AT_SYMLINK_NOFOLLOW) })
}

func hostTimes(atime, mtime Time) (ts [2]unix.Timespec) {
	if planted.Selected == planted.TimesSwapped {
		atime, mtime = mtime, atime
	}
	for i, t := range [...]Time{atime, mtime} {
		switch {
		case t.Omit:
			ts[i].Nsec = utimeOmit
		case t.Now:
			ts[i].Nsec = utimeNow
		default:
			ts[i] = unix.NsecToTimespec(int64(t.Nanos))
		}
	}
	return ts
}
