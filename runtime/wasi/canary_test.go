package wasi

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// outside describes everything of the world's tree that no guest may change: what it is, its number, mode, links, owner, times
// and content. The times of access are left out, for reading beneath a read-only preopen is allowed.
func (w *world) outside() map[string]string {
	w.t.Helper()
	seen := map[string]string{}
	w.must(filepath.WalkDir(w.top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil {
			return err
		}
		if path == w.box { // the guest's own: only that it is there
			seen[path] = fmt.Sprint(st.Ino)
			return filepath.SkipDir
		}
		content := ""
		switch {
		case d.Type() == fs.ModeSymlink:
			content, err = os.Readlink(path)
		case d.Type().IsRegular():
			var data []byte
			data, err = os.ReadFile(path)
			content = string(data)
		}
		seen[path] = fmt.Sprintf("%v ino %d, mode %o, %d links, owner %d:%d, size %d, modified at %d.%09d, changed at %d.%09d: %q", d.Type(), st.Ino, st.Mode, st.Nlink,
			st.Uid, st.Gid, st.Size, st.Mtim.Sec, st.Mtim.Nsec, st.Ctim.Sec, st.Ctim.Nsec, content)
		return err
	}))
	return seen
}

// untouched fails if anything outside the box is not what it was. Every world checks it in the end.
func (w *world) untouched() {
	w.t.Helper()
	now := w.outside()
	for path, was := range w.canary {
		if now[path] != was {
			w.t.Errorf("outside the box, %s was\n%s\nand is\n%s", path, was, now[path])
		}
	}
	for path := range now {
		if _, ok := w.canary[path]; !ok {
			w.t.Errorf("outside the box, %s was made", path)
		}
	}
	w.canary = now
}
