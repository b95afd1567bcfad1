package hostos

import (
	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// Mkdir makes the directory path beneath dir. Slashes may follow it.
func (fs FS) Mkdir(dir FD, path string) error {
	return fs.act(dir, path, unix.EEXIST, func(parent FD, name string, _ bool) error {
		return again(func() error { return unix.Mkdirat(int(parent), name, dirMode) })
	})
}

// Rmdir removes the empty directory path beneath dir. Slashes may follow it; a link is never followed.
func (fs FS) Rmdir(dir FD, path string) error {
	if _, last, _ := split(path); last == "." && planted.Selected != planted.RmdirDot {
		return fs.act(dir, path, unix.EINVAL, nil)
	}
	return fs.act(dir, path, unix.ENOTEMPTY, func(parent FD, name string, _ bool) error {
		return again(func() error { return unix.Unlinkat(int(parent), name, unix.AT_REMOVEDIR) })
	})
}

// Unlink removes the file or link path beneath dir. A directory is EISDIR on every host; slashes after what is not a
// directory are ENOTDIR.
func (fs FS) Unlink(dir FD, path string) error {
	return fs.act(dir, path, unix.EISDIR, func(parent FD, name string, slash bool) error {
		if slash {
			return refuseSlash(parent, name)
		}
		err := again(func() error { return unix.Unlinkat(int(parent), name, 0) })
		if err == unix.EPERM { // macOS says so of directories
			var st Stat
			if statErr := statAt(parent, name, &st); statErr == nil && st.Type == Dir {
				return unix.EISDIR
			}
		}
		return err
	})
}

// refuseSlash says why an entry with a slash after its name cannot be unlinked.
func refuseSlash(parent FD, name string) error {
	var st Stat
	err := statAt(parent, name, &st)
	switch {
	case err != nil:
		return err
	case st.Type == Dir:
		return unix.EISDIR
	}
	return unix.ENOTDIR
}

// act calls f with the parent directory and last component of path. A path that ends in "." or ".." names no entry:
// it is resolved, and if it stays beneath dir the answer is dots.
func (fs FS) act(dir FD, path string, dots error, f func(parent FD, name string, slash bool) error) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	_, last, slash := split(path)
	if isDots(last) {
		fd, err := fs.open(dir, path, PathOnly|Directory|Follow)
		if err != nil {
			return err
		}
		Close(fd)
		return dots
	}
	return fs.at(dir, path, func(parent FD, name string) error { return f(parent, name, slash) })
}

// Readlink stores the target of the link path beneath dir in buf, cut to its size, and returns the number of bytes.
func (fs FS) Readlink(dir FD, path string, buf []byte) (n int, err error) {
	err = fs.act(dir, path, unix.EINVAL, func(parent FD, name string, slash bool) (err error) {
		if slash {
			if err := fs.Stat(dir, path, Follow, new(Stat)); err != nil {
				return err
			}
			return unix.EINVAL // the path names a directory
		}
		n, err = readlinkAt(parent, name, buf)
		return err
	})
	return n, err
}

func readlinkAt(dir FD, name string, buf []byte) (int, error) {
	for {
		n, err := 0, fault()
		if err == nil {
			n, err = unix.Readlinkat(int(dir), name, buf)
		}
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

// Symlink makes path beneath dir a link to target. An absolute target is refused with ErrEscape; one that leads
// outside by ".." can be made, but not be followed.
func (fs FS) Symlink(target string, dir FD, path string) error {
	if err := CheckPath(target); err != nil {
		return err
	}
	return fs.act(dir, path, unix.EEXIST, func(parent FD, name string, slash bool) error {
		if slash { // no link can have such a name: there is something, or nothing
			if err := statAt(parent, name, new(Stat)); err != nil {
				return err
			}
			return unix.EEXIST
		}
		return again(func() error { return unix.Symlinkat(target, int(parent), name) })
	})
}
