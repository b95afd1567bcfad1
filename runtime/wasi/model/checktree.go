package model

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// CheckTree compares a directory of the host with the tree of the i-th preopen as it is now: names, types, sizes, contents, targets of links.
// same tells of a path in it, which it must not keep, whether the host's file is for certain what it was when the guest began; what is so on
// both sides is not looked at. A nil same looks at everything. Errors of the host are a breach, too.
func (m *Model) CheckTree(i int, dir string, same func(path []byte) bool) *Breach {
	if m.adrift {
		return nil
	}
	c := checker{same: same, path: append(m.path[:0], dir...)}
	c.directory(m.roots[i])
	m.path = c.path
	return c.found
}

type checker struct {
	same  func(path []byte) bool
	path  []byte // of what is looked at
	found *Breach
}

func (c *checker) breach(key, format string, args ...any) {
	if c.found == nil {
		c.found = &Breach{Key: key, Detail: fmt.Sprintf(format, args...)}
	}
}

// unchanged reports whether neither the host's file nor the model's has changed.
func (c *checker) unchanged(n *node) bool {
	return !n.touched && c.same != nil && c.same(c.path)
}

// directory compares a directory, which is at the path, and all beneath it.
func (c *checker) directory(n *node) {
	if !n.unsure && !c.unchanged(n) {
		c.times(n, string(c.path))
		c.entries(n, string(c.path))
	}
	above := len(c.path)
	for i := range n.entries {
		if c.found != nil {
			return
		}
		e := &n.entries[i]
		c.path = append(append(c.path[:above], '/'), e.name...)
		switch {
		case n.unsure: // whether it is there is not known
		case e.node.typ == directory:
			c.directory(e.node)
		case !e.node.unsure && !c.unchanged(e.node):
			c.file(e.node, string(c.path))
		}
	}
}

// entries compares the names and types in a directory.
func (c *checker) entries(n *node, path string) {
	f, err := os.Open(path)
	if err != nil {
		c.breach("tree: cannot be read", "%v", err)
		return
	}
	defer f.Close()
	list, err := f.ReadDir(-1)
	if err != nil {
		c.breach("tree: cannot be read", "%v", err)
		return
	}
	for _, is := range list {
		want := n.find([]byte(is.Name()))
		switch {
		case want == nil:
			c.breach("tree: a file that should not be", "%s", filepath.Join(path, is.Name()))
		case want.typ != typeOf(is.Type()):
			c.breach("tree: other type", "%s: %v", filepath.Join(path, is.Name()), is.Type())
		}
	}
	if c.found != nil || len(list) == len(n.entries) {
		return
	}
	there := map[string]bool{}
	for _, is := range list {
		there[is.Name()] = true
	}
	for _, e := range n.entries {
		if !there[e.name] {
			c.breach("tree: a file is missing", "%s", filepath.Join(path, e.name))
		}
	}
}

// typeOf returns a type of the host as preview 1 has it.
func typeOf(mode fs.FileMode) filetype {
	switch {
	case mode.IsDir():
		return directory
	case mode.IsRegular():
		return regular
	case mode&fs.ModeSymlink != 0:
		return symlink
	}
	return unknownType
}

// times compares the times of what is at a path, before it is read.
func (c *checker) times(n *node, path string) {
	var st unix.Stat_t
	if !n.atime.known && !n.mtime.known || unix.Lstat(path, &st) != nil {
		return // what is not there is noticed otherwise
	}
	for _, t := range []struct {
		name string
		want moment
		got  uint64
	}{{"atime", n.atime, uint64(unix.TimespecToNsec(st.Atim))}, {"mtime", n.mtime, uint64(unix.TimespecToNsec(st.Mtim))}} {
		if t.want.known && !t.want.is(t.got) {
			key := "tree: other time"
			if n.typ == symlink {
				key += " of a link"
			}
			c.breach(key, "%s: %s %d instead of %d", path, t.name, t.got, t.want.at)
		}
	}
}

// file compares a file or link.
func (c *checker) file(n *node, path string) {
	c.times(n, path)
	if n.typ == symlink {
		if target, err := os.Readlink(path); err != nil || target != n.target {
			c.breach("tree: other target", "%s: %q instead of %q, %v", path, target, n.target, err)
		}
		return
	}
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		c.breach("tree: cannot be read", "%v", err)
		return
	case uint64(info.Size()) != n.size:
		c.breach("tree: other size", "%s: %d bytes instead of %d", path, info.Size(), n.size)
		return
	case n.size > maxKept:
		return
	}
	data, err := os.ReadFile(path)
	if err != nil || !n.matches(data, 0) {
		c.breach("tree: other content", "%s: %q instead of %q, %v", path, cut(data), cut(n.data), err)
	}
}
