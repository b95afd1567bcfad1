package wasi

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
)

// twoPaths puts two paths into memory and returns their arguments.
func (w *world) twoPaths(a, b string) (pa, na, pb, nb uint64) {
	copy(w.mem(pathAt, uint64(len(a))), a)
	copy(w.mem(path2At, uint64(len(b))), b)
	return pathAt, uint64(len(a)), path2At, uint64(len(b))
}

func TestRenameAndLink(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		for _, tt := range []struct {
			call         string
			fd           uint64
			path         string
			newFD        uint64
			newPath      string
			want         Errno
			wantExisting string // relative to top, after the call
		}{
			{"path_rename", boxFD, "file", boxFD, "moved", ESUCCESS, "box/moved"},
			{"path_rename", boxFD, "moved", boxFD, "dir/file", ESUCCESS, "box/dir/file"},
			{"path_rename", boxFD, "dir/file", boxFD, "file", ESUCCESS, "box/file"},
			{"path_rename", boxFD, "dir", boxFD, "renamed/", ESUCCESS, "box/renamed"},
			{"path_rename", boxFD, "renamed", boxFD, "dir", ESUCCESS, "box/dir"},
			{"path_rename", boxFD, "file", boxFD, "dir", EISDIR, "box/file"},
			{"path_rename", boxFD, "dir", boxFD, "file", ENOTDIR, "box/file"},
			{"path_rename", boxFD, "file", boxFD, "new/", ENOTDIR, "box/file"},
			{"path_rename", boxFD, "nowhere", boxFD, "x", ENOENT, ""},
			{"path_rename", boxFD, "file", boxFD, "../x", ENOTCAPABLE, "box/file"},
			{"path_rename", boxFD, "../secret", boxFD, "x", ENOTCAPABLE, "secret"},
			{"path_rename", boxFD, "file", roFD, "x", EPERM, "box/file"},
			{"path_rename", roFD, "file", boxFD, "x", EPERM, "ro/file"},
			{"path_rename", boxFD, "toRo/file", boxFD, "x", ENOTCAPABLE, "ro/file"},
			{"path_rename", boxFD, ".", boxFD, "x", EBUSY, "box/file"},
			{"path_rename", boxFD, "file", 99, "x", EBADF, "box/file"},
			{"path_rename", boxFD, "file", 1, "x", ENOTDIR, "box/file"},
			{"path_link", boxFD, "file", boxFD, "dir/link", ESUCCESS, "box/dir/link"},
			{"path_link", boxFD, "file", boxFD, "dir/link", EEXIST, "box/file"},
			{"path_link", boxFD, "dir", boxFD, "x", EPERM, "box/dir"},
			{"path_link", boxFD, "file", boxFD, "link/", ENOENT, "box/file"},
			{"path_link", boxFD, "../secret", boxFD, "x", ENOTCAPABLE, "secret"},
			{"path_link", roFD, "file", boxFD, "x", EPERM, "ro/file"}, // it could be written under the new name
			{"path_link", boxFD, "file", roFD, "x", EPERM, "box/file"},
			{"path_link", boxFD, "escape", boxFD, "escape2", ESUCCESS, ""}, // the link itself
		} {
			pa, na, pb, nb := w.twoPaths(tt.path, tt.newPath)
			args := []uint64{tt.fd, pa, na, tt.newFD, pb, nb}
			if tt.call == "path_link" {
				args = []uint64{tt.fd, 0, pa, na, tt.newFD, pb, nb}
			}
			if errno := w.call(tt.call, args...); errno != tt.want {
				t.Errorf("%s(%d %q, %d %q) = %s, want %s", tt.call, tt.fd, tt.path, tt.newFD, tt.newPath, errno, tt.want)
			}
			if tt.wantExisting != "" {
				if _, err := os.Lstat(filepath.Join(w.top, tt.wantExisting)); err != nil {
					t.Errorf("after %s(%q, %q): %v", tt.call, tt.path, tt.newPath, err)
				}
			}
		}
		pa, na, pb, nb := w.twoPaths("toFile", "x")
		w.want(EINVAL, "path_link", boxFD, lookupFollow, pa, na, boxFD, pb, nb)
		w.untouched()
	})
}

