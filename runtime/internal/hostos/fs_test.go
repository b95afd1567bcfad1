package hostos

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// resolvers runs f with every resolver that this host has.
func resolvers(t *testing.T, f func(t *testing.T, fs FS)) {
	for name, r := range map[string]Resolver{"kernel": Kernel, "walk": Walk} {
		t.Run(name, func(t *testing.T) {
			fs, err := NewFS(r)
			if err != nil {
				t.Skipf("this kernel has no openat2, or a filter forbids it: %v", err)
			}
			f(t, fs)
		})
	}
}

// tree makes a directory with a sandbox and, beside it, what must never be touched:
//
//	box/file box/dir/inner/deep box/fifo, links in box, box/closed/x (closed has no search permission for others)
//	secret   (beside box)
func tree(t *testing.T) (box string, root FD) {
	t.Helper()
	top := t.TempDir()
	box = filepath.Join(top, "box")
	must(t, os.MkdirAll(filepath.Join(box, "dir/inner"), 0o777))
	must(t, os.WriteFile(filepath.Join(top, "secret"), []byte("outside"), 0o666))
	must(t, os.WriteFile(filepath.Join(box, "file"), []byte("inside"), 0o666))
	must(t, os.WriteFile(filepath.Join(box, "dir/inner/deep"), []byte("deep"), 0o666))
	must(t, unix.Mkfifo(filepath.Join(box, "fifo"), 0o666))
	for name, target := range map[string]string{
		"toFile": "file", "toDir": "dir", "toDirSlash": "dir/", "toFileSlash": "file/", "up": "..", "upSecret": "../secret",
		"abs": filepath.Join(top, "secret"), "absRoot": "/", "loop": "loop", "loopA": "loopB", "loopB": "loopA",
		"dangling": "nowhere", "danglingSlash": "nowhere/", "dir/back": "..", "dir/inner/backBack": "../..",
		"dir/outside": "../../secret", "dev": "/dev/null", "toLink": "toFile", "proc": "/proc/self/root",
	} {
		must(t, os.Symlink(target, filepath.Join(box, name)))
	}
	root, err := OpenRoot(box)
	must(t, err)
	t.Cleanup(func() { Close(root) })
	return box, root
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOpenRules(t *testing.T) {
	long := strings.Repeat("a/", 2047) + "a"
	tests := []struct {
		path  string
		flags Flags
		err   error  // nil: opened
		is    string // what was opened, relative to box
	}{
		{"file", Read, nil, "file"},
		{"./file", Read, nil, "file"},
		{"dir/.//inner/../inner///./deep", Read, nil, "dir/inner/deep"},
		{".", Read, nil, "."},
		{"./", Read, nil, "."},
		{"dir/..", Read, nil, "."},
		{"dir/../", Read, nil, "."},
		{"dir/", Read, nil, "dir"},
		{"dir///", Read, nil, "dir"},
		{"dir/.", Read, nil, "dir"},
		{"dir", Read | Directory, nil, "dir"},

		{"", Read, unix.ENOENT, ""},
		{"nowhere", Read, unix.ENOENT, ""},
		{"nowhere/..", Read, unix.ENOENT, ""},
		{"file/", Read, unix.ENOTDIR, ""},
		{"file///", Read, unix.ENOTDIR, ""},
		{"file/.", Read, unix.ENOTDIR, ""},
		{"file/..", Read, unix.ENOTDIR, ""},
		{"file", Read | Directory, unix.ENOTDIR, ""},
		{"dir", Read | Write, unix.EISDIR, ""},
		{"file\x00", Read, unix.EINVAL, ""},
		{"..\x00x", Read, unix.EINVAL, ""},
		{long + "a", Read, unix.ENAMETOOLONG, ""},
		{long, Read, unix.ENOENT, ""},
		{strings.Repeat("x", 256), Read, unix.ENAMETOOLONG, ""},

		{"/", Read, ErrEscape, ""},
		{"/file", Read, ErrEscape, ""},
		{"..", Read, ErrEscape, ""},
		{"../", Read, ErrEscape, ""},
		{"../box/file", Read, ErrEscape, ""},
		{"../secret", Read, ErrEscape, ""},
		{"dir/../../secret", Read, ErrEscape, ""},
		{"dir/../..", Read, ErrEscape, ""},
		{"up", Read | Follow, ErrEscape, ""},
		{"up/", Read, ErrEscape, ""},
		{"up/secret", Read, ErrEscape, ""},
		{"upSecret", Read | Follow, ErrEscape, ""},
		{"upSecret", Read | Write | Create | Follow, ErrEscape, ""},
		{"abs", Read | Follow, ErrEscape, ""},
		{"abs", Read | Write | Create | Truncate | Follow, ErrEscape, ""},
		{"absRoot/", Read, ErrEscape, ""},
		{"absRoot/etc", Read, ErrEscape, ""},
		{"proc/", Read, ErrEscape, ""},
		{"dev", Read | Follow, ErrEscape, ""},
		{"dir/outside", Read | Follow, ErrEscape, ""},
		{"toDir/outside", Read | Follow, ErrEscape, ""},

		{"toFile", Read | Follow, nil, "file"},
		{"toLink", Read | Follow, nil, "file"},
		{"toFile", Read, unix.ELOOP, ""},
		{"abs", Read, unix.ELOOP, ""},
		{"toDir", Read, unix.ELOOP, ""},
		{"toDir", Read | Directory, unix.ENOTDIR, ""},
		{"toDir", Read | Directory | Follow, nil, "dir"},
		{"toDir/", Read, nil, "dir"}, // slashes follow, as in POSIX
		{"toDir/.", Read, nil, "dir"},
		{"toDir/inner/deep", Read, nil, "dir/inner/deep"},
		{"toDir/..", Read, nil, "."},
		{"toDirSlash", Read | Follow, nil, "dir"},
		{"toFileSlash", Read | Follow, unix.ENOTDIR, ""},
		{"toFile/", Read, unix.ENOTDIR, ""},
		{"dir/back/file", Read, nil, "file"}, // ".." after a link is where the link leads
		{"dir/inner/backBack/file", Read, nil, "file"},
		{"dir/back/../secret", Read, ErrEscape, ""},
		{"loop", Read | Follow, unix.ELOOP, ""},
		{"loopA/x", Read, unix.ELOOP, ""},

		{"new", Read | Write | Create, nil, "new"},
		{"new2", Write | Create | Exclusive, nil, "new2"},
		{"file", Write | Create | Exclusive, unix.EEXIST, ""},
		{"toFile", Write | Create | Exclusive | Follow, unix.EEXIST, ""},
		{"abs", Write | Create | Exclusive | Follow, unix.EEXIST, ""},
		{"dangling", Read | Write | Create | Follow, nil, "nowhere"},
		{"dangling", Read | Write | Create, unix.ELOOP, ""},
		{"danglingSlash", Read | Write | Create | Follow, unix.EISDIR, ""},
		{"new3/", Read | Write | Create, unix.EISDIR, ""},
		{"dir/", Read | Write | Create, unix.EISDIR, ""},
		{".", Read | Write | Create, unix.EISDIR, ""},
		{"dir/..", Read | Write | Create, unix.EISDIR, ""},
		{"..", Read | Write | Create, ErrEscape, ""},
		{"x", Read | Create | Directory, unix.EINVAL, ""},
		{"fifo", Read, nil, "fifo"}, // does not block
		{"fifo", Write, unix.ENXIO, ""},
	}
	resolvers(t, func(t *testing.T, fs FS) {
		for _, tt := range tests {
			box, root := tree(t)
			fd, err := fs.Open(root, tt.path, tt.flags, new(Stat))
			if err != tt.err {
				t.Errorf("Open(%.40q, %b) = %v, want %v", tt.path, tt.flags, err, tt.err)
			}
			if err != nil {
				continue
			}
			checkSame(t, fd, filepath.Join(box, tt.is))
			checkCloexec(t, fd)
			Close(fd)
		}
	})
}

// checkSame fails unless fd is the file path.
func checkSame(t *testing.T, fd FD, path string) {
	t.Helper()
	got, err := Fstat(fd)
	must(t, err)
	var want unix.Stat_t
	must(t, unix.Lstat(path, &want))
	if got.Dev != uint64(want.Dev) || got.Ino != want.Ino {
		t.Errorf("what was opened is not %s", path)
	}
}

func checkCloexec(t *testing.T, fd FD) {
	t.Helper()
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	if err != nil || flags&unix.FD_CLOEXEC == 0 {
		t.Errorf("descriptor flags = %#x, %v: it would survive exec", flags, err)
	}
}

func TestDevicesRefused(t *testing.T) {
	root, err := OpenRoot("/dev")
	must(t, err)
	defer Close(root)
	resolvers(t, func(t *testing.T, fs FS) {
		for _, path := range []string{"zero", "./full", "tty", "kmsg", "random"} {
			if fd, err := fs.Open(root, path, Read|Write, new(Stat)); err == nil {
				Close(fd)
				t.Errorf("the device %s was opened", path)
			} else if err != ErrDevice && !errors.Is(err, unix.ENXIO) && !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.EPERM) {
				t.Errorf("%s: %v", path, err)
			}
		}
		// Programs discard what they write by the null device, and it is only that.
		var st Stat
		fd, err := fs.Open(root, "null", Read|Write, &st)
		must(t, err)
		defer Close(fd)
		if n, err := Writev(fd, [][]byte{[]byte("gone")}); st.Type != CharDevice || n != 4 || err != nil {
			t.Errorf("writing to null, which is %v: %d, %v", st.Type, n, err)
		}
		if err := fs.Stat(root, "null", Follow, &st); err != nil || st.Type != CharDevice {
			t.Errorf("Stat(null) = %v, %v", st.Type, err)
		}
	})
}

