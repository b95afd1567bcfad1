package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/harness/oracle"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// report ends the test if f is a failure. The detail is logged; the last line is the key alone, so that findings can be told
// apart by it. In the control of planted bugs it says nothing.
func report(t *testing.T, f *oracle.Failure) {
	t.Helper()
	if f != nil && !planted.Blind {
		t.Log(f.Detail)
		t.Fatal(f.Key)
	}
}
