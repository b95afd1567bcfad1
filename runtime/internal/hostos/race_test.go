package hostos

import (
	"flag"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var opens = flag.Int("opens", 0, "how many opens TestRace makes at least with each resolver")

// TestRace opens, creates and removes files below a name that a neighbour keeps swapping between a directory inside and a
// link to one outside, while another moves a directory out of the box and back, so that its ".." is outside. Whatever the timing,
// only the inside may be reached.
//
//	go test ./runtime/internal/hostos -run Race -v -timeout 60m -args -opens 1000000
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
		for _, dir := range []string{filepath.Join(box, "real"), filepath.Join(box, "deep/er"), filepath.Join(box, "deep"), outside} {
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
		var swaps, moves atomic.Int64
		var wg sync.WaitGroup
		wg.Go(func() { swap(box, &swaps, &stop) })
		wg.Go(func() { move(box, outside, &moves, &stop) })
		inside, refused := 0, 0
		raced := func() bool {
			return inside > 0 && refused > 0 && swaps.Load() >= 100 && moves.Load() >= 100 && inside+refused >= *opens
		}
		patience := patience + time.Duration(*opens)*time.Millisecond
		// On a busy machine one side can be without a processor for long: go on until both had their turns.
		begin := time.Now()
		for time.Since(begin) < duration || !raced() && time.Since(begin) < patience {
			for _, path := range []string{"name/f", "name/../name/f", "name/./f", "name/", "name", "deep/er/../f", "deep/er/../../deep/f", "deep/er/f"} {
				var st Stat
				fd, err := fs.Open(root, path, Read|Follow|Resident*Flags(inside%2), &st)
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
			if fd, err := fs.Open(root, "name/created", Write|Create|Follow, new(Stat)); err == nil {
				Close(fd)
			}
			fs.Rename(root, "name/created", root, "name/renamed")
			fs.Unlink(root, "name/renamed")
			var st Stat
			if err := fs.Stat(root, "name/f", Follow|Resident, &st); err == nil && st.Size != 1 {
				t.Fatal("Stat reached the file outside")
			}
		}
		stop.Store(true)
		wg.Wait()
		entries, err := os.ReadDir(outside)
		must(t, err)
		if len(entries) != 1 || entries[0].Name() != "f" {
			t.Errorf("outside has entries now: %v", entries)
		}
		if !raced() {
			t.Errorf("the race did not take place in %v", patience)
		}
		took := time.Since(begin)
		t.Logf("%d opens in %v, %.0f a second: %d inside, %d refused, 0 outside; %d swaps, %d moves", inside+refused, took.Round(time.Millisecond),
			float64(inside+refused)/took.Seconds(), inside, refused, swaps.Load(), moves.Load())
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

// move moves the directory deep/er of the box outside and back, until it is stopped.
func move(box, outside string, moves *atomic.Int64, stop *atomic.Bool) {
	in, out := filepath.Join(box, "deep/er"), filepath.Join(outside, "er")
	for !stop.Load() {
		os.Rename(in, out)
		os.Lstat(out)
		os.Rename(out, in)
		moves.Add(2)
		for range 4 {
			os.Lstat(in)
		}
	}
}
