package pages

import "golang.org/x/sys/unix"

// Discard gives the pages that lie wholly in b back to the system. What b held is lost: its bytes are zero or what they were. b is of
// no use but to the collector, which takes it as before; the bytes must hold no pointers.
func Discard(b []byte) {
	// The call only saves memory: where it fails, as for pages of another size, the collector gives them back later.
	_ = unix.Madvise(b, unix.MADV_DONTNEED)
}
