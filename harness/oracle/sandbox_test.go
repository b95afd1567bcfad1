package oracle

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
)

func newBox(t *testing.T) *Sandbox {
	t.Helper()
	box, err := NewSandbox(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	return box
}

// TestSandboxNotices does by hand what a guest must not be able to do.
func TestSandboxNotices(t *testing.T) {
	secret := func(b *Sandbox) string { return filepath.Join(b.Outside(), hostcall.Secret) }
	for name, c := range map[string]struct {
		do  func(b *Sandbox) error
		key string
	}{
		"content": {func(b *Sandbox) error { return os.WriteFile(secret(b), []byte("an other thing of it\n"), 0o644) }, "sandbox: something outside was changed"},
		"mode":    {func(b *Sandbox) error { return os.Chmod(secret(b), 0o600) }, "sandbox: something outside was changed"},
		"removed": {func(b *Sandbox) error { return os.Remove(secret(b)) }, "sandbox: something outside was removed"},
		"created": {func(b *Sandbox) error { return os.Mkdir(filepath.Join(b.root, "new"), 0o755) }, "sandbox: something outside was created"},
		"moved":   {func(b *Sandbox) error { return os.Rename(secret(b), filepath.Join(b.Guest(), "got")) }, "sandbox: something outside was removed"},
		"frozen":  {func(b *Sandbox) error { return os.WriteFile(filepath.Join(b.Frozen(), "file"), nil, 0o644) }, "sandbox: something outside was changed"},
		"links": {func(b *Sandbox) error {
			return os.Link(filepath.Join(b.Frozen(), "file"), filepath.Join(b.Guest(), "another"))
		}, "sandbox: something outside was changed"},
		"passing": {func(b *Sandbox) error {
			if err := os.Mkdir(filepath.Join(b.Outside(), "kept", "new"), 0o755); err != nil {
				return err
			}
			return os.Remove(filepath.Join(b.Outside(), "kept", "new"))
		}, "sandbox: something outside was changed"},
		"replaced": {func(b *Sandbox) error {
			info, err := os.Stat(secret(b))
			if err != nil {
				return err
			}
			data, _ := os.ReadFile(secret(b))
			if err := os.WriteFile(filepath.Join(b.Guest(), "like"), data, info.Mode()); err != nil {
				return err
			}
			if err := os.Chtimes(filepath.Join(b.Guest(), "like"), info.ModTime(), info.ModTime()); err != nil {
				return err
			}
			return os.Rename(filepath.Join(b.Guest(), "like"), secret(b))
		}, "sandbox: something outside was changed"},
		"link": {func(b *Sandbox) error {
			return os.Symlink("anywhere", filepath.Join(b.Frozen(), "dir", "new"))
		}, "sandbox: something outside was created"},
	} {
		t.Run(name, func(t *testing.T) {
			box := newBox(t)
			if f := box.Check(); f != nil {
				t.Fatalf("untouched: %v", f)
			}
			if err := c.do(box); err != nil {
				t.Fatal(err)
			}
			if f := box.Check(); f == nil || f.Key != c.key {
				t.Errorf("got %v, want %q", f, c.key)
			}
		})
	}
}

// TestSandboxIsRepaired changes the guest's directory in every way that matters and resets it.
func TestSandboxIsRepaired(t *testing.T) {
	box := newBox(t)
	want, err := snapshot(box.Guest(), "", false)
	if err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(box.Guest(), name) }
	for name, do := range map[string]func() error{
		"nothing":   func() error { return nil },
		"content":   func() error { return os.WriteFile(in("file"), []byte("x"), 0o644) },
		"mode":      func() error { return os.Chmod(in("empty"), 0o600) },
		"removed":   func() error { return os.Remove(in("dir/file")) },
		"directory": func() error { return os.RemoveAll(in("dir")) },
		"created":   func() error { return os.MkdirAll(in("new/deeper/yet"), 0o755) },
		"link":      func() error { return os.Rename(in("link"), in("loop")) },
		"replaced":  func() error { return os.Rename(in("file"), in("hollow-file")) },
		"huge":      func() error { return os.Truncate(in("file"), 1<<40) },
		"all":       func() error { return os.RemoveAll(box.Guest()) },
	} {
		if err := do(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := box.Reset(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := snapshot(box.Guest(), "", false)
		if err != nil {
			t.Fatal(err)
		}
		for path, was := range want {
			if got[path] != was {
				t.Errorf("%s: %s is %v, was %v", name, path, got[path], was)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %d files, were %d", name, len(got), len(want))
		}
	}
}

// TestSandboxIsRepairedAlways does a few things at random to the guest's directory, again and again, within one tick of the clock of
// the file system and over many.
func TestSandboxIsRepairedAlways(t *testing.T) {
	t.Run("told", func(t *testing.T) { repairedAlways(t, newBox(t), 2000) })
	t.Run("not told", func(t *testing.T) { // as where the system has nothing that tells of changes
		box := newBox(t)
		if err := box.tree.bell.close(); err != nil {
			t.Fatal(err)
		}
		repairedAlways(t, box, 500)
	})
}

func repairedAlways(t *testing.T, box *Sandbox, rounds int) {
	want, err := snapshot(box.Guest(), "", false)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var names []string
	for _, e := range hostcall.Tree(box.Outside()) {
		names = append(names, e.Name, e.Name+"/new", "new")
	}
	root, err := os.OpenRoot(box.Guest()) // links lead out of it
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	pick := func() string { return names[r.IntN(len(names))] }
	for round := range rounds {
		var did []string
		for range 1 + r.IntN(4) {
			a, b := pick(), pick()
			var err error
			op := []string{"write", "rename", "link", "symlink", "mkdir", "remove", "truncate", "times"}[r.IntN(8)]
			switch op {
			case "write": // as many bytes as there were, often
				data, _ := root.ReadFile(b)
				err = root.WriteFile(a, data, 0o644)
			case "rename":
				err = root.Rename(a, b)
			case "link":
				err = root.Link(a, b)
			case "symlink":
				err = root.Symlink("dir", a)
			case "mkdir":
				err = root.Mkdir(a, 0o755)
			case "remove":
				err = root.Remove(a)
			case "truncate":
				var f *os.File
				if f, err = root.OpenFile(a, os.O_WRONLY, 0); err == nil {
					err = f.Truncate(int64(r.IntN(3)))
					f.Close()
				}
			case "times":
				err = root.Chtimes(a, time.Unix(1, 0), time.Unix(1, 0))
			}
			if err == nil {
				did = append(did, fmt.Sprintf("%s %s %s", op, a, b))
			}
		}
		if f := box.Check(); f != nil {
			t.Fatalf("round %d, after %v: %v", round, did, f)
		}
		described, err := box.files()
		if err != nil {
			t.Fatal(err)
		}
		if all, err := snapshot(box.Guest(), "", false); err != nil || !maps.Equal(described, all) {
			t.Fatalf("round %d, after %v: %v\ndescribed %v\nis        %v", round, did, err, described, all)
		}
		if err := box.Reset(); err != nil {
			t.Fatalf("%v: %v", did, err)
		}
		got, err := snapshot(box.Guest(), "", false)
		if err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(got, want) {
			t.Fatalf("round %d, after %v:\ngot  %v\nwant %v", round, did, got, want)
		}
	}
}

// TestOpenDescriptorsAreSeen opens files that are read, and such that stand for a place only.
func TestOpenDescriptorsAreSeen(t *testing.T) {
	fds := NewDescriptors()
	defer fds.Close()
	before, err := fds.Open()
	if err != nil {
		t.Fatal(err)
	}
	for name, flags := range map[string]int{"file": unix.O_RDONLY, "place": openItself} {
		fd, err := unix.Open(t.TempDir(), flags|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		after, err := fds.Open()
		if err != nil {
			t.Fatal(err)
		}
		if seen := before != after; !seen && (name == "file" || before.count > 0) || name == "file" && !after.low[fd] {
			t.Errorf("%s: descriptors %v before, %v with %d", name, before, after, fd)
		}
		unix.Close(fd)
		if again, err := fds.Open(); err != nil || again != before {
			t.Errorf("%s: descriptors %v before, %v afterwards, %v", name, before, again, err)
		}
	}
	// One for another.
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	before, _ = fds.Open()
	high, err := unix.FcntlInt(null.Fd(), unix.F_DUPFD_CLOEXEC, int(null.Fd())+10)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(high)
	null.Close()
	for range often {
		if after, err := fds.Open(); err != nil {
			t.Fatal(err)
		} else if after != before {
			return
		}
	}
	t.Error("a descriptor that stands in for another is not seen")
}
