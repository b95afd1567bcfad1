package model

import (
	"path"
	"slices"
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

// moment is a time of a file in nanoseconds, if the guest set it and nothing has changed it since. One that was set to now is not earlier than at.
type moment struct {
	at    uint64
	known bool
	now   bool
}

type entry struct {
	name string
	node *node
}

// Tree is a tree at the beginning, of which each model has a copy.
type Tree struct {
	nodes    []node // the first one is the root
	children [][]child
	data     []byte // the contents of the files, in the order of the nodes
}

// child is an entry of a directory: a name, and the index of a node.
type child struct {
	name string
	at   int
}

// NewTree makes the tree of entries.
func NewTree(entries []Entry) *Tree {
	t := &Tree{nodes: make([]node, len(entries)+1), children: make([][]child, len(entries)+1)}
	t.nodes[0].typ = directory
	dirs := map[string]int{".": 0}
	for i := range entries {
		e, n := &entries[i], &t.nodes[i+1]
		switch n.links = 1; {
		case e.Dir:
			n.typ, dirs[e.Name] = directory, i+1
		case e.Target != "":
			n.typ, n.target = symlink, e.Target
		default:
			n.typ, n.size = regular, uint64(len(e.Data))
			t.data = append(t.data, e.Data...)
		}
		dir := dirs[path.Dir(e.Name)]
		t.children[dir] = append(t.children[dir], child{path.Base(e.Name), i + 1})
	}
	return t
}

// treeCopy is a copy of a tree that models change, one after the other. Its files and directories share arrays, so that it takes a few
// allocations, but nothing that grows grows into another.
type treeCopy struct {
	tree    *Tree
	nodes   []node
	entries []entry
	data    []byte
	// fresh and names are what nodes and entries are before anything has changed.
	fresh []node
	names []entry
}

// of returns the root of the copy, which it makes that of t as it is at the beginning.
func (c *treeCopy) of(t *Tree) *node {
	switch {
	case t == nil:
		return &node{typ: directory}
	case t == c.tree:
		copy(c.nodes, c.fresh)
		copy(c.entries, c.names)
		copy(c.data, t.data)
	default:
		*c = t.copy()
	}
	return &c.nodes[0]
}

// copy returns a copy.
func (t *Tree) copy() treeCopy {
	nodes, entries := slices.Clone(t.nodes), make([]entry, 0, len(t.nodes)-1)
	c := treeCopy{tree: t, nodes: nodes, data: slices.Clone(t.data)}
	data := c.data
	for i := range nodes {
		n := &nodes[i]
		size := int(n.size)
		n.data, data = data[:size:size], data[size:]
		first := len(entries)
		for _, c := range t.children[i] {
			child := &nodes[c.at]
			if child.typ == directory {
				child.up = n
			}
			entries = append(entries, entry{c.name, child})
		}
		n.entries = slices.Clip(entries[first:])
	}
	c.entries, c.fresh, c.names = entries, slices.Clone(nodes), slices.Clone(entries)
	return c
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
