package hostos

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// script is a random sequence of changes and looks at a tree, the same for every resolver.
type script struct {
	rnd *rand.Rand
}

// names are few, so that paths often hit something.
var names = []string{"a", "b", "c", "d"}

// path returns a path that is often odd: "..", ".", doubled and trailing slashes, a NUL byte, an absolute path.
func (s script) path() string {
	var b strings.Builder
	if s.rnd.IntN(40) == 0 {
		b.WriteByte('/')
	}
	for range 1 + s.rnd.IntN(4) {
		switch n := s.rnd.IntN(12); {
		case n == 0:
			b.WriteString(".")
		case n <= 2:
			b.WriteString("..")
		case n == 3 && s.rnd.IntN(20) == 0:
			b.WriteString("a\x00")
		default:
			b.WriteString(names[s.rnd.IntN(len(names))])
		}
		b.WriteString(strings.Repeat("/", 1+s.rnd.IntN(8)/7))
	}
	p := b.String()
	if s.rnd.IntN(5) > 0 {
		p = strings.TrimRight(p, "/")
	}
	return p
}

// target returns a target of a link, often one that leads outside.
func (s script) target(top string) string {
	switch s.rnd.IntN(6) {
	case 0:
		return filepath.Join(top, "outside")
	case 1:
		return "../" + s.path()
	case 2:
		return "../../outside/a"
	}
	return s.path()
}

// flags returns flags for an open, the rare ones rarely.
func (s script) flags() Flags {
	f := Read
	for _, c := range []struct {
		flag  Flags
		oneIn int
	}{{Write, 3}, {Create, 4}, {Exclusive, 16}, {Truncate, 8}, {Directory, 8}, {Append, 8}, {Follow, 2}} {
		if s.rnd.IntN(c.oneIn) == 0 {
			f |= c.flag
		}
	}
	return f
}

// step makes one call and returns its outcome, free of what differs between two trees.
func (s script) step(f FS, root FD, box string) string {
	p, q := s.path(), s.path()
	follow := s.rnd.IntN(2) == 0
	kind, flags := s.rnd.IntN(12), s.flags()
	switch kind {
	case 0, 1:
		return fmt.Sprintf("mkdir %q: %v", p, f.Mkdir(root, p))
	case 2:
		return fmt.Sprintf("unlink %q: %v", p, f.Unlink(root, p))
	case 3:
		return fmt.Sprintf("rmdir %q: %v", p, f.Rmdir(root, p))
	case 4:
		return fmt.Sprintf("rename %q %q: %v", p, q, f.Rename(root, p, root, q))
	case 5:
		return fmt.Sprintf("link %q %q: %v", p, q, f.Link(root, p, root, q))
	case 6:
		buf := make([]byte, 64)
		n, err := f.Readlink(root, p, buf)
		return fmt.Sprintf("readlink %q: %d %v", p, n, err != nil)
	case 7:
		flags := Resident
		if follow {
			flags |= Follow
		}
		var st Stat
		err := f.Stat(root, p, flags, &st)
		if err != nil {
			st = Stat{} // what came before the error differs
		}
		return fmt.Sprintf("stat %q %v: %v %v %v", p, follow, st.Type, st.Links, err)
	case 8:
		// Made by the neighbour, so that absolute targets exist.
		parent, err := filepath.EvalSymlinks(filepath.Join(box, filepath.Dir(strings.ReplaceAll(p, "\x00", ""))))
		t := s.target(filepath.Dir(box))
		if err == nil && strings.HasPrefix(parent, box) && !strings.Contains(t, "\x00") {
			os.Symlink(t, filepath.Join(parent, names[s.rnd.IntN(len(names))]))
		}
		return "neighbour"
	}
	var st Stat
	fd, err := f.Open(root, p, flags, &st)
	if err != nil {
		return fmt.Sprintf("open %q %b: %v", p, flags, err)
	}
	defer Close(fd)
	return fmt.Sprintf("open %q %b: %v %v %s", p, flags, st.Type, st.Size, relative(fd, box))
}

