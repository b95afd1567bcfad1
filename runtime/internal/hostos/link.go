package hostos

import "golang.org/x/sys/unix"

// Link makes newPath beneath newDir a further name of the file oldPath beneath oldDir. A link at the end of oldPath is
// not followed.
func (fs FS) Link(oldDir FD, oldPath string, newDir FD, newPath string) error {
	return fs.both(oldDir, oldPath, newDir, newPath, func(from, to end) error {
		// Slashes after either name demand a directory, which cannot have a further name.
		if from.slash || to.slash {
			var st Stat
			err := statAt(from.dir, from.name, &st)
			switch {
			case err != nil:
				return err
			case from.slash && st.Type != Dir:
				return unix.ENOTDIR
			case st.Type == Dir:
				return unix.EPERM
			}
			return missingOrNotDir(to)
		}
		return again(func() error { return unix.Linkat(int(from.dir), from.name, int(to.dir), to.name, 0) })
	})
}

// missingOrNotDir says why a file cannot get a name that slashes follow.
func missingOrNotDir(to end) error {
	var st Stat
	err := statAt(to.dir, to.name, &st)
	switch {
	case err != nil:
		return err
	case st.Type == Dir:
		return unix.EEXIST
	}
	return unix.ENOTDIR
}

// Rename gives oldPath beneath oldDir the name newPath beneath newDir, replacing what is there as POSIX says.
func (fs FS) Rename(oldDir FD, oldPath string, newDir FD, newPath string) error {
	return fs.both(oldDir, oldPath, newDir, newPath, func(from, to end) error {
		if from.slash || to.slash {
			var st Stat
			err := statAt(from.dir, from.name, &st)
			if err != nil {
				return err
			}
			if st.Type != Dir {
				return unix.ENOTDIR
			}
			// Only a directory moves here, and no slash reaches the kernel: it would follow a link.
		}
		return again(func() error { return unix.Renameat(int(from.dir), from.name, int(to.dir), to.name) })
	})
}

// end is one end of an action on two paths.
type end struct {
	dir   FD
	name  string
	slash bool
}

// both resolves two paths and calls f with their ends. A path that ends in "." or ".." is EBUSY, if it stays beneath
// its directory.
func (fs FS) both(oldDir FD, oldPath string, newDir FD, newPath string, f func(from, to end) error) error {
	return fs.act(oldDir, oldPath, unix.EBUSY, func(dir FD, name string, slash bool) error {
		from := end{dir, name, slash}
		return fs.act(newDir, newPath, unix.EBUSY, func(dir FD, name string, slash bool) error {
			return f(from, end{dir, name, slash})
		})
	})
}
