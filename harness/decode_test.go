package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// FuzzDecode feeds bytes to the decoder, the validator and the compiler, and executes what they accept; see [oracle.Decode].
func FuzzDecode(f *testing.F) {
	corpus.Seeds(f, "decode")
	f.Fuzz(func(t *testing.T, src []byte) {
		_, failure := oracle.Decode(t.Context(), src)
		report(t, failure)
	})
}
