package hostos

import (
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestRace opens, creates and removes files below a name that a neighbour keeps swapping between a directory inside and a
// link to one outside. Whatever the timing, only the inside may be reached.
func TestRace(t *testing.T) {
	const patience = 20 * time.Second
	duration := 400 * time.Millisecond
	if testing.Short() {
		duration = 100 * time.Millisecond
	}
	resolvers(t, func(t *testing.T, fs FS) {
		top := t.TempDir()
		box := filepath.Join(top, "box")
		outside := filepath.Join(top, "outside")
		for _, dir := range []string{filepath.Join(box, "real"), filepath.Join(box, "deep/er"), outside} {
			must(t, os.MkdirAll(dir, 0o777))
			must(t, os.WriteFile(filepath.Join(dir, "f"), []byte("x"), 0o666))
		}
		must(t, os.WriteFile(filepath.Join(outside, "f"), []byte("longer"), 0o666))
		must(t, os.Symlink(outside, filepath.Join(box, "link")))
		must(t, os.Symlink("../outside", filepath.Join(box, "link2")))
		root, err := OpenRoot(box)
		must(t, err)
		defer Close(root)

		var stop atomic.Bool
		var swaps atomic.Int64
		var wg sync.WaitGroup
		wg.Go(func() { swap(box, &swaps, &stop) })
		inside, refused := 0, 0
		raced := func() bool { return inside > 0 && refused > 0 && swaps.Load() >= 100 }
		// On a busy machine one side can be without a processor for long: go on until both had their turns.
		for begin := time.Now(); time.Since(begin) < duration || !raced() && time.Since(begin) < patience; {
			for _, path := range []string{"name/f", "name/../name/f", "name/./f", "name/", "name"} {
				fd, st, err := fs.Open(root, path, Read|Follow)
				if err != nil {
					refused++
					continue
				}
				inside++
				if st.Type == Regular && st.Size != 1 {
					t.Fatalf("Open(%q) reached the file outside", path)
				}
				Close(fd)
			}
			fs.Mkdir(root, "name/made")
			fs.Rmdir(root, "name/made")
			if fd, _, err := fs.Open(root, "name/created", Write|Create|Follow); err == nil {
				Close(fd)
			}
			fs.Rename(root, "name/created", root, "name/renamed")
			fs.Unlink(root, "name/renamed")
			if st, err := fs.Stat(root, "name/f", true); err == nil && st.Size != 1 {
				t.Fatal("Stat reached the file outside")
			}
		}
		stop.Store(true)
		wg.Wait()
		entries, err := os.ReadDir(outside)
		must(t, err)
		if len(entries) != 1 {
			t.Errorf("outside has entries now: %v", entries)
		}
		if !raced() {
			t.Errorf("the race did not take place in %v", patience)
		}
		t.Logf("%d opens inside, %d refused, %d swaps", inside, refused, swaps.Load())
	})
}

// swap makes the name in turn the directory and a link to outside, until it is stopped.
func swap(box string, swaps *atomic.Int64, stop *atomic.Bool) {
	name := filepath.Join(box, "name")
	os.Rename(filepath.Join(box, "real"), name)
	for !stop.Load() {
		for _, other := range []string{"link", "link2"} {
			exchange(name, filepath.Join(box, other))
			exchange(name, filepath.Join(box, other))
			swaps.Add(2)
			for range 8 {
				os.Lstat(name) // stay with the directory for a while, so that the calls often get inside
			}
		}
	}
}
