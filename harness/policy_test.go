package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// FuzzPolicy reads bytes as a policy file, and compares what the monitor decides by it with a naive reading; see [oracle.Policy].
func FuzzPolicy(f *testing.F) {
	corpus.Seeds(f, "policy")
	f.Fuzz(func(t *testing.T, src []byte) {
		_, failure := oracle.Policy(src)
		report(t, failure)
	})
}
