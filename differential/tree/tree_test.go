package tree_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/touchstone-wasm/touchstone/differential/tree"
)

func template(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(root, "a", "b"), 0o755))
	must(t, os.Mkdir(filepath.Join(root, "empty"), 0o755))
	must(t, os.WriteFile(filepath.Join(root, "a", "b", "f"), []byte("hello"), 0o600))
	must(t, os.Symlink("../f", filepath.Join(root, "a", "link")))
	return root
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCopyIsIdentical(t *testing.T) {
	root := template(t)
	copied := filepath.Join(t.TempDir(), "new", "copy")
	must(t, tree.Copy(copied, root))
	want, err := tree.Snap(root)
	must(t, err)
	got, err := tree.Snap(copied)
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("copy differs (-want +got):\n%s", diff)
	}
	var paths []string
	for _, e := range got {
		paths = append(paths, e.Path)
	}
	if diff := cmp.Diff([]string{"a", "a/b", "a/b/f", "a/link", "empty"}, paths); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}

func TestSnapSeesEveryChange(t *testing.T) {
	changes := map[string]func(root string) error{
		"content":    func(r string) error { return os.WriteFile(filepath.Join(r, "a/b/f"), []byte("hullo"), 0o600) },
		"size":       func(r string) error { return os.Truncate(filepath.Join(r, "a/b/f"), 3) },
		"new file":   func(r string) error { return os.WriteFile(filepath.Join(r, "new"), nil, 0o600) },
		"new folder": func(r string) error { return os.Mkdir(filepath.Join(r, "new"), 0o700) },
		"removed":    func(r string) error { return os.Remove(filepath.Join(r, "empty")) },
		"other link": func(r string) error {
			os.Remove(filepath.Join(r, "a/link"))
			return os.Symlink("x", filepath.Join(r, "a/link"))
		},
		"link to file": func(r string) error {
			os.Remove(filepath.Join(r, "a/link"))
			return os.WriteFile(filepath.Join(r, "a/link"), nil, 0o600)
		},
	}
	for name, change := range changes {
		root := template(t)
		before, err := tree.Snap(root)
		must(t, err)
		must(t, change(root))
		after, err := tree.Snap(root)
		must(t, err)
		if cmp.Equal(before, after) {
			t.Errorf("%s: not seen", name)
		}
	}
}

func TestSnapIgnoresModesAndTimes(t *testing.T) {
	root := template(t)
	before, err := tree.Snap(root)
	must(t, err)
	must(t, os.Chmod(filepath.Join(root, "a/b/f"), 0o644))
	after, err := tree.Snap(root)
	must(t, err)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
}

func TestHugeSparseFileIsRefused(t *testing.T) {
	root := t.TempDir()
	f, err := os.Create(filepath.Join(root, "huge"))
	must(t, err)
	must(t, f.Truncate(tree.MaxBytes+1))
	must(t, f.Close())
	_, err = tree.Snap(root)
	var large *tree.TooLargeError
	if !errors.As(err, &large) {
		t.Errorf("got %v, want a TooLargeError", err)
	}
	if err := tree.Copy(filepath.Join(t.TempDir(), "copy"), root); !errors.As(err, &large) {
		t.Errorf("copy: got %v, want a TooLargeError", err)
	}
}

func TestRemoveTakesLockedFolders(t *testing.T) {
	root := template(t)
	must(t, os.Chmod(filepath.Join(root, "a", "b"), 0))
	must(t, tree.Remove(root))
	if _, err := os.Lstat(root); !os.IsNotExist(err) {
		t.Errorf("still there: %v", err)
	}
}
