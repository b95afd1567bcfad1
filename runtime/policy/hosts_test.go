package policy

import "testing"

// TestHostSet compares the set with a map.
func TestHostSet(t *testing.T) {
	var s hostSet
	want := map[int32]bool{}
	check := func() {
		t.Helper()
		for fd := int32(-2); fd < 300; fd++ {
			if s.has(fd) != want[fd] {
				t.Fatalf("has(%d) = %v", fd, s.has(fd))
			}
		}
	}
	for i := range int32(400) {
		fd := i * 37 % 257
		s.add(fd)
		want[fd] = true
		s.add(NoHost)
		check()
		if gone := i * 91 % 263; i%3 != 0 {
			s.remove(gone)
			delete(want, gone)
			s.remove(NoHost)
			check()
		}
	}
}
