package wasi

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
)

func TestPathOpen(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		for _, tt := range []struct {
			fd      uint64
			path    string
			oflags  OFlags
			rights  Rights
			fdflags FDFlags
			want    Errno
		}{
			{boxFD, "file", 0, RightFdRead, 0, ESUCCESS},
			{boxFD, "file", 0, ^Rights(0), 0, ESUCCESS}, // the Go runtime sets every bit
			{boxFD, "file", 0, 0, 0, ESUCCESS},
			{boxFD, "dir", 0, RightFdRead, 0, ESUCCESS},
			{boxFD, "dir", ODirectory, 0, FDNonblock, ESUCCESS},
			{boxFD, "new1", OCreat, RightFdWrite, FDAppend, ESUCCESS},
			{boxFD, "new2", OCreat | OExcl, RightFdRead, FDDsync | FDRsync | FDSync, ESUCCESS},
			{boxFD, "toFile", OTrunc, 0, 0, ESUCCESS},
			{boxFD, "file", OCreat | OExcl, RightFdWrite, 0, EEXIST},
			{boxFD, "file", ODirectory, RightFdRead, 0, ENOTDIR},
			{boxFD, "file/", 0, RightFdRead, 0, ENOTDIR},
			{boxFD, "dir", 0, RightFdWrite, 0, EISDIR},
			{boxFD, "dir", OCreat, RightFdRead, 0, EISDIR},
			{boxFD, "nowhere", 0, RightFdRead, 0, ENOENT},
			{boxFD, "", 0, RightFdRead, 0, ENOENT},
			{boxFD, "x", OCreat | ODirectory, RightFdRead, 0, EINVAL},
			{boxFD, "dir", OTrunc | ODirectory, RightFdRead, 0, EINVAL},
			{boxFD, "file", 16, RightFdRead, 0, EINVAL},
			{boxFD, "file", 0, RightFdRead, 32, EINVAL},
			{boxFD, "file\x00", 0, RightFdRead, 0, EINVAL},
			{boxFD, "..\x00x", 0, RightFdRead, 0, EINVAL},
			{boxFD, "\xff", 0, RightFdRead, 0, EILSEQ},
			{boxFD, strings.Repeat("a", 4096), 0, RightFdRead, 0, ENAMETOOLONG},
			{boxFD, strings.Repeat("a", 256), 0, RightFdRead, 0, ENAMETOOLONG},
			{boxFD, "/file", 0, RightFdRead, 0, ENOTCAPABLE},
			{boxFD, "..", 0, RightFdRead, 0, ENOTCAPABLE},
			{boxFD, "../secret", OCreat | OTrunc, RightFdWrite, 0, ENOTCAPABLE},
			{boxFD, "escape", OCreat | OTrunc, RightFdWrite, 0, ENOTCAPABLE},
			{boxFD, "toRo/file", 0, RightFdRead, 0, ENOTCAPABLE},
			{boxFD, "dir/../../box/file", 0, RightFdRead, 0, ENOTCAPABLE},
			{0, "file", 0, RightFdRead, 0, ENOTDIR},
			{99, "file", 0, RightFdRead, 0, EBADF},
			{1<<32 - 1, "file", 0, RightFdRead, 0, EBADF},

			{roFD, "file", 0, RightFdRead, 0, ESUCCESS},
			{roFD, ".", ODirectory, RightFdRead, 0, ESUCCESS},
			{roFD, "file", 0, RightFdRead | RightFdWrite, 0, EPERM},
			{roFD, "file", OTrunc, RightFdRead, 0, EPERM},
			{roFD, "new", OCreat, RightFdRead, 0, EPERM},
			{roFD, "file", OCreat, RightFdRead, 0, EPERM},
			{roFD, "toBox/file", 0, RightFdRead, 0, ENOTCAPABLE},
		} {
			fd, errno := w.open(tt.fd, tt.path, tt.oflags, uint64(tt.rights), tt.fdflags)
			if errno != tt.want {
				t.Errorf("path_open(%d, %.20q, %b, %x, %b) = %s, want %s", tt.fd, tt.path, tt.oflags, tt.rights, tt.fdflags,
					errno, tt.want)
			}
			if errno == ESUCCESS {
				w.want(ESUCCESS, "fd_close", fd)
			}
		}
		if w.host("secret") != "outside" || w.host("ro/file") != "readonly" || w.host("box/file") != "" {
			t.Error("the wrong file was truncated")
		}
		p, n := w.path("toFile")
		w.want(ELOOP, "path_open", boxFD, 0, p, n, 0, readWrite, 0, 0, outAt)
		w.want(EINVAL, "path_open", boxFD, 2, p, n, 0, readWrite, 0, 0, outAt)
		w.want(EFAULT, "path_open", boxFD, 0, 65530, 7, 0, readWrite, 0, 0, outAt)
		w.want(EFAULT, "path_open", boxFD, 0, 1, 1<<32-1, 0, readWrite, 0, 0, outAt)
	})
}

