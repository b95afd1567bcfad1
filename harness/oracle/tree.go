package oracle

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
)

// tree is a directory that is brought back to what it should hold. Building one takes longer than what is done to it, so that
// only what has changed is repaired.
type tree struct {
	dir   string
	nodes []node // directories before what is in them; the first one is dir itself
	at    map[string]int
	seen  []seen // what was looked at since something was done, by node
	bell  *bell  // for all nodes that are no links, and what is added
}

// seen says whether a file was looked at, and was what it should be.
type seen struct{ known, same bool }

// node is one file of a tree.
type node struct {
	hostcall.Entry
	path     string
	parent   int             // the node of the directory that it is in
	children map[string]bool // names of what a directory should hold
	file     *watch          // the file when it was last known to be right; nil before, and of links
	rung     *bool           // the file may have changed since
}

// longAgo is when everything in a tree was changed last, if nothing has changed it since: any change makes it now, even within one
// tick of the clock of the file system.
var longAgo = []unix.Timespec{{Sec: 987_654_321}, {Sec: 987_654_321}}

// newTree builds a tree of entries in dir, which must not exist. If that fails, it is to be closed all the same.
func newTree(dir string, entries []hostcall.Entry) (*tree, error) {
	t := &tree{dir: dir, bell: newBell(), nodes: []node{{Entry: hostcall.Entry{Dir: true}, path: dir, children: map[string]bool{}, rung: new(bool)}}}
	byName := map[string]int{".": 0}
	for i := range entries {
		e := entries[i]
		parent := byName[filepath.Dir(e.Name)]
		t.nodes = append(t.nodes, node{Entry: e, path: filepath.Join(dir, e.Name), parent: parent, children: map[string]bool{}, rung: new(bool)})
		t.nodes[parent].children[filepath.Base(e.Name)] = true
		byName[e.Name] = i + 1
	}
	t.at = make(map[string]int, len(t.nodes))
	for i := range t.nodes {
		t.at[t.nodes[i].path] = i
	}
	t.seen = make([]seen, len(t.nodes))
	return t, t.reset()
}

// unchanged returns what reports whether what is at a path is for certain what the tree had there after the last reset. It looks at every file
// once at most, so it is of use until something is done. A reset that follows looks at none of them again.
func (t *tree) unchanged() func(path []byte) bool {
	clear(t.seen)
	t.bell.listen()
	return func(path []byte) bool {
		i, ok := t.at[string(path)]
		return ok && t.same(i)
	}
}

// same is that of [tree.unchanged], for a node.
func (t *tree) same(i int) bool {
	s := &t.seen[i]
	if !s.known {
		s.known, s.same = true, t.nodes[i].same(i > 0 && !t.same(t.nodes[i].parent))
	}
	return s.same
}

// describe adds what is beneath a directory to seen, as snapshot does. What is for certain what it was after the last reset is not
// looked at; the directory that dir is in is, if there is one.
func (t *tree) describe(dir int, seen map[string]state) error {
	if dir == 0 {
		t.bell.listen()
	}
	if !t.nodes[dir].same(false) {
		below, err := snapshot(t.nodes[dir].path, "", false)
		for path, s := range below {
			seen[filepath.Join(t.nodes[dir].Name, path)] = s
		}
		return err
	}
	for i := 1; i < len(t.nodes); i++ {
		n := &t.nodes[i]
		if n.parent != dir {
			continue
		}
		if n.same(false) {
			seen[n.Name] = n.should()
		} else {
			info, err := os.Lstat(n.path)
			if err == nil {
				seen[n.Name], err = look(n.path, fs.FileInfoToDirEntry(info), false)
			}
			if err != nil {
				return err
			}
		}
		if n.Dir {
			if err := t.describe(i, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

// reset repairs what has changed.
func (t *tree) reset() error {
	defer clear(t.seen)
	if !t.seen[0].known {
		t.bell.listen()
	}
	changed, mended := make([]bool, len(t.nodes)), false
	for i := range t.nodes {
		n := &t.nodes[i]
		if t.seen[i].same && !changed[n.parent] || n.same(changed[n.parent]) {
			continue
		}
		made, err := n.mend()
		if err != nil {
			return err
		}
		changed[i], mended = true, true
		changed[n.parent] = changed[n.parent] || made
	}
	for i := range t.nodes {
		if n := &t.nodes[i]; changed[i] && n.Target == "" {
			if err := n.remember(t.bell); err != nil {
				return err
			}
		}
	}
	if !mended {
		return nil
	}
	// What was done to mend it.
	t.bell.listen()
	for i := range t.nodes {
		if changed[i] {
			*t.nodes[i].rung = false
		}
	}
	return nil
}

// inode returns the inode of the directory as it was after the last reset.
func (t *tree) inode() uint64 { return t.nodes[0].file.was.inode }

// same reports whether the file is what it was, where its directory may have another one of the name if moved is set. A link
// is, unless its directory has changed.
func (n *node) same(moved bool) bool {
	switch {
	case n.Target != "":
		return !moved
	case n.file == nil:
		return false
	case moved:
		is, err := stampOf(n.path)
		return err == nil && is == n.file.was
	case !*n.rung:
		return true
	}
	is, err := n.file.stamp()
	return err == nil && is == n.file.was
}

// remember makes what the file is what it should be. Whatever is done in a directory comes before.
func (n *node) remember(b *bell) error {
	if err := unix.UtimesNanoAt(unix.AT_FDCWD, n.path, longAgo, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return &fs.PathError{Op: "utimensat", Path: n.path, Err: err}
	}
	is, err := stampOf(n.path)
	if err == nil && n.file != nil && n.file.was.inode == is.inode { // as long as it is held open, no other has its number
		n.file.was = is
		return nil
	}
	if err = errors.Join(err, n.close()); err == nil {
		n.file, err = newWatch(n.path)
	}
	if err == nil {
		err = b.watch(n.path, n.rung)
	}
	return err
}

// close lets go of the file.
func (n *node) close() error {
	if n.file == nil {
		return nil
	}
	w := n.file
	n.file = nil
	return w.close()
}

// close lets go of the files.
func (t *tree) close() error {
	errs := []error{t.bell.close()}
	for i := range t.nodes {
		errs = append(errs, t.nodes[i].close())
	}
	return errors.Join(errs...)
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
	fd, err := unix.Open(n.path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0) // os.Open makes five more system calls
	if err != nil {
		return &fs.PathError{Op: "open", Path: n.path, Err: err}
	}
	dir := os.NewFile(uintptr(fd), n.path)
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
