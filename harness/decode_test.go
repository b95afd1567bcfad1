package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// FuzzDecode feeds bytes to the decoder, the validator and the compiler, and executes what they accept; see [oracle.Wazero.Decode].
func FuzzDecode(f *testing.F) {
	corpus.Seeds(f, "decode")
	w := oracle.NewWazero(f.Context(), false)
	f.Cleanup(func() { _ = w.Close(f.Context()) })
	f.Fuzz(func(t *testing.T, src []byte) {
		_, failure := w.Decode(t.Context(), src)
		report(t, failure)
	})
}
