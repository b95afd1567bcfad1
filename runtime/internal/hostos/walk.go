package hostos

import (
	"strings"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

const (
	// maxLinks is the number of symbolic links that one resolution follows; it is Linux's own.
	maxLinks = 40
	// maxSteps bounds the components that one resolution opens: twice what a path of 4095 bytes and forty links of the
	// same size can name.
	maxSteps = 1 << 17
	// maxHeld is how many directories a walk holds open. Going further back walks down again from the beginning.
	maxHeld = 16
)

// walker resolves one path beneath a directory, component by component. Its state is the chain of directories from the
// root to where it stands: no link is in it, each was opened by name in the one before with O_NOFOLLOW.
type walker struct {
	root  FD
	names []string // the chain's names, root excluded
	held  []FD     // the last len(held) directories of the chain; the walker closes them
	links int
	steps int
}

// walk resolves a checked path and calls act with the directory and name of its last component; the name is "." if
// the path names a directory that the walk went through. act must not follow a link at name but fail with ELOOP,
// or ENOTDIR if it wants a directory. If then name proves to be a link, and follow is set or slashes end the path,
// the walk goes on at its target.
func walk(root FD, path string, follow bool, act func(dir FD, name string, slash bool) error) error {
	w := walker{root: root}
	defer w.release(0)
	rest, slash := path, false
	for {
		var name string
		name, rest = cut(rest)
		last := strings.Trim(rest, "/") == ""
		slash = slash || last && rest != ""
		if last && !isDots(name) {
			if name == "" {
				name = "."
			}
			err := act(w.at(), name, slash)
			if name == "." || err != unix.ELOOP && err != unix.ENOTDIR {
				return err
			}
			target, linkErr := w.readLink(name)
			if linkErr != nil {
				return err // no link: what act said stands
			}
			if !follow && !slash {
				return err
			}
			if rest, err = w.expand(target); err != nil {
				return err
			}
			continue
		}
		if err := w.step(name, &rest); err != nil {
			return err
		}
		if strings.Trim(rest, "/") == "" {
			return act(w.at(), ".", slash)
		}
	}
}

// cut returns the first component of path and what follows it.
func cut(path string) (name, rest string) {
	path = strings.TrimLeft(path, "/")
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}

// at returns the directory that the walk stands in.
func (w *walker) at() FD {
	if len(w.held) == 0 {
		return w.root
	}
	return w.held[len(w.held)-1]
}

// step goes through one component that is not the last, or into a link of that name by putting its target before rest.
func (w *walker) step(name string, rest *string) error {
	switch name {
	case "", ".":
		return nil
	case "..":
		return w.up()
	}
	err := w.down(name)
	if err != unix.ELOOP && err != unix.ENOTDIR {
		return err
	}
	target, linkErr := w.readLink(name)
	if linkErr != nil {
		return err
	}
	if target, err = w.expand(target); err != nil {
		return err
	}
	*rest = target + *rest
	return nil
}

// down enters the directory name.
func (w *walker) down(name string) error {
	fd, err := w.enter(w.at(), name)
	if err != nil {
		return err
	}
	w.names = append(w.names, name)
	w.held = append(w.held, fd)
	if len(w.held) > maxHeld {
		Close(w.held[0])
		w.held = append(w.held[:0], w.held[1:]...)
	}
	return nil
}

// enter opens the directory name in dir without following a link.
func (w *walker) enter(dir FD, name string) (FD, error) {
	if w.steps++; w.steps > maxSteps {
		return NoFD, unix.ELOOP
	}
	flags := searchDir | unix.O_NOFOLLOW | unix.O_CLOEXEC
	if planted.Selected == planted.WalkNoFollow {
		flags &^= unix.O_NOFOLLOW
	}
	return openAt(dir, name, flags)
}

// up goes back to the directory before, and refuses to leave the root.
func (w *walker) up() error {
	if len(w.names) == 0 {
		if planted.Selected == planted.WalkUp {
			return w.down("..")
		}
		return ErrEscape
	}
	w.names = w.names[:len(w.names)-1]
	w.release(len(w.held) - 1)
	if len(w.held) > 0 || len(w.names) == 0 {
		return nil
	}
	// The directory before is no longer held: walk down to it again. If a neighbour renamed part of the chain, this
	// fails, and so does the call.
	names := w.names
	w.names = nil
	for _, name := range names {
		if err := w.down(name); err != nil {
			return err
		}
	}
	return nil
}

// release closes the held directories from index n on.
func (w *walker) release(n int) {
	for _, fd := range w.held[n:] {
		Close(fd)
	}
	w.held = w.held[:n]
}

// readLink returns the target of the link name, or an error if name is no link.
func (w *walker) readLink(name string) (string, error) {
	buf := make([]byte, PathMax)
	n, err := readlinkAt(w.at(), name, buf)
	return string(buf[:n]), err
}

// expand counts one more link and returns the target to go on at. An absolute target is outside by definition.
func (w *walker) expand(target string) (string, error) {
	if w.links++; w.links > maxLinks {
		return "", unix.ELOOP
	}
	if planted.Selected == planted.WalkLink && strings.HasPrefix(target, "/") {
		return target, w.down("/")
	}
	return target, CheckPath(target)
}

// walkOpen opens a checked path beneath dir.
func walkOpen(dir FD, path string, f Flags) (FD, error) {
	fd := NoFD
	err := walk(dir, path, f&Follow != 0, func(parent FD, name string, slash bool) (err error) {
		flags := hostFlags(f)
		if slash && f&Create != 0 {
			return unix.EISDIR // a link to "name/": only a directory can be there
		}
		if slash {
			flags |= unix.O_DIRECTORY
		}
		if f&PathOnly != 0 && name != "." && (slash || f&Follow != 0) {
			// O_PATH opens links themselves: ask for a link that is to be followed first.
			var st Stat
			err := statAt(parent, name, &st)
			if err != nil {
				return err
			}
			if st.Type == Symlink {
				return unix.ELOOP
			}
		}
		fd, err = openAt(parent, name, flags|unix.O_NOFOLLOW)
		return err
	})
	return fd, err
}

// walkStat is [FS.Stat] for a checked path, following links.
func (fs FS) walkStat(dir FD, path string, st *Stat) error {
	return walk(dir, path, true, func(parent FD, name string, slash bool) error {
		if err := fs.tell(dir, path, parent); err != nil {
			return err
		}
		err := statAt(parent, name, st)
		switch {
		case err != nil:
			return err
		case st.Type == Symlink:
			return unix.ELOOP
		case slash && st.Type != Dir:
			return unix.ENOTDIR
		}
		return nil
	})
}

// openAt opens one component in dir; flags must have O_NOFOLLOW unless name is ".".
func openAt(dir FD, name string, flags int) (FD, error) {
	for {
		fd, err := -1, fault()
		if err == nil {
			fd, err = unix.Openat(int(dir), name, flags, fileMode)
		}
		if err == nil {
			return FD(fd), nil
		}
		if err != unix.EINTR {
			return NoFD, err
		}
	}
}
