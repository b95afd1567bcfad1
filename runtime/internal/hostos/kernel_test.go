package hostos

import (
	"flag"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var programs = flag.Int("programs", 5000, "how many path programs TestKernelAgrees runs with each resolver")

// TestKernelAgrees runs path programs: some changes of a tree by a neighbour (directories, files, links of all sorts, renames,
// further names), then paths to open, full of "..", links, loops and slashes. What the model says that a path means must be what
// the kernel opened, by its device, number and place, or why it opened nothing.
//
//	go test ./runtime/internal/hostos -run KernelAgrees -v -args -programs 1000000
func TestKernelAgrees(t *testing.T) {
	resolvers(t, func(t *testing.T, fs FS) {
		const each = 2000 // programs on one tree
		begin, opened, refused := time.Now(), 0, 0
		for done := 0; done < *programs; done += each {
			ok, no := agree(t, fs, uint64(done), min(each, *programs-done))
			opened, refused = opened+ok, refused+no
		}
		took := time.Since(begin)
		t.Logf("%d programs in %v, %.0f a second: %d paths opened, %d refused, all as the model says", *programs, took.Round(time.Millisecond),
			float64(*programs)/took.Seconds(), opened, refused)
		if opened < *programs/4 || refused < *programs/4 {
			t.Errorf("of %d programs, %d paths were opened and %d refused: they test too little", *programs, opened, refused)
		}
	})
}

// agree runs programs on one tree.
func agree(t *testing.T, fs FS, seed uint64, programs int) (opened, refused int) {
	t.Helper()
	top, err := os.MkdirTemp(memoryDir(), "touchstone-agree-")
	must(t, err)
	defer os.RemoveAll(top)
	top, err = filepath.EvalSymlinks(top)
	must(t, err)
	box := filepath.Join(top, "x", "box")
	must(t, os.MkdirAll(box, 0o777))
	must(t, os.MkdirAll(filepath.Join(top, "outside"), 0o777))
	must(t, os.WriteFile(filepath.Join(top, "outside", "a"), nil, 0o666))
	root, err := OpenRoot(box)
	must(t, err)
	defer Close(root)
	st, err := Fstat(root)
	must(t, err)
	resident := IsResident(root)
	w := &twin{rnd: rand.New(rand.NewPCG(2, seed)), root: root, top: top}
	w.tree = &node{typ: Dir, ino: st.Ino, entries: map[string]*node{}}
	w.dirs = []*node{w.tree}
	s := script{w.rnd}
	for range 20 {
		must(t, w.change())
	}
	for i := range programs {
		for range 1 + w.rnd.IntN(3) {
			must(t, w.change())
		}
		for range 3 {
			p := s.path()
			if w.rnd.IntN(200) == 0 {
				p = strings.Repeat("./", 2040+w.rnd.IntN(10)) + p
			}
			f := Read | Flags(w.rnd.IntN(2))*Follow | Flags(w.rnd.IntN(4)/3)*Directory
			if resident {
				f |= Flags(w.rnd.IntN(2)) * Resident
			}
			want, wantErr := w.tree.open(p, f)
			var got Stat
			fd, err := fs.Open(root, p, f, &got)
			if err != wantErr {
				t.Fatalf("seed %d, program %d: Open(%.80q, %b) = %v, the model says %v", seed, i, p, f, err, wantErr)
			}
			if err != nil {
				refused++
				continue
			}
			opened++
			place, ok := Place(fd)
			Close(fd)
			if got.Dev != st.Dev || got.Ino != want.ino || got.Type != want.typ {
				t.Fatalf("seed %d, program %d: Open(%.80q, %b) opened %q, which the model does not mean", seed, i, p, f, place)
			}
			if ok && want.typ == Dir && place != path.Join(box, want.place()) || ok && !strings.HasPrefix(place+"/", box+"/") {
				t.Fatalf("seed %d, program %d: Open(%.80q, %b) opened %q, the model says %q", seed, i, p, f, place, want.place())
			}
		}
	}
	return opened, refused
}

// memoryDir returns a directory in memory, if there is one, or "" for the usual place of temporary files.
func memoryDir() string {
	const shm = "/dev/shm"
	if st, err := os.Stat(shm); err == nil && st.IsDir() && os.Getenv("TMPDIR") == "" {
		return shm
	}
	return ""
}
