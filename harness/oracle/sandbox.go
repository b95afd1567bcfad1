package oracle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// maxContent is the size in bytes up to which contents of files are looked at; those of the sandbox are smaller.
const maxContent = 1 << 16

// Sandbox is a directory of the host with what hostcalls may reach, and around it what they must not:
//
//	guest/    preopened as descriptor 3, built anew for every sequence
//	frozen/   preopened read-only as descriptor 4
//	outside/  canaries
//	beside    a canary next to the preopened directories
type Sandbox struct {
	root                   string
	guest, frozen, outside string
	tree                   *tree              // guest/
	dirs                   [2]*wasi.Directory // guest/ and frozen/
	inode                  uint64             // of guest/ when it was opened
	watch                  []*watch           // everything outside guest/
	rung                   bool               // something outside guest/ may have changed
	dirty                  bool               // something outside guest/ has changed
	canary                 map[string]state   // the same in full, by path, to say what has changed
}

// NewSandbox builds a sandbox in root, an empty directory.
func NewSandbox(root string) (*Sandbox, error) {
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil, err
	}
	s := &Sandbox{root: root, guest: filepath.Join(root, "guest"), frozen: filepath.Join(root, "frozen"), outside: filepath.Join(root, hostcall.OutsideDir)}
	outside := []hostcall.Entry{
		{Name: hostcall.Secret, Data: "a secret of the host\n"},
		{Name: "kept", Dir: true},
		{Name: "kept/file", Data: "kept"},
	}
	for dir, entries := range map[string][]hostcall.Entry{s.Outside(): outside, s.Frozen(): hostcall.Tree(s.Outside())} {
		t, err := newTree(dir, entries)
		if err := errors.Join(err, t.close()); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(root, "beside"), []byte("beside"), 0o644); err != nil {
		return nil, err
	}
	if s.tree, err = newTree(s.Guest(), hostcall.Tree(s.Outside())); err != nil {
		return nil, errors.Join(err, s.tree.close())
	}
	if err := s.openDirs(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	time.Sleep(settled) // from now on, every change of a canary changes its stamp
	if s.canary, err = s.look(); err != nil {
		return nil, err
	}
	paths := []string{""}
	for path := range s.canary {
		paths = append(paths, path)
	}
	for _, path := range paths {
		w, err := newWatch(filepath.Join(root, path))
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.watch = append(s.watch, w)
		if err := s.tree.bell.watch(w.path, &s.rung); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// Close lets go of the files. The directory stays.
func (s *Sandbox) Close() error {
	var errs []error
	for _, w := range s.watch {
		errs = append(errs, w.close())
	}
	s.watch = nil
	errs = append(errs, s.closeDirs(), s.tree.close())
	return errors.Join(errs...)
}

// openDirs opens what is preopened.
func (s *Sandbox) openDirs() (err error) {
	for i, path := range [...]string{s.guest, s.frozen} {
		if s.dirs[i], err = wasi.OpenDirectory(path); err != nil {
			return err
		}
	}
	s.inode = s.tree.inode()
	return nil
}

func (s *Sandbox) closeDirs() error {
	var errs []error
	for _, d := range s.dirs {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	s.dirs = [2]*wasi.Directory{}
	return errors.Join(errs...)
}

// Preopens returns the directories that a guest finds open, which may be changed.
func (s *Sandbox) Preopens() []wasi.Preopen {
	return []wasi.Preopen{{Host: s.guest, Dir: s.dirs[0], Guest: "/"}, {Host: s.frozen, Dir: s.dirs[1], Guest: "frozen", ReadOnly: true}}
}

// Guest returns the directory that the guest may change.
func (s *Sandbox) Guest() string { return s.guest }

// Frozen returns the directory that the guest may read.
func (s *Sandbox) Frozen() string { return s.frozen }

// Outside returns the directory that the guest must not reach.
func (s *Sandbox) Outside() string { return s.outside }

// Reset makes the guest's directory what it should be at the beginning of a sequence.
func (s *Sandbox) Reset() error {
	if err := s.tree.reset(); err != nil || s.tree.inode() == s.inode {
		return err
	}
	return errors.Join(s.closeDirs(), s.openDirs())
}

// Check asserts that everything outside the guest's directory is what it was: names, types, modes, inodes, numbers of links,
// times of change, contents.
func (s *Sandbox) Check() *Failure {
	if s.tree.bell.listen(); !s.rung && !s.dirty {
		return nil
	}
	s.rung = false
	for _, w := range s.watch {
		if is, err := w.stamp(); err != nil || is != w.was {
			s.dirty = true
			return s.changed(w, is)
		}
	}
	return nil
}

// changed says what has changed outside the guest's directory, where w is another one now.
func (s *Sandbox) changed(w *watch, is stamp) *Failure {
	now, err := s.look()
	if err != nil {
		return fail("sandbox: cannot be read", "%v", err)
	}
	// What comes and goes also changes its directory: it is the better answer.
	for path := range s.canary {
		if _, ok := now[path]; !ok {
			return fail("sandbox: something outside was removed", "%s", path)
		}
	}
	for path := range now {
		if _, ok := s.canary[path]; !ok {
			return fail("sandbox: something outside was created", "%s", path)
		}
	}
	for path, was := range s.canary {
		if is := now[path]; is != was {
			return fail("sandbox: something outside was changed", "%s: was %s, is %s", path, was, is)
		}
	}
	return fail("sandbox: something outside was changed", "%s: was %+v, is %+v", w.path, w.was, is)
}

// look describes everything outside the guest's directory.
func (s *Sandbox) look() (map[string]state, error) {
	return snapshot(s.root, s.Guest(), true)
}

// files describes the guest's directory.
func (s *Sandbox) files() (map[string]state, error) {
	seen := map[string]state{}
	return seen, s.tree.describe(0, seen)
}

// snapshot describes everything below dir but for what is in skip, by path relative to dir.
func snapshot(dir, skip string, frozen bool) (map[string]state, error) {
	seen := map[string]state{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == skip:
			return filepath.SkipDir
		case path == dir:
			return nil
		}
		seen[path[len(dir)+1:]], err = look(path, d, frozen)
		return err
	})
	return seen, err
}

// state is what is looked at in one file.
type state struct {
	mode    fs.FileMode
	content string // of a file, or the target of a link
	// Of what must not change at all, else 0:
	changed    int64 // time of change in nanoseconds
	ino, links uint64
}

// String returns the state for people.
func (s state) String() string {
	return fmt.Sprintf("%v inode %d, %d links, %q %v", s.mode, s.ino, s.links, s.content, time.Unix(0, s.changed))
}

// look describes one file, with all that must not change if frozen is set.
func look(path string, d fs.DirEntry, frozen bool) (state, error) {
	info, err := d.Info()
	if err != nil {
		return state{}, err
	}
	s := state{mode: info.Mode()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && frozen {
		s.changed, s.ino, s.links = info.ModTime().UnixNano(), st.Ino, uint64(st.Nlink)
	}
	switch {
	case s.mode&fs.ModeSymlink != 0:
		s.mode &= fs.ModeType // links have no permissions of their own
		s.content, err = os.Readlink(path)
	case s.mode.IsRegular() && info.Size() > maxContent:
		// Guests make files of any size that have no blocks.
		s.content = fmt.Sprintf("%d bytes", info.Size())
	case s.mode.IsRegular():
		var data []byte
		data, err = os.ReadFile(path)
		s.content = string(data)
		if errors.Is(err, fs.ErrPermission) { // which the host may have taken away
			s.content, err = "not to be read", nil
		}
	}
	return s, err
}
