package wasi

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
)

// TestDevices: files are told to be on the device of their preopen only if they are, so that one on a file system that is mounted
// beneath it is asked for its metadata in the ordinary way.
func TestDevices(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	fd := w.mustOpen(boxFD, "file", 0, readWrite, 0)
	box, file := w.sys.fds.get(boxFD), w.sys.fds.get(int32(fd))
	if box.device == 0 {
		t.Skip("nothing is known of the file system of temporary files")
	}
	if file.device != box.device {
		t.Errorf("the file is on device %d, its directory on %d", file.device, box.device)
	}
	// The same directory as if it were on another device.
	box.device++
	if other := w.sys.fds.get(int32(w.mustOpen(boxFD, "file", 0, readWrite, 0))); other.device != 0 {
		t.Errorf("a file of another device than its directory has device %d", other.device)
	}
	// Both ways tell the same.
	w.want(ESUCCESS, "fd_filestat_get", fd, bufAt)
	size := w.u64(bufAt + 32)
	w.must(os.Truncate(filepath.Join(w.box, "file"), int64(size)+7))
	w.want(ESUCCESS, "fd_filestat_get", fd, bufAt)
	if got := w.u64(bufAt + 32); got != size+7 {
		t.Errorf("size %d, want %d", got, size+7)
	}
	file.device = 0
	w.want(ESUCCESS, "fd_filestat_get", fd, bufAt)
	if got := w.u64(bufAt + 32); got != size+7 {
		t.Errorf("size %d, want %d", got, size+7)
	}
}
