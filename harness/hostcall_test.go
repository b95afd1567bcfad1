package harness

import (
	"os"
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// hostcallOracle returns the oracle of FuzzHostcall in a temporary sandbox. The environment variable HOSTCALL names one
// hostcall to concentrate on.
func hostcallOracle(t testing.TB) *oracle.Hostcalls {
	box, err := oracle.NewSandbox(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h, err := oracle.NewHostcalls(box, os.Getenv("HOSTCALL"))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// FuzzHostcall makes sequences of WASI hostcalls with real effects in a temporary directory; see [oracle.Hostcalls.Run].
// HOSTCALL=fd_pread selects one.
func FuzzHostcall(f *testing.F) {
	corpus.Seeds(f, "hostcall")
	h := hostcallOracle(f)
	f.Fuzz(func(t *testing.T, tape []byte) {
		report(t, h.Run(t.Context(), tape))
	})
}