// TestProcRefused shows that a guest that was given the root directory cannot reach the memory of the process it runs in.
func TestProcRefused(t *testing.T) {
	root, err := OpenRoot("/")
	must(t, err)
	defer Close(root)
	if !isProcMounted() {
		t.Skip("there is no /proc on this host")
	}
	resolvers(t, func(t *testing.T, fs FS) {
		for _, path := range []string{"proc/self/mem", "proc/self/environ", "proc/thread-self/mem", "proc/self/task/../mem"} {
			for _, f := range []Flags{Read, Read | Write, Write, Write | Truncate | Create} {
				if fd, err := fs.Open(root, path, f|Follow, new(Stat)); err == nil {
					Close(fd)
					t.Errorf("%s was opened with %#x", path, f)
				} else if err != ErrDevice && !errors.Is(err, unix.EACCES) && !errors.Is(err, unix.EROFS) {
					t.Errorf("%s with %#x: %v", path, f, err)
				}
			}
		}
		// What /proc tells of the host is the embedder's to give.
		fd, err := fs.Open(root, "proc/sys/kernel/ostype", Read, new(Stat))
		must(t, err)
		Close(fd)
	})
}

func isProcMounted() bool {
	_, err := os.Stat("/proc/self/mem")
	return err == nil
}

func TestStatRules(t *testing.T) {
	tests := []struct {
		path   string
		follow bool
		err    error
		is     FileType
	}{
		{"file", false, nil, Regular},
		{"dir/inner/deep", false, nil, Regular},
		{".", false, nil, Dir},
		{"dir/..", true, nil, Dir},
		{"dir/inner/..", false, nil, Dir},
		{"toFile", false, nil, Symlink},
		{"toFile", true, nil, Regular},
		{"toDir/", false, nil, Dir},
		{"toDir/inner", false, nil, Dir},
		{"abs", false, nil, Symlink},
		{"fifo", true, nil, Fifo},
		{"dangling", false, nil, Symlink},
		{"dangling", true, unix.ENOENT, 0},
		{"abs", true, ErrEscape, 0},
		{"abs/", false, ErrEscape, 0},
		{"upSecret", true, ErrEscape, 0},
		{"..", false, ErrEscape, 0},
		{"../", false, ErrEscape, 0},
		{"dir/../..", false, ErrEscape, 0},
		{"up/secret", false, ErrEscape, 0},
		{"file/", true, unix.ENOTDIR, 0},
		{"file/.", false, unix.ENOTDIR, 0},
		{"loop", true, unix.ELOOP, 0},
		{"", true, unix.ENOENT, 0},
		{"a\x00", true, unix.EINVAL, 0},
		{"/", false, ErrEscape, 0},
	}
	_, root := tree(t)
	resolvers(t, func(t *testing.T, fs FS) {
		for _, tt := range tests {
			f := Resident // a temporary directory: if it is not on such a file system, nothing that is told here differs
			if tt.follow {
				f |= Follow
			}
			var st Stat
			err := fs.Stat(root, tt.path, f, &st)
			if err != tt.err || err == nil && st.Type != tt.is {
				t.Errorf("Stat(%q, %v) = %v, %v, want %v, %v", tt.path, tt.follow, st.Type, err, tt.is, tt.err)
			}
		}
	})
}