func TestRights(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	p, n := w.iovecs(1)
	readOnly := w.mustOpen(boxFD, "file", 0, uint64(RightFdRead), 0)
	w.want(EBADF, "fd_write", readOnly, p, n, outAt)
	w.want(EBADF, "fd_pwrite", readOnly, p, n, 0, outAt)
	writeOnly := w.mustOpen(boxFD, "file", 0, uint64(RightFdWrite), 0)
	w.want(EBADF, "fd_read", writeOnly, p, n, outAt)
	w.want(EBADF, "fd_pread", writeOnly, p, n, 0, outAt)
	dir := w.mustOpen(boxFD, "dir", ODirectory, uint64(RightFdRead), 0)
	w.want(EISDIR, "fd_read", dir, p, n, outAt)
	w.want(EISDIR, "fd_write", dir, p, n, outAt)
	w.want(EISDIR, "fd_seek", dir, 0, 0, outAt)
	w.want(EISDIR, "fd_tell", dir, outAt)
	w.want(EBADF, "fd_readdir", readOnly, bufAt, 100, 0, outAt)
	if errno := w.pathCall("path_create_directory", readOnly, "x"); errno != ENOTDIR {
		t.Errorf("path_create_directory beneath a file = %s", errno)
	}
	for fd, want := range map[uint64]Rights{readOnly: RightFdRead, writeOnly: RightFdWrite, dir: 0} {
		w.want(ESUCCESS, "fd_fdstat_get", fd, outAt)
		if got := Rights(w.u64(outAt+8)) & (RightFdRead | RightFdWrite); got != want && fd != dir {
			t.Errorf("rights of %d are %x, want %x", fd, got, want)
		}
	}
	sub := w.mustOpen(roFD, "dir", ODirectory, uint64(RightFdRead), 0)
	for _, name := range []string{"path_create_directory", "path_unlink_file", "path_remove_directory"} {
		for _, fd := range []uint64{roFD, sub} {
			if errno := w.pathCall(name, fd, "file"); errno != EPERM {
				t.Errorf("%s beneath a read-only preopen = %s", name, errno)
			}
		}
	}
	if _, errno := w.open(sub, "new", OCreat, readWrite, 0); errno != EPERM {
		t.Errorf("path_open beneath a read-only preopen = %s", errno)
	}
}

func TestPathChanges(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		for _, tt := range []struct {
			name, path string
			want       Errno
		}{
			{"path_create_directory", "made", ESUCCESS},
			{"path_create_directory", "made", EEXIST},
			{"path_create_directory", "made/sub/", ESUCCESS},
			{"path_create_directory", "nowhere/sub", ENOENT},
			{"path_create_directory", "file/sub", ENOTDIR},
			{"path_create_directory", "../made", ENOTCAPABLE},
			{"path_create_directory", "toRo/made", ENOTCAPABLE},
			{"path_create_directory", "/made", ENOTCAPABLE},
			{"path_create_directory", "", ENOENT},
			{"path_create_directory", "a\x00", EINVAL},
			{"path_remove_directory", "made", ENOTEMPTY},
			{"path_remove_directory", "made/sub/", ESUCCESS},
			{"path_remove_directory", "made", ESUCCESS},
			{"path_remove_directory", "made", ENOENT},
			{"path_remove_directory", "file", ENOTDIR},
			{"path_remove_directory", "toRo", ENOTDIR},
			{"path_remove_directory", "toRo/dir", ENOTCAPABLE},
			{"path_remove_directory", "../ro/dir", ENOTCAPABLE},
			{"path_remove_directory", ".", EINVAL},
			{"path_unlink_file", "dir", EISDIR},
			{"path_unlink_file", "dir/", EISDIR},
			{"path_unlink_file", "file/", ENOTDIR},
			{"path_unlink_file", "escape/", ENOTDIR},
			{"path_unlink_file", "../secret", ENOTCAPABLE},
			{"path_unlink_file", "toRo/file", ENOTCAPABLE},
			{"path_unlink_file", "escape", ESUCCESS},
			{"path_unlink_file", "toRo", ESUCCESS},
			{"path_unlink_file", "file", ESUCCESS},
			{"path_unlink_file", "file", ENOENT},
		} {
			if errno := w.pathCall(tt.name, boxFD, tt.path); errno != tt.want {
				t.Errorf("%s %q = %s, want %s", tt.name, tt.path, errno, tt.want)
			}
		}
		if w.host("secret") != "outside" || w.host("ro/file") != "readonly" {
			t.Error("something outside changed")
		}
	})
}

