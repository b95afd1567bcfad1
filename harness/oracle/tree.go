package oracle

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
)

// tree is a directory that is brought back to what it should hold. Building one takes longer than what is done to it, so that
// only what has changed is repaired.
type tree struct {
	dir   string
	nodes []node // directories before what is in them; the first one is dir itself
}

// node is one file of a tree.
type node struct {
	hostcall.Entry
	path     string
	parent   int             // the node of the directory that it is in
	children map[string]bool // names of what a directory should hold
	stamp    stamp           // when it was last known to be right
	settled  bool            // whether it has changed since if its stamp is another one, and not if it is not
}

// newTree builds a tree of entries in dir, which must not exist.
func newTree(dir string, entries []hostcall.Entry) (*tree, error) {
	t := &tree{dir: dir, nodes: []node{{Entry: hostcall.Entry{Dir: true}, path: dir, children: map[string]bool{}}}}
	byName := map[string]int{".": 0}
	for i := range entries {
		e := entries[i]
		parent := byName[filepath.Dir(e.Name)]
		t.nodes = append(t.nodes, node{Entry: e, path: filepath.Join(dir, e.Name), parent: parent, children: map[string]bool{}})
		t.nodes[parent].children[filepath.Base(e.Name)] = true
		byName[e.Name] = i + 1
	}
	return t, t.reset()
}

// reset repairs what has changed.
func (t *tree) reset() error {
	touched := map[*node]bool{}
	for i := range t.nodes {
		n := &t.nodes[i]
		is, err := stampOf(n.path)
		if err == nil && is == n.stamp && n.settled {
			continue
		}
		made, err := n.mend()
		if err != nil {
			return err
		}
		touched[n] = true
		if made {
			touched[&t.nodes[n.parent]] = true
		}
	}
	// Stamps are read in the end, for what is made in a directory changes its stamp.
	now := time.Now()
	for n := range touched {
		var err error
		if n.stamp, err = stampOf(n.path); err != nil {
			return err
		}
		n.settled = n.stamp.settled(now)
	}
	return nil
}

// mend makes the file what it should be, and returns whether it had to be made. A directory loses what it should not hold; what it
// lacks is made by the nodes of that.
func (n *node) mend() (made bool, err error) {
	info, err := os.Lstat(n.path)
	if err != nil {
		return true, n.make()
	}
	is, err := look(n.path, fs.FileInfoToDirEntry(info), true)
	should := n.should()
	if err == nil && is.mode == should.mode {
		switch {
		case n.Dir:
			return false, n.clear()
		case is.content == should.content:
			return false, nil
		case n.Target == "" && is.links == 1:
			return false, os.WriteFile(n.path, []byte(n.Data), 0o644)
		}
	}
	if err := os.RemoveAll(n.path); err != nil {
		return false, err
	}
	return true, n.make()
}

// clear removes what the directory should not hold.
func (n *node) clear() error {
	dir, err := os.Open(n.path)
	if err != nil {
		return err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !n.children[name] {
			if err := os.RemoveAll(filepath.Join(n.path, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// make makes what is not there.
func (n *node) make() error {
	switch {
	case n.Dir:
		return os.Mkdir(n.path, 0o755)
	case n.Target != "":
		return os.Symlink(n.Target, n.path)
	}
	return os.WriteFile(n.path, []byte(n.Data), 0o644)
}

// should returns what look says of the file when it is what it should be.
func (n *node) should() state {
	switch {
	case n.Dir:
		return state{mode: fs.ModeDir | 0o755}
	case n.Target != "":
		return state{mode: fs.ModeSymlink, content: n.Target}
	}
	return state{mode: 0o644, content: n.Data}
}
