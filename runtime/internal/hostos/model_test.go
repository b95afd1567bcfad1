package hostos

import (
	"math/rand/v2"
	"path"
	"strings"

	"golang.org/x/sys/unix"
)

// node is a file, directory or link of a model of a tree.
type node struct {
	typ     FileType
	ino     uint64
	target  string           // of a link
	parent  *node            // of a directory; nil for the root
	name    string           // of a directory
	entries map[string]*node // of a directory
	names   int              // of a file
}

// place returns the path of a directory from the root of the model.
func (n *node) place() string {
	if n.parent == nil {
		return "."
	}
	return path.Join(n.parent.place(), n.name)
}

// depth returns how far a directory is from the root.
func (n *node) depth() int {
	if n.parent == nil {
		return 0
	}
	return 1 + n.parent.depth()
}

// beneath reports whether n is other or lies beneath it.
func (n *node) beneath(other *node) bool {
	return n != nil && (n == other || n.parent.beneath(other))
}

// resolve says what a path means, by the rules of POSIX and those of this package: what it names, or why it names nothing. It
// works on the names alone and shares nothing with the resolvers.
func (n *node) resolve(p string, follow bool) (*node, error) {
	switch {
	case p == "":
		return nil, unix.ENOENT
	case len(p) >= 4096:
		return nil, unix.ENAMETOOLONG
	case strings.Contains(p, "\x00"):
		return nil, unix.EINVAL
	case strings.HasPrefix(p, "/"):
		return nil, ErrEscape
	}
	at, links := n, 0
	for todo := strings.Split(p, "/"); len(todo) > 0; {
		name := todo[0]
		todo = todo[1:]
		if at.typ != Dir {
			return nil, unix.ENOTDIR
		}
		switch name {
		case "", ".":
			continue
		case "..":
			if at.parent == nil {
				return nil, ErrEscape
			}
			at = at.parent
			continue
		}
		if len(name) > 255 {
			return nil, unix.ENAMETOOLONG
		}
		next := at.entries[name]
		switch {
		case next == nil:
			return nil, unix.ENOENT
		case next.typ != Symlink, len(todo) == 0 && !follow:
			if at = next; at.typ == Symlink {
				return at, nil
			}
			continue
		}
		if links++; links > 40 {
			return nil, unix.ELOOP
		}
		if strings.HasPrefix(next.target, "/") {
			return nil, ErrEscape
		}
		todo = append(strings.Split(next.target, "/"), todo...)
	}
	return at, nil
}

// open says what opening for reading gives.
func (n *node) open(p string, f Flags) (*node, error) {
	got, err := n.resolve(p, f&Follow != 0)
	switch {
	case err != nil:
		return nil, err
	case got.typ == Symlink && f&Directory == 0:
		return nil, unix.ELOOP
	case got.typ != Dir && f&Directory != 0:
		return nil, unix.ENOTDIR
	}
	return got, nil
}

// twin is a tree of the host and a model of it, which change together. Changes are made by a neighbour, with plain system calls
// on paths without links.
type twin struct {
	rnd  *rand.Rand
	root FD
	top  string // an absolute path outside the tree
	tree *node
	dirs []*node // the directories of the tree
}

// change makes one change at random; many a draw changes nothing.
func (w *twin) change() error {
	dir := w.dirs[w.rnd.IntN(len(w.dirs))]
	name := names[w.rnd.IntN(len(names))]
	old, at := dir.entries[name], path.Join(dir.place(), name)
	root, kind := int(w.root), w.rnd.IntN(10)
	switch {
	case old == nil && kind < 3 && dir.depth() < 4:
		made := &node{typ: Dir, parent: dir, name: name, entries: map[string]*node{}}
		w.dirs = append(w.dirs, made)
		return w.made(dir, name, made, unix.Mkdirat(root, at, 0o777))
	case old == nil && kind < 5:
		fd, err := unix.Openat(root, at, unix.O_CREAT|unix.O_EXCL|unix.O_RDWR|unix.O_CLOEXEC, 0o666)
		if err == nil {
			unix.Close(fd)
		}
		return w.made(dir, name, &node{typ: Regular, names: 1}, err)
	case old == nil && kind < 9:
		target := script{w.rnd}.target(w.top)
		if strings.Contains(target, "\x00") {
			return nil
		}
		return w.made(dir, name, &node{typ: Symlink, target: target}, unix.Symlinkat(target, root, at))
	case old == nil:
		return nil
	case kind < 3:
		return w.remove(dir, name, old, at)
	}
	// Rename the entry, or give a file one more name.
	to := w.dirs[w.rnd.IntN(len(w.dirs))]
	newName := names[w.rnd.IntN(len(names))]
	if to.entries[newName] != nil || old.typ == Dir && (to.beneath(old) || to.depth() >= 3) {
		return nil
	}
	if old.typ == Regular && kind < 6 {
		old.names++
		to.entries[newName] = old
		return unix.Linkat(root, at, root, path.Join(to.place(), newName), 0)
	}
	newAt := path.Join(to.place(), newName)
	delete(dir.entries, name)
	to.entries[newName] = old
	if old.typ == Dir {
		old.parent, old.name = to, newName
	}
	return unix.Renameat(root, at, root, newAt)
}

// made puts what was made into the model, with its number on the host.
func (w *twin) made(dir *node, name string, n *node, err error) error {
	if err != nil {
		return err
	}
	dir.entries[name] = n
	var st unix.Stat_t
	err = unix.Fstatat(int(w.root), path.Join(dir.place(), name), &st, unix.AT_SYMLINK_NOFOLLOW)
	n.ino = st.Ino
	return err
}

// remove takes an entry away; a directory that is not empty stays.
func (w *twin) remove(dir *node, name string, old *node, at string) error {
	if old.typ != Dir {
		old.names--
		delete(dir.entries, name)
		return unix.Unlinkat(int(w.root), at, 0)
	}
	if len(old.entries) > 0 {
		return nil
	}
	delete(dir.entries, name)
	for i, d := range w.dirs {
		if d == old {
			w.dirs = append(w.dirs[:i], w.dirs[i+1:]...)
			break
		}
	}
	return unix.Unlinkat(int(w.root), at, unix.AT_REMOVEDIR)
}
