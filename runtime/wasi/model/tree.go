package model

import (
	"strings"
)

// filetype is a type of file, by its number in preview 1.
type filetype uint8

// The types that a tree has, and those of other descriptors.
const (
	unknownType filetype = 0
	charDevice  filetype = 2
	directory   filetype = 3
	regular     filetype = 4
	dgramSocket filetype = 5
	sockStream  filetype = 6
	symlink     filetype = 7
)

// Entry is a file, a directory or a link of a tree at the beginning. Directories come before what is in them.
type Entry struct {
	Name   string // relative to the tree, with slashes
	Dir    bool
	Data   string
	Target string // of a link
}

// node is one file, directory or link.
type node struct {
	typ     filetype
	entries []entry // of a directory
	up      *node   // the directory that a directory is in; nil for a root
	gone    bool    // a directory that was removed
	content
	target string
	links  int // names of a file or link
	// unsure says that the content or the entries are not known.
	unsure bool
	// touched says that the content or the entries are not those of the beginning.
	touched bool
	version int    // of the entries
	ino     uint64 // as it was reported; 0 if it was not yet
	atime   moment
	mtime   moment
}

// moment is a time of a file in nanoseconds, if the guest set it and nothing has changed it since.
type moment struct {
	at    uint64
	known bool
}

type entry struct {
	name string
	node *node
}

// build makes the tree of entries.
func build(entries []Entry) *node {
	nodes := make([]node, len(entries)+1)
	root := &nodes[0]
	root.typ = directory
	for i := range entries {
		e, n := &entries[i], &nodes[i+1]
		switch {
		case e.Dir:
			n.typ = directory
		case e.Target != "":
			n.typ, n.target = symlink, e.Target
		default:
			n.typ, n.content = regular, contentOf(e.Data)
		}
		dir, name := root, e.Name
		for {
			first, rest, deeper := strings.Cut(name, "/")
			if !deeper {
				break
			}
			dir, name = dir.find([]byte(first)), rest
		}
		dir.put(name, n)
		n.touched = false
	}
	for i := range nodes {
		nodes[i].touched, nodes[i].version = false, 0
	}
	return root
}

// find returns what has a name in a directory, or nil.
func (n *node) find(name []byte) *node {
	for i := range n.entries {
		if n.entries[i].name == string(name) {
			return n.entries[i].node
		}
	}
	return nil
}

// put gives a file a name that is free.
func (n *node) put(name string, child *node) {
	n.entries = append(n.entries, entry{name, child})
	child.links++
	if child.typ == directory {
		child.up = n
	}
	n.changed()
}

// drop takes a name away.
func (n *node) drop(name []byte) {
	for i := range n.entries {
		if n.entries[i].name == string(name) {
			n.entries[i].node.links--
			n.entries = append(n.entries[:i:i], n.entries[i+1:]...)
			n.changed()
			return
		}
	}
}

// changed notes a change of the content or the entries, which sets the time of modification.
func (n *node) changed() {
	n.touched = true
	n.version++
	n.mtime.known = false
}

// beneath reports whether n is dir or lies in it.
func (n *node) beneath(dir *node) bool {
	for ; n != nil; n = n.up {
		if n == dir {
			return true
		}
	}
	return false
}

// each calls f for n and all that is beneath it, which is no cycle: directories have one name.
func (n *node) each(f func(*node)) {
	f(n)
	for i := range n.entries {
		n.entries[i].node.each(f)
	}
}
