package wasi

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
)

// TestDirectory: a guest that is given a directory that was opened before finds in it what the one before it found, wherever that one stopped
// listing it, and whatever that one closed.
func TestDirectory(t *testing.T) {
	first := newWorld(t, hostos.Auto, nil)
	dir, err := OpenDirectory(first.box)
	first.must(err)
	again := func(c *Config) { c.Preopens[0] = Preopen{Host: first.box, Dir: dir} }
	want, _ := first.readdir(boxFD, 1000, 0)
	for range 3 {
		w := newWorld(t, hostos.Auto, again)
		got, end := w.readdir(boxFD, 1000, 1) // not from the beginning, where it would be rewound
		if !end || len(got) != len(want)-1 {
			t.Errorf("%d entries from the second on, want %d of %d", len(got), len(want)-1, len(want))
		}
		w.openAndClose(boxFD, "file", 0, RightFdRead)
		w.want(ESUCCESS, "fd_close", boxFD)
	}
	w := newWorld(t, hostos.Auto, again)
	first.must(dir.Close())
	w.openAndClose(boxFD, "file", 0, RightFdRead) // a System keeps it
	if _, err := New(&Config{Preopens: []Preopen{{Dir: dir, Guest: "/"}}}); err == nil {
		t.Error("a directory that is closed is a preopen")
	}
}