func TestEntryRules(t *testing.T) {
	type op struct {
		do   string
		path string
		err  error
	}
	tests := []op{
		{"mkdir", "n", nil}, {"mkdir", "n2/", nil}, {"mkdir", "dir/n", nil}, {"mkdir", "toDir/n3", nil},
		{"mkdir", "dir", unix.EEXIST}, {"mkdir", "dir/", unix.EEXIST}, {"mkdir", "toDir", unix.EEXIST},
		{"mkdir", "dangling", unix.EEXIST}, {"mkdir", "dangling/", unix.EEXIST}, {"mkdir", "abs", unix.EEXIST},
		{"mkdir", ".", unix.EEXIST}, {"mkdir", "dir/..", unix.EEXIST}, {"mkdir", "..", ErrEscape},
		{"mkdir", "../n", ErrEscape}, {"mkdir", "up/n", ErrEscape}, {"mkdir", "absRoot/tmp/n", ErrEscape},
		{"mkdir", "", unix.ENOENT}, {"mkdir", "/n", ErrEscape}, {"mkdir", "n\x00", unix.EINVAL},
		{"mkdir", "nowhere/n", unix.ENOENT}, {"mkdir", "file/n", unix.ENOTDIR},

		{"rmdir", "dir/inner", unix.ENOTEMPTY}, {"rmdir", "file", unix.ENOTDIR}, {"rmdir", "file/", unix.ENOTDIR},
		{"rmdir", "toDir", unix.ENOTDIR}, {"rmdir", "toDir/", unix.ENOTDIR}, {"rmdir", ".", unix.EINVAL},
		{"rmdir", "dir/..", unix.ENOTEMPTY}, {"rmdir", "..", ErrEscape}, {"rmdir", "../box", ErrEscape},
		{"rmdir", "up/box", ErrEscape}, {"rmdir", "nowhere", unix.ENOENT}, {"rmdir", "dir/.", unix.EINVAL},

		{"unlink", "file", nil}, {"unlink", "toFile", nil}, {"unlink", "abs", nil}, {"unlink", "dir", unix.EISDIR},
		{"unlink", "dir/", unix.EISDIR}, {"unlink", "file/", unix.ENOTDIR}, {"unlink", "toDir/", unix.ENOTDIR},
		{"unlink", ".", unix.EISDIR}, {"unlink", "..", ErrEscape}, {"unlink", "../secret", ErrEscape},
		{"unlink", "up/secret", ErrEscape}, {"unlink", "dir/outside", nil}, {"unlink", "nowhere", unix.ENOENT},
		{"unlink", "", unix.ENOENT}, {"unlink", "nowhere/", unix.ENOENT},

		{"symlink", "n", nil}, {"symlink", "n/", unix.ENOENT}, {"symlink", "dir/", unix.EEXIST},
		{"symlink", "file/", unix.EEXIST}, {"symlink", "toDir/", unix.EEXIST}, {"symlink", "file", unix.EEXIST}, {"symlink", "../n", ErrEscape},
		{"symlink", ".", unix.EEXIST}, {"symlink", "up/n", ErrEscape},

		{"readlink", "toFile", nil}, {"readlink", "abs", nil}, {"readlink", "file", unix.EINVAL},
		{"readlink", "toDir/", unix.EINVAL}, {"readlink", "abs/", ErrEscape}, {"readlink", ".", unix.EINVAL},
		{"readlink", "..", ErrEscape}, {"readlink", "nowhere", unix.ENOENT}, {"readlink", "up/secret", ErrEscape},

		{"rename", "n", nil}, {"rename", "dir/n", nil}, {"rename", "../n", ErrEscape}, {"rename", "up/n", ErrEscape},
		{"rename", "dir", unix.EISDIR}, {"rename", "n/", unix.ENOTDIR}, {"rename", "..", ErrEscape},
		{"rename", ".", unix.EBUSY}, {"rename", "toDir", nil},
		{"renameDir", "n/", nil}, {"renameDir", "file", unix.ENOTDIR}, {"renameDir", "dir/inner/n", unix.EINVAL},
		{"renameDir", "toFile", unix.ENOTDIR}, {"renameFrom", "../secret", ErrEscape},
		{"renameFrom", "up/secret", ErrEscape}, {"renameFrom", "abs", nil},

		{"link", "n", nil}, {"link", "dir/n", nil}, {"link", "toFile", unix.EEXIST}, {"link", "n/", unix.ENOENT},
		{"link", "dir/", unix.EEXIST}, {"link", "../n", ErrEscape}, {"link", ".", unix.EBUSY},
		{"linkFrom", "../secret", ErrEscape}, {"linkFrom", "up/secret", ErrEscape}, {"linkFrom", "dir", unix.EPERM},
		{"linkFrom", "file/", unix.ENOTDIR}, {"linkFrom", "abs", nil}, // the link itself gets a name, not its target

		{"times", "file", nil}, {"times", "toFile", nil}, {"times", "toDir/", nil}, {"times", "dir/..", nil},
		{"times", "upSecret", ErrEscape}, {"times", "abs", ErrEscape}, {"times", "..", ErrEscape},
		{"times", "file/", unix.ENOTDIR}, {"timesLink", "abs", nil}, {"timesLink", "abs/", ErrEscape},
	}
	resolvers(t, func(t *testing.T, fs FS) {
		for _, tt := range tests {
			box, root := tree(t)
			before := outside(t, box)
			if err := apply(fs, root, tt.do, tt.path); err != tt.err {
				t.Errorf("%s %q = %v, want %v", tt.do, tt.path, err, tt.err)
			}
			if after := outside(t, box); after != before {
				t.Errorf("%s %q: outside changed from %s to %s", tt.do, tt.path, before, after)
			}
		}
	})
}

