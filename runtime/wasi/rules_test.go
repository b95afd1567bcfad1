package wasi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// TestPathRules has every rule for paths, as a guest meets it, with both ways to resolve.
func TestPathRules(t *testing.T) {
	long := strings.Repeat("a/", 2047)
	rules := []struct {
		rule, path string
		oflags     OFlags
		rights     Rights
		want       Errno
	}{
		{"NUL", "file\x00", 0, RightFdRead, EINVAL},
		{"NUL that hides a parent", "..\x00/secret", 0, RightFdRead, EINVAL},
		{"empty", "", 0, RightFdRead, ENOENT},
		{"absolute", "/", 0, RightFdRead, ENOTCAPABLE},
		{"absolute, doubled", "//file", 0, RightFdRead, ENOTCAPABLE},
		{"trailing slash, directory", "dir/", 0, RightFdRead, ESUCCESS},
		{"trailing slash, file", "file/", 0, RightFdRead, ENOTDIR},
		{"trailing slash, link to a directory", "toDir/", 0, RightFdRead, ESUCCESS},
		{"trailing slash, link to a file", "toFile/", 0, RightFdRead, ENOTDIR},
		{"trailing slash, link to outside", "escapeDir/", 0, RightFdRead, ENOTCAPABLE},
		{"trailing slash, created", "made/", OCreat, RightFdWrite, EISDIR},
		{"doubled slash", "dir//inner", 0, RightFdRead, ESUCCESS},
		{"doubled slash at the end", "file//", 0, RightFdRead, ENOTDIR},
		{"dot", "./dir/./inner", 0, RightFdRead, ESUCCESS},
		{"dot at the end", "dir/.", 0, RightFdRead, ESUCCESS},
		{"dot after a file", "file/.", 0, RightFdRead, ENOTDIR},
		{"dots inside", "dir/../file", 0, RightFdRead, ESUCCESS},
		{"dots to outside", "dir/../../secret", 0, RightFdRead, ENOTCAPABLE},
		{"dots to outside and back", "../box/file", 0, RightFdRead, ENOTCAPABLE},
		{"dots after a link are where it leads", "toDeep/../deep", 0, RightFdRead, ESUCCESS},
		{"dots after a link are not cleaned away", "toDeep/../file", 0, RightFdRead, ENOENT},
		{"dots after what is not there", "nowhere/../file", 0, RightFdRead, ENOENT},
		{"4095 bytes", long + "a", 0, RightFdRead, ENOENT},
		{"4096 bytes", long + "aa", 0, RightFdRead, ENAMETOOLONG},
		{"4094 bytes that lead to a file", strings.Repeat("./", 2045) + "file", 0, RightFdRead, ESUCCESS},
		{"name of 256 bytes", strings.Repeat("a", 256), 0, RightFdRead, ENAMETOOLONG},
		{"not UTF-8", "\xc0\xae\xc0\xae/secret", 0, RightFdRead, EILSEQ},
		{"a surrogate", "\xed\xa0\x80", OCreat, RightFdWrite, EILSEQ},
		{"link to itself", "loop", 0, RightFdRead, ELOOP},
		{"links to each other", "loopA/x", 0, RightFdRead, ELOOP},
		{"40 links", "link40", 0, RightFdRead, ESUCCESS},
		{"41 links", "link41", 0, RightFdRead, ELOOP},
		{"link to outside", "escape", 0, RightFdRead, ENOTCAPABLE},
		{"link to outside, created through", "escapeDir/made", OCreat, RightFdWrite, ENOTCAPABLE},
		{"absolute link", "absolute", 0, RightFdRead, ENOTCAPABLE},
		{"FIFO to read", "fifo", 0, RightFdRead, ESUCCESS}, // opened without waiting for a writer
		{"FIFO to write", "fifo", 0, RightFdWrite, ENXIO},
		{"truncated", "file", OTrunc, RightFdRead, ESUCCESS},
		{"created", "made", OCreat, RightFdWrite, ESUCCESS},
		{"created exclusively", "file", OCreat | OExcl, RightFdWrite, EEXIST},
		{"created exclusively, link", "dangling", OCreat | OExcl, RightFdWrite, EEXIST},
	}
	worlds(t, func(t *testing.T, w *world) {
		w.odd()
		for _, tt := range rules {
			begin := time.Now()
			fd, errno := w.open(boxFD, tt.path, tt.oflags, uint64(tt.rights), 0)
			if took := time.Since(begin); took > 10*time.Second {
				t.Errorf("%s: it blocked for %v", tt.rule, took)
			}
			if errno != tt.want {
				t.Errorf("%s: %s, want %s", tt.rule, errno, tt.want)
			}
			if errno == ESUCCESS {
				w.want(ESUCCESS, "fd_close", fd)
			}
		}
	})
}