// entry is a decoded directory entry.
type entry struct {
	next, ino uint64
	name      string
	typ       hostos.FileType
}

// readdir returns the complete entries that one call gives, and whether it came to the end.
func (w *world) readdir(fd, size, cookie uint64) (entries []entry, end bool) {
	w.t.Helper()
	w.want(ESUCCESS, "fd_readdir", fd, bufAt, size, cookie, outAt)
	used := uint64(w.u32(outAt))
	for at := uint64(bufAt); at+sizeOfDirent <= bufAt+used; {
		n := uint64(w.u32(at + 16))
		if at+sizeOfDirent+n > bufAt+used {
			break
		}
		entries = append(entries, entry{w.u64(at), w.u64(at + 8), string(w.mem(at+24, n)), hostos.FileType(w.mem(at+20, 1)[0])})
		at += sizeOfDirent + n
	}
	return entries, used < size
}

func TestReaddir(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		const files = 1500 // more than one window of the host's entries
		want := map[string]bool{".": true, "..": true}
		for i := range files {
			name := fmt.Sprintf("a-name-of-some-length-%d", i)
			w.must(os.WriteFile(filepath.Join(w.box, "dir", name), nil, 0o666))
			want[name] = true
		}
		fd := w.mustOpen(boxFD, "dir", ODirectory, uint64(RightFdRead), 0)
		for _, size := range []uint64{60, 1000, 20000} {
			seen := map[string]entry{}
			var all []entry
			for cookie, end := uint64(0), false; !end; {
				var entries []entry
				entries, end = w.readdir(fd, size, cookie)
				for _, e := range entries {
					if _, twice := seen[e.name]; twice || !want[e.name] {
						t.Fatalf("size %d: %q comes twice or should not come", size, e.name)
					}
					seen[e.name] = e
					cookie = e.next
				}
				all = append(all, entries...)
				if len(entries) == 0 && !end {
					t.Fatalf("size %d: no progress at %d", size, cookie)
				}
			}
			if len(seen) != len(want) {
				t.Fatalf("size %d: %d entries, want %d", size, len(seen), len(want))
			}
			// Any position can be gone back to, and names the same entry.
			for _, i := range []int{700, 3, 1400, 1, 0} {
				again, _ := w.readdir(fd, 200, all[i].next)
				if len(again) == 0 || again[0] != all[i+1] {
					t.Errorf("size %d: after entry %d comes %v, want %v", size, i, again, all[i+1])
				}
			}
		}
		for _, cookie := range []uint64{files + 2, files + 3, 1 << 40, 1<<64 - 1} {
			if entries, end := w.readdir(fd, 100, cookie); len(entries) != 0 || !end {
				t.Errorf("cookie %d gives %v", cookie, entries)
			}
		}
		if e, _ := w.readdir(fd, 100, 0); e[0].name != "." || e[1].name != ".." || e[0].typ != hostos.Dir {
			t.Errorf("the first entries are %v", e)
		}
		w.want(ESUCCESS, "fd_readdir", fd, bufAt, 0, 0, outAt)
		w.want(EFAULT, "fd_readdir", fd, bufAt, 1<<32-1, 0, outAt)
	})
}

func TestReaddirSeesChangesAndInodes(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	fd := w.mustOpen(boxFD, ".", ODirectory, uint64(RightFdRead), 0)
	entries, _ := w.readdir(fd, 5000, 0)
	for _, e := range entries {
		p, n := w.path(e.name)
		if e.name == ".." {
			continue
		}
		w.want(ESUCCESS, "path_filestat_get", fd, 0, p, n, outAt)
		if ino, typ := w.u64(outAt+8), hostos.FileType(w.mem(outAt+16, 1)[0]); ino != e.ino || typ != e.typ {
			t.Errorf("%s: inode %d and type %d, but filestat says %d and %d", e.name, e.ino, e.typ, ino, typ)
		}
	}
	w.pathCall("path_create_directory", boxFD, "later")
	if now, _ := w.readdir(fd, 5000, 0); len(now) != len(entries)+1 {
		t.Errorf("cookie 0 gives %d entries after one was added to %d", len(now), len(entries))
	}
}
