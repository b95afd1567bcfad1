package oracle

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
)

// act does what another program does in the guest's directory. Nothing outside is changed: os.Root follows no link that leads
// out, and nothing else changes the directory meanwhile. What cannot be done is not done, as another program would find.
func (s *Sandbox) act(a *hostcall.Action) {
	if !a.Valid() {
		return
	}
	root, err := os.OpenRoot(s.Guest())
	if err != nil {
		return // the directory itself is gone, which Reset finds
	}
	defer root.Close()
	switch a.Do {
	case hostcall.Rename:
		root.Rename(a.Path, a.To)
	case hostcall.Symlink:
		root.Symlink(a.To, a.Path)
	case hostcall.Link:
		root.Link(a.Path, a.To)
	case hostcall.Remove:
		root.Remove(a.Path)
	case hostcall.Mkdir:
		root.Mkdir(a.Path, 0o755)
	case hostcall.Fifo:
		if dir, err := root.Stat(filepath.Dir(a.Path)); err == nil && dir.IsDir() { // inside, then
			unix.Mkfifo(filepath.Join(s.Guest(), a.Path), 0o644)
		}
	case hostcall.Append, hostcall.Truncate:
		s.write(root, a)
	case hostcall.Chmod:
		// Not of directories: one that cannot be listed cannot be repaired without being root.
		if info, err := root.Stat(a.Path); err == nil && info.Mode().IsRegular() {
			root.Chmod(a.Path, os.FileMode(a.Num))
		}
	}
}

// write changes the content of a regular file; a pipe would wait for a reader.
func (s *Sandbox) write(root *os.Root, a *hostcall.Action) {
	f, err := root.OpenFile(a.Path, os.O_WRONLY|os.O_APPEND|unix.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return
	}
	if a.Do == hostcall.Append {
		f.WriteString(a.To)
	} else {
		f.Truncate(int64(a.Num))
	}
}