func TestSymlinkAndReadlink(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		symlink := func(target, path string) Errno {
			pa, na, pb, nb := w.twoPaths(target, path)
			return w.call("path_symlink", pa, na, boxFD, pb, nb)
		}
		for _, tt := range []struct {
			target, path string
			want         Errno
		}{
			{"file", "made", ESUCCESS}, {"file", "made", EEXIST}, {"../secret", "out", ESUCCESS},
			{"/etc", "abs", ENOTCAPABLE}, {"", "empty", ENOENT}, {"a\x00", "nul", EINVAL}, {"x", "../made", ENOTCAPABLE},
			{"x", "toRo/made", ENOTCAPABLE}, {"x", "made/", EEXIST},
		} {
			if errno := symlink(tt.target, tt.path); errno != tt.want {
				t.Errorf("path_symlink(%q, %q) = %s, want %s", tt.target, tt.path, errno, tt.want)
			}
		}
		if _, errno := w.open(boxFD, "out", 0, readWrite, 0); errno != ENOTCAPABLE {
			t.Errorf("following a link of the guest's own to outside = %s", errno)
		}
		p, n := w.path("made")
		copy(w.mem(bufAt, 8), "????????")
		w.want(ESUCCESS, "path_readlink", boxFD, p, n, bufAt, 8, outAt)
		if got := string(w.mem(bufAt, 8)); got != "file????" || w.u32(outAt) != 4 {
			t.Errorf("readlink = %q, %d", got, w.u32(outAt))
		}
		w.want(ESUCCESS, "path_readlink", boxFD, p, n, bufAt, 2, outAt)
		if w.u32(outAt) != 2 {
			t.Errorf("readlink into 2 bytes = %d", w.u32(outAt))
		}
		w.want(ESUCCESS, "path_readlink", boxFD, p, n, bufAt, 0, outAt)
		w.must(os.Symlink(w.top, filepath.Join(w.box, "host")))
		clear(w.mem(bufAt, 100))
		p, n = w.path("host")
		w.want(ENOTCAPABLE, "path_readlink", boxFD, p, n, bufAt, 100, outAt)
		if w.mem(bufAt, 1)[0] != 0 {
			t.Error("a path of the host is in the guest's memory")
		}
		p, n = w.path("file")
		w.want(EINVAL, "path_readlink", boxFD, p, n, bufAt, 100, outAt)
	})
}

func TestSizeTimesSync(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		fd := w.mustOpen(boxFD, "file", 0, readWrite, 0)
		w.want(ESUCCESS, "fd_filestat_set_size", fd, 4)
		if got := w.host("box/file"); got != "0123" {
			t.Errorf("file = %q", got)
		}
		w.want(EINVAL, "fd_filestat_set_size", fd, 1<<63)
		const then = 1_500_000_000_000_000_700
		w.want(ESUCCESS, "fd_filestat_set_times", fd, 1, then, fstMtim)
		w.want(EINVAL, "fd_filestat_set_times", fd, 1, then, fstMtim|fstMtimNow)
		w.want(EINVAL, "fd_filestat_set_times", fd, 1, then, fstAtim|fstAtimNow)
		w.want(EINVAL, "fd_filestat_set_times", fd, 1<<63, then, fstAtim)
		w.want(ESUCCESS, "fd_filestat_get", fd, outAt)
		if w.u64(outAt+48) != then || w.u64(outAt+40) == 1 {
			t.Errorf("times %d, %d", w.u64(outAt+40), w.u64(outAt+48))
		}
		p, n := w.path("toFile")
		w.want(ESUCCESS, "path_filestat_set_times", boxFD, lookupFollow, p, n, then+1000, 0, fstAtim)
		w.want(ESUCCESS, "fd_filestat_get", fd, outAt)
		if w.u64(outAt+40) != then+1000 || w.u64(outAt+48) != then {
			t.Errorf("times %d, %d", w.u64(outAt+40), w.u64(outAt+48))
		}
		p, n = w.path("escape")
		w.want(ENOTCAPABLE, "path_filestat_set_times", boxFD, lookupFollow, p, n, 0, 0, fstAtimNow)
		p, n = w.path("file")
		w.want(EPERM, "path_filestat_set_times", roFD, 0, p, n, 0, 0, fstAtimNow)
		w.want(ESUCCESS, "fd_sync", fd)
		w.want(ESUCCESS, "fd_datasync", fd)
		w.want(ESUCCESS, "fd_advise", fd, 0, 4, 3)
		w.want(EINVAL, "fd_advise", fd, 0, 4, 6)
		w.want(EINVAL, "fd_advise", fd, 1<<63-1, 1, 0)
		w.want(ENOTSUP, "fd_allocate", fd, 0, 4)
		w.want(EINVAL, "fd_allocate", fd, 0, 0)
		ro := w.mustOpen(roFD, "file", 0, uint64(RightFdRead), 0)
		w.want(EBADF, "fd_filestat_set_size", ro, 0)
		w.want(EPERM, "fd_filestat_set_times", ro, 0, 0, fstMtimNow)
		w.want(EISDIR, "fd_filestat_set_size", boxFD, 0)
	})
}

