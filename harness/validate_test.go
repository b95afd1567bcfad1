package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// FuzzValidate damages generated modules and compares who accepts them; see [oracle.Wazero.Validate].
func FuzzValidate(f *testing.F) {
	corpus.Seeds(f, "validate")
	w := oracle.NewWazero(f.Context(), false)
	f.Cleanup(func() { _ = w.Close(f.Context()) })
	f.Fuzz(func(t *testing.T, input []byte) {
		_, failure := w.Validate(t.Context(), input)
		report(t, failure)
	})
}
