package regressions

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	corpus "github.com/touchstone-wasm/touchstone/corpus/regressions"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/tree"
)

// outside is the folder that no guest is given, and Secret what the file in it holds.
const (
	outside    = "outside"
	secretFile = outside + "/secret"
	Secret     = "what lies outside stays outside"
)

// world is the file tree of one run.
type world struct{ root string }

// newWorld makes the tree of a regression below temp.
func newWorld(temp string, r *corpus.Regression) (*world, error) {
	root, err := os.MkdirTemp(temp, "world")
	if err != nil {
		return nil, err
	}
	// macOS: the temporary folder is behind a link.
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return nil, err
	}
	w := &world{root}
	entries := maps.Clone(r.Tree)
	if entries == nil {
		entries = map[string]string{}
	}
	entries[secretFile] = Secret
	for _, path := range slices.Sorted(maps.Keys(entries)) {
		if err := w.make(path, entries[path]); err != nil {
			tree.Remove(root)
			return nil, err
		}
	}
	return w, nil
}

// make makes one entry and the directories above it.
func (w *world) make(path, content string) error {
	at := filepath.Join(w.root, path)
	if strings.HasSuffix(path, "/") {
		return os.MkdirAll(at, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return err
	}
	if target, ok := strings.CutPrefix(content, "-> "); ok {
		return os.Symlink(strings.ReplaceAll(target, "{outside}", filepath.Join(w.root, outside)), at)
	}
	if content == "fifo" {
		return unix.Mkfifo(at, 0o644)
	}
	return os.WriteFile(at, []byte(content), 0o644)
}

// dirs returns the preopened directories. The first is the guest's root.
func (w *world) dirs(r *corpus.Regression) (list []engine.Dir) {
	for i, d := range r.Dirs {
		name, readOnly := strings.CutSuffix(d, ":ro")
		guest := "/"
		if i > 0 {
			guest = "/" + name
		}
		list = append(list, engine.Dir{Host: filepath.Join(w.root, name), Guest: guest, ReadOnly: readOnly})
	}
	return list
}

func (w *world) remove() { tree.Remove(w.root) }
