package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// FuzzTrace reads bytes as a trace, as text or in the binary form; see [oracle.Trace].
func FuzzTrace(f *testing.F) {
	corpus.Seeds(f, "trace")
	f.Fuzz(func(t *testing.T, data []byte) {
		_, failure := oracle.Trace(data)
		report(t, failure)
	})
}