// relative returns what fd is, as a path relative to box, which it must be beneath.
func relative(fd FD, box string) string {
	path, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
	if err != nil {
		return "?" // no /proc on this host: the outcome is compared without it
	}
	if path != box && !strings.HasPrefix(path, box+"/") {
		return "OUTSIDE " + path
	}
	return strings.TrimPrefix(path, box)
}

// listing describes a tree, without what differs between two equal ones.
func listing(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		must(t, err)
		rel, _ := filepath.Rel(root, path)
		target, _ := os.Readlink(path)
		var st unix.Stat_t
		must(t, unix.Lstat(path, &st))
		fmt.Fprintln(&b, rel, d.Type(), strings.ReplaceAll(target, root, "ROOT"), st.Nlink)
		return nil
	})
	must(t, err)
	return b.String()
}

// TestResolversAgree runs the same random scripts with both resolvers on equal trees: every outcome and the trees must
// be equal in the end, and nothing outside may have changed.
func TestResolversAgree(t *testing.T) {
	kernel, err := NewFS(Kernel)
	if err != nil {
		t.Skipf("nothing to compare: this kernel has no openat2: %v", err)
	}
	walker, err := NewFS(Walk)
	must(t, err)
	scripts, steps := 100, 100
	if testing.Short() {
		scripts = 20
	}
	opened := 0
	for seed := range scripts {
		var outcomes [2][]string
		var trees [2]string
		for i, f := range []FS{kernel, walker} {
			top := t.TempDir()
			box := filepath.Join(top, "x", "box")
			for _, dir := range []string{"a/b/c", "b/c", "c/a"} {
				must(t, os.MkdirAll(filepath.Join(box, dir), 0o777))
			}
			for _, file := range []string{"d", "a/d", "a/b/d", "b/a"} {
				must(t, os.WriteFile(filepath.Join(box, file), []byte(file), 0o666))
			}
			must(t, os.MkdirAll(filepath.Join(top, "x", "outside"), 0o777))
			must(t, os.WriteFile(filepath.Join(top, "x", "outside", "a"), []byte("secret"), 0o666))
			must(t, os.WriteFile(filepath.Join(top, "x", "a"), []byte("secret"), 0o666))
			root, err := OpenRoot(box)
			must(t, err)
			s := script{rand.New(rand.NewPCG(1, uint64(seed)))}
			for range steps {
				outcomes[i] = append(outcomes[i], s.step(f, root, box))
			}
			Close(root)
			trees[i] = listing(t, top)
			if strings.Contains(strings.Join(outcomes[i], "\n"), "OUTSIDE") {
				t.Fatalf("seed %d: a path led outside:\n%s", seed, strings.Join(outcomes[i], "\n"))
			}
			for _, path := range []string{"x/outside/a", "x/a"} {
				if b, err := os.ReadFile(filepath.Join(top, path)); err != nil || string(b) != "secret" {
					t.Fatalf("seed %d: %s = %q, %v", seed, path, b, err)
				}
			}
		}
		for k := range outcomes[0] {
			if outcomes[0][k] != outcomes[1][k] {
				t.Fatalf("seed %d, step %d:\nkernel %s\nwalk   %s", seed, k, outcomes[0][k], outcomes[1][k])
			}
			if strings.HasPrefix(outcomes[0][k], "open") && strings.Contains(outcomes[0][k], " /") {
				opened++
			}
		}
		if trees[0] != trees[1] {
			t.Fatalf("seed %d: the trees differ:\n%s\n%s", seed, trees[0], trees[1])
		}
	}
	if 2*opened < scripts {
		t.Errorf("only %d opens succeeded: the scripts test too little", opened)
	}
	t.Logf("%d scripts of %d steps, %d successful opens", scripts, steps, opened)
}
