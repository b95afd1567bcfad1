package pages

import "testing"

// TestDiscard: the bytes around are kept, those inside are zero or what they were, and all can be written again.
func TestDiscard(t *testing.T) {
	const page = 1 << 16 // no system has larger ones by default
	all := make([]byte, 64*page)
	for i := range all {
		all[i] = byte(i%251) + 1
	}
	Discard(all[8*page : 16*page])
	for i, b := range all {
		if inside := i >= 8*page && i < 16*page; b != byte(i%251)+1 && (!inside || b != 0) {
			t.Fatalf("byte %d is %d", i, b)
		}
		all[i] = 7
	}
	Discard(nil)
}