// odd puts into the box what is not in every world.
func (w *world) odd() {
	in := func(name string) string { return filepath.Join(w.box, name) }
	w.must(os.MkdirAll(in("dir/inner/deep"), 0o777))
	w.must(unix.Mkfifo(in("fifo"), 0o666))
	for name, target := range map[string]string{
		"toDir": "dir", "toDeep": "dir/inner/deep", "escapeDir": "..", "loop": "loop", "loopA": "loopB", "loopB": "loopA",
		"absolute": w.top, "dangling": "nowhere",
	} {
		w.must(os.Symlink(target, in(name)))
	}
	before := "file"
	for i := 1; i <= 41; i++ {
		name := "link" + string(rune('0'+i/10)) + string(rune('0'+i%10))
		w.must(os.Symlink(before, in(name)))
		before = name
	}
}

// TestWritingNeedsTheGrant opens beneath a read-only preopen in every way that would change something, and makes names at, or
// takes them from, either end.
func TestWritingNeedsTheGrant(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		for oflags := range OFlags(16) {
			for _, rights := range []Rights{0, RightFdRead, RightFdWrite, RightFdRead | RightFdWrite} {
				_, errno := w.open(roFD, "file", oflags, uint64(rights), 0)
				changes := oflags&(OCreat|OTrunc) != 0 || rights&RightFdWrite != 0
				if changes && errno == ESUCCESS {
					t.Errorf("opened with flags %b and rights %x", oflags, rights)
				}
			}
		}
		for _, name := range []string{"path_rename", "path_link"} {
			for _, ends := range [][2]uint64{{roFD, boxFD}, {boxFD, roFD}, {roFD, roFD}} {
				pa, na, pb, nb := w.twoPaths("file", "moved")
				args := []uint64{ends[0], pa, na, ends[1], pb, nb}
				if name == "path_link" {
					args = append([]uint64{ends[0], 0}, args[1:]...)
				}
				w.want(EPERM, name, args...)
			}
		}
		w.untouched()
	})
}

// TestProtectedMemory has calls that write beside a protected range, which pass, and ones that would write into it.
func TestProtectedMemory(t *testing.T) {
	w := newWorld(t, hostos.Auto, func(c *Config) { c.ProtectedMemory = []policy.Range{{Addr: bufAt, Len: 100}} })
	fd := w.mustOpen(boxFD, "file", 0, readWrite, 0)
	copy(w.mem(bufAt, 4), "kept")
	p, n := w.iovecs(4)
	for _, tt := range []struct {
		want Errno
		name string
		args []uint64
	}{
		{EFAULT, "fd_read", []uint64{fd, p, n, outAt}},
		{ESUCCESS, "fd_write", []uint64{fd, p, n, outAt}}, // which reads the range
		{EFAULT, "fd_tell", []uint64{fd, bufAt - 7}},
		{ESUCCESS, "fd_tell", []uint64{fd, bufAt - 8}},
		{EFAULT, "fd_tell", []uint64{fd, bufAt + 99}},
		{ESUCCESS, "fd_tell", []uint64{fd, bufAt + 100}},
		{EFAULT, "random_get", []uint64{bufAt - 10, 200}},
		{ESUCCESS, "random_get", []uint64{bufAt, 0}},
	} {
		w.want(tt.want, tt.name, tt.args...)
	}
	if got := string(w.mem(bufAt, 4)); got != "kept" {
		t.Errorf("the range holds %q", got)
	}
}