func TestRenumber(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	a := w.mustOpen(boxFD, "file", 0, readWrite, 0)
	b := w.mustOpen(boxFD, "file", 0, readWrite, 0)
	w.read(a, 3)
	open := countFDs(t)
	w.want(ESUCCESS, "fd_renumber", a, a)
	w.want(ESUCCESS, "fd_renumber", a, b)
	w.want(EBADF, "fd_tell", a, outAt)
	if w.want(ESUCCESS, "fd_tell", b, outAt); w.u64(outAt) != 3 {
		t.Errorf("offset %d", w.u64(outAt))
	}
	if got := countFDs(t); got != open-1 {
		t.Errorf("the process has %d descriptors, had %d: the replaced one must be closed", got, open)
	}
	w.want(EBADF, "fd_renumber", a, b)
	w.want(EBADF, "fd_renumber", b, a)
	w.want(EBADF, "fd_renumber", b, 1<<31)
	if c := w.mustOpen(boxFD, "file", 0, readWrite, 0); c != a {
		t.Errorf("opened %d, want the lowest free %d", c, a)
	}
	// Over a preopen: the number is the other directory's now, its grant included.
	w.want(ESUCCESS, "fd_renumber", roFD, boxFD)
	if errno := w.pathCall("path_create_directory", boxFD, "x"); errno != EPERM {
		t.Errorf("path_create_directory = %s", errno)
	}
	w.want(ESUCCESS, "fd_renumber", b, 1)
	if errno := w.write(1, "now a file"); errno != ESUCCESS || w.host("box/file") != "012now a file" {
		t.Errorf("%s, %q", errno, w.host("box/file"))
	}
}

// countFDs returns the number of descriptors of the process.
func countFDs(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestSetRights(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	w.want(ESUCCESS, "fd_fdstat_get", boxFD, outAt)
	base, inherit := w.u64(outAt+8), w.u64(outAt+16)
	w.want(ESUCCESS, "fd_fdstat_set_rights", boxFD, base, inherit)
	base &^= uint64(RightPathFilestatSetSize)
	inherit &^= uint64(RightFdWrite)
	w.want(ESUCCESS, "fd_fdstat_set_rights", boxFD, base, inherit)
	if _, errno := w.open(boxFD, "file", OTrunc, 0, 0); errno != ENOTCAPABLE {
		t.Errorf("truncating = %s", errno)
	}
	if _, errno := w.open(boxFD, "file", 0, readWrite, 0); errno != ENOTCAPABLE {
		t.Errorf("opening to write = %s", errno)
	}
	w.want(ENOTCAPABLE, "fd_fdstat_set_rights", boxFD, base|uint64(RightPathFilestatSetSize), inherit)
	w.want(ENOTCAPABLE, "fd_fdstat_set_rights", boxFD, base, inherit|uint64(RightFdWrite))
	w.want(ESUCCESS, "fd_fdstat_get", roFD, outAt)
	w.want(ESUCCESS, "fd_fdstat_set_rights", roFD, w.u64(outAt+8), w.u64(outAt+16))
	if _, errno := w.open(roFD, "file", 0, readWrite, 0); errno != EPERM {
		t.Errorf("giving back what was told opened the way to write: %s", errno)
	}
}
