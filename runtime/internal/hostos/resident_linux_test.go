package hostos

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestResident: what is asked without the scheduler is what is asked with it, and file systems of programs and of the kernel's own
// state are not asked that way.
func TestResident(t *testing.T) {
	proc, err := OpenRoot("/proc")
	if err != nil {
		t.Skip(err)
	}
	defer Close(proc)
	if IsResident(proc) {
		t.Error("/proc is taken for a file system whose metadata is resident")
	}
	if IsResident(NoFD) {
		t.Error("no descriptor is resident")
	}
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte("twelve bytes"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{name, filepath.Dir(name), os.DevNull} {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		want, err := Fstat(FD(f.Fd()))
		if err != nil {
			t.Fatal(err)
		}
		var got Stat
		if err := FstatResident(FD(f.Fd()), &got); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", path, got, err, want)
		}
	}
	if err := FstatResident(NoFD, new(Stat)); err != unix.EBADF {
		t.Errorf("no descriptor: %v, want EBADF", err)
	}
}

// TestOpenat2Names: the name that the kernel gets is the whole path, whatever its length, and a NUL byte is refused here too.
func TestOpenat2Names(t *testing.T) {
	if !kernelResolves() {
		t.Skip("this kernel has no openat2, or a filter forbids it")
	}
	dir, err := OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer Close(dir)
	for _, n := range []int{1, 126, 127, 128, 129, 255} {
		name := strings.Repeat("n", n)
		fd, err := kernelOpen(dir, name, Create|Write)
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		Close(fd)
		if err := statAt(dir, name, new(Stat)); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	deep := strings.Repeat("./", 2040) + "n"
	fd, err := kernelOpen(dir, deep, Read)
	if err != nil {
		t.Errorf("%d bytes: %v", len(deep), err)
	}
	Close(fd)
	for _, path := range []string{"n\x00", "n\x00x", "\x00", strings.Repeat("./", 100) + "n\x00"} {
		if _, err := kernelOpen(dir, path, Read); err != unix.EINVAL {
			t.Errorf("%q: %v, want EINVAL", path, err)
		}
	}
}
