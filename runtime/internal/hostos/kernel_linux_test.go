package hostos

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestRenamesElsewhere lets the kernel say for long enough that a rename came between: the walk takes over.
func TestRenamesElsewhere(t *testing.T) {
	fs, err := NewFS(Kernel)
	if err != nil {
		t.Skipf("this kernel has no openat2, or a filter forbids it: %v", err)
	}
	_, root := tree(t)
	calls := 0
	defer Inject(func() Fault {
		if calls++; calls <= kernelRetries {
			return Fault{Err: unix.EAGAIN}
		}
		return Fault{}
	})()
	fd, err := fs.Open(root, "dir/../file", Read, new(Stat))
	must(t, err)
	Close(fd)
	calls = 0
	if _, err := fs.Open(root, "dir/../../secret", Read, new(Stat)); err != ErrEscape {
		t.Errorf("a path to outside: %v", err)
	}
}

// TestResidentLookups: what is looked up without waiting is what is looked up in the ordinary way, which has the last word where the
// kernel would have to wait or where another file system is mounted.
func TestResidentLookups(t *testing.T) {
	fs, err := NewFS(Kernel)
	if err != nil {
		t.Skipf("this kernel has no openat2, or a filter forbids it: %v", err)
	}
	if !fs.cached {
		t.Skip("this kernel has no RESOLVE_CACHED")
	}
	_, root := tree(t)
	if !IsResident(root) {
		t.Skip("temporary files are on a file system that may wait")
	}
	for _, tt := range []struct {
		path     string
		f        Flags
		fault    error // of the first call
		resident bool
		err      error
	}{
		{"file", Read, nil, false, nil},
		{"file", Read | Resident, nil, true, nil},
		{"file", Read | Resident, unix.EINTR, false, nil},
		{"file", Read | Resident, unix.EAGAIN, false, nil},
		{"file", Read | Resident, unix.EXDEV, false, nil},
		{"file", Read | Resident, unix.EMFILE, false, unix.EMFILE},
		{"file", Write | Resident, nil, false, nil},
		{"new", Create | Write | Resident, nil, false, nil},
		{"file", Read | Truncate | Resident, nil, false, nil},
		{"dir", PathOnly | Directory | Resident, nil, true, nil},
		{"dir/../../secret", Read | Resident, nil, false, ErrEscape},
		{"../secret", Read | Resident, nil, false, ErrEscape},
		{"no such file", Read | Resident, nil, false, unix.ENOENT},
	} {
		if fd, err := fs.open(root, tt.path, PathOnly); err == nil {
			Close(fd) // it is in the kernel's memory now
		}
		calls := 0
		restore := Inject(func() Fault {
			if calls++; calls == 1 {
				return Fault{Err: tt.fault}
			}
			return Fault{}
		})
		var st Stat
		fd, err := kernelOpenResident(root, tt.path, tt.f, &st)
		if resident := err == nil; resident != tt.resident || !resident && tt.err != nil && err != tt.err && err != errWaits {
			t.Errorf("kernelOpenResident(%q, %b), first %v: %v; want %v", tt.path, tt.f, tt.fault, err, tt.resident)
		}
		if err == nil {
			closeLooked(fd)
		}
		calls = 0
		var got Stat
		fd, err = fs.Open(root, tt.path, tt.f, &got)
		restore()
		if err != tt.err {
			t.Errorf("Open(%q, %b), first %v: %v, want %v", tt.path, tt.f, tt.fault, err, tt.err)
		}
		if err != nil {
			continue
		}
		if want, err := Fstat(fd); err != nil || got != want || tt.resident && st != want {
			t.Errorf("Open(%q, %b), first %v: %+v, before %+v; want %+v, %v", tt.path, tt.f, tt.fault, got, st, want, err)
		}
		Close(fd)
	}
}

// TestResidentMounts: what lies on another file system than its directory is for the ordinary way.
func TestResidentMounts(t *testing.T) {
	fs, err := NewFS(Kernel)
	if err != nil {
		t.Skipf("this kernel has no openat2, or a filter forbids it: %v", err)
	}
	if _, err := os.Stat("/proc/version"); err != nil {
		t.Skip("nothing is mounted at /proc")
	}
	top, err := OpenRoot("/")
	must(t, err)
	defer Close(top)
	if !fs.cached {
		t.Skip("this kernel has no RESOLVE_CACHED")
	}
	if _, err := kernelOpenResident(top, "proc/version", Read|Resident, new(Stat)); err != errWaits {
		t.Errorf("a file of another file system: %v", err)
	}
	if _, err := fs.Open(top, "proc/version", Read|Resident, new(Stat)); err != nil {
		t.Errorf("a file of another file system: %v", err)
	}
}
