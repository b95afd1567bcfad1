package timing

import (
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPin: the thread is on one CPU while it is pinned, and afterwards on all that it was on before.
func TestPin(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cpus := func() int {
		var set unix.CPUSet
		if err := unix.SchedGetaffinity(0, &set); err != nil {
			t.Fatal(err)
		}
		return set.Count()
	}
	before := cpus()
	undo := pin()
	pinned := cpus()
	undo()
	if pinned != 1 || cpus() != before {
		t.Errorf("%d CPUs, then %d, then %d", before, pinned, cpus())
	}
	if said := strings.HasPrefix(Pinning(), "pinned"); said != (before > 1) {
		t.Errorf("%q with %d CPUs", Pinning(), before)
	}
}