// apply makes one change.
func apply(fs FS, root FD, do, path string) error {
	set := Time{Nanos: 1e9}
	switch do {
	case "mkdir":
		return fs.Mkdir(root, path)
	case "rmdir":
		return fs.Rmdir(root, path)
	case "unlink":
		return fs.Unlink(root, path)
	case "symlink":
		return fs.Symlink("target", root, path)
	case "readlink":
		_, err := fs.Readlink(root, path, make([]byte, 100))
		return err
	case "rename":
		return fs.Rename(root, "file", root, path)
	case "renameDir":
		return fs.Rename(root, "dir", root, path)
	case "renameFrom":
		return fs.Rename(root, path, root, "renamed")
	case "link":
		return fs.Link(root, "file", root, path)
	case "linkFrom":
		return fs.Link(root, path, root, "linked")
	case "times":
		return fs.SetTimes(root, path, true, set, set)
	case "timesLink":
		return fs.SetTimes(root, path, false, set, set)
	}
	panic(do)
}

// outside describes everything beside box.
func outside(t *testing.T, box string) string {
	t.Helper()
	top := filepath.Dir(box)
	entries, err := os.ReadDir(top)
	must(t, err)
	desc := ""
	for _, e := range entries {
		info, err := e.Info()
		must(t, err)
		desc += e.Name() + " "
		if !e.IsDir() {
			content, err := os.ReadFile(filepath.Join(top, e.Name()))
			must(t, err)
			var st unix.Stat_t
			must(t, unix.Lstat(filepath.Join(top, e.Name()), &st))
			desc += info.ModTime().String() + string(content) + string(rune('0'+st.Nlink)) + " "
		}
	}
	return desc
}

