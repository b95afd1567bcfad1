package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// report ends the test if f is a failure. The detail is logged; the last line is the key alone, so that findings can be told
// apart by it.
func report(t *testing.T, f *oracle.Failure) {
	t.Helper()
	if f != nil {
		t.Log(f.Detail)
		t.Fatal(f.Key)
	}
}
