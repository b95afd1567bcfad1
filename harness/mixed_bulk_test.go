package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/harness/oracle"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// TestMixedProperty also counts what hostcalls return: modules whose calls all fail would show little.
func TestMixedProperty(t *testing.T) {
	inputs := 400
	if testing.Short() {
		inputs = 100
	}
	box, remove, err := newSandbox()
	if err != nil {
		t.Fatal(err)
	}
	removed(t, remove)
	x := oracle.NewMixed(box)
	onTapes(t, inputs, 60_000, 60, x.Run)
	calls, succeeded := 0, 0
	for name, errnos := range x.Witnessed {
		t.Log(name, errnos)
		for errno, n := range errnos {
			if calls += n; errno == wasi.ESUCCESS {
				succeeded += n
			}
		}
	}
	t.Logf("%d of %d hostcalls succeed, %d a module", succeeded, calls, calls/inputs)
	if succeeded < calls/5 || calls < 5*inputs {
		t.Errorf("%d of %d hostcalls succeed: too few", succeeded, calls)
	}
	for _, name := range []string{"fd_read", "fd_write", "fd_pread", "fd_pwrite", "fd_seek"} {
		if n := x.Witnessed[name][wasi.ESUCCESS]; n < inputs/100 {
			t.Errorf("%s succeeds %d times on what was opened", name, n)
		}
	}
}
