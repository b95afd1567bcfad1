package hostos

import (
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
	fd, _, err := fs.Open(root, "dir/../file", Read)
	must(t, err)
	Close(fd)
	calls = 0
	if _, _, err := fs.Open(root, "dir/../../secret", Read); err != ErrEscape {
		t.Errorf("a path to outside: %v", err)
	}
}