func TestSymlinkTargets(t *testing.T) {
	resolvers(t, func(t *testing.T, fs FS) {
		_, root := tree(t)
		for target, want := range map[string]error{
			"/etc": ErrEscape, "": unix.ENOENT, "a\x00b": unix.EINVAL, "../..": nil, strings.Repeat("x", 4096): unix.ENAMETOOLONG,
		} {
			if err := fs.Symlink(target, root, "made"); err != want {
				t.Errorf("Symlink(%.10q) = %v, want %v", target, err, want)
			}
		}
		if _, err := fs.Open(root, "made/etc", Read, new(Stat)); err != ErrEscape {
			t.Errorf("a link made by the guest was followed outside: %v", err)
		}
	})
}

func TestTimes(t *testing.T) {
	resolvers(t, func(t *testing.T, fs FS) {
		_, root := tree(t)
		const then = 1_000_000_007_000_000_000
		must(t, fs.SetTimes(root, "toFile", true, Time{Nanos: then}, Time{Omit: true}))
		var st Stat
		err := fs.Stat(root, "file", 0, &st)
		must(t, err)
		if st.Atime != then || st.Mtime == then {
			t.Errorf("times = %d, %d", st.Atime, st.Mtime)
		}
		fd, err := fs.Open(root, "file", Write, new(Stat))
		must(t, err)
		defer Close(fd)
		must(t, FsetTimes(fd, Time{Now: true}, Time{Nanos: then}))
		st, err = Fstat(fd)
		must(t, err)
		if st.Mtime != then || st.Atime == then {
			t.Errorf("times = %d, %d", st.Atime, st.Mtime)
		}
	})
}
