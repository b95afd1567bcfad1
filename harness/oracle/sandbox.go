package oracle

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
)

// Sandbox is a directory of the host with what hostcalls may reach, and around it what they must not:
//
//	guest/    preopened as descriptor 3, built anew for every sequence
//	frozen/   preopened read-only as descriptor 4
//	outside/  canaries
//	beside    a canary next to the preopened directories
type Sandbox struct {
	root   string
	canary map[string]string // path -> what Snapshot says of everything outside guest/
}

// NewSandbox builds a sandbox in root, an empty directory.
func NewSandbox(root string) (*Sandbox, error) {
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil, err
	}
	s := &Sandbox{root: root}
	outside := []hostcall.Entry{
		{Name: hostcall.Secret, Data: "a secret of the host\n"},
		{Name: "kept", Dir: true},
		{Name: "kept/file", Data: "kept"},
	}
	if err := build(s.Outside(), outside); err != nil {
		return nil, err
	}
	if err := build(s.Frozen(), hostcall.Tree(s.Outside())); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(root, "beside"), []byte("beside"), 0o644); err != nil {
		return nil, err
	}
	if err := s.Reset(); err != nil {
		return nil, err
	}
	s.canary, err = s.look()
	return s, err
}

// Guest returns the directory that the guest may change.
func (s *Sandbox) Guest() string { return filepath.Join(s.root, "guest") }

// Frozen returns the directory that the guest may read.
func (s *Sandbox) Frozen() string { return filepath.Join(s.root, "frozen") }

// Outside returns the directory that the guest must not reach.
func (s *Sandbox) Outside() string { return filepath.Join(s.root, hostcall.OutsideDir) }

// Reset builds the guest's directory anew.
func (s *Sandbox) Reset() error {
	if err := os.RemoveAll(s.Guest()); err != nil {
		return err
	}
	return build(s.Guest(), hostcall.Tree(s.Outside()))
}

func build(dir string, entries []hostcall.Entry) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name)
		var err error
		switch {
		case e.Dir:
			err = os.Mkdir(path, 0o755)
		case e.Target != "":
			err = os.Symlink(e.Target, path)
		default:
			err = os.WriteFile(path, []byte(e.Data), 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Check asserts that everything outside the guest's directory is what it was: names, types, modes, times of change, contents.
func (s *Sandbox) Check() *Failure {
	now, err := s.look()
	if err != nil {
		return fail("sandbox: cannot be read", "%v", err)
	}
	for path, was := range s.canary {
		if is, ok := now[path]; !ok {
			return fail("sandbox: something outside was removed", "%s", path)
		} else if is != was {
			return fail("sandbox: something outside was changed", "%s: was %s, is %s", path, was, is)
		}
	}
	for path := range now {
		if _, ok := s.canary[path]; !ok {
			return fail("sandbox: something outside was created", "%s", path)
		}
	}
	return nil
}

// look describes everything outside the guest's directory.
func (s *Sandbox) look() (map[string]string, error) {
	seen := map[string]string{}
	err := filepath.WalkDir(s.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := path[len(s.root):]
		if path == s.Guest() {
			seen[rel] = "the guest's"
			return filepath.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text := info.Mode().String()
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			if err != nil {
				return err
			}
			text += " to " + target
		case info.Mode().IsRegular():
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text += fmt.Sprintf(" %q changed %v", data, info.ModTime())
		}
		seen[rel] = text
		return nil
	})
	return seen, err
}

// OpenFDs returns the descriptors that this process has open.
func OpenFDs() ([]string, error) {
	// On Linux this is a link to the process's own directory; on macOS it is a file system of its own.
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names, nil
}
