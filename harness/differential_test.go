package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// FuzzDifferential runs generated modules on our runtime and on wazero; see [oracle.Wazero.Differential].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
func FuzzDifferential(f *testing.F) {
	corpus.Seeds(f, "differential")
	w := oracle.NewWazero(f.Context(), false)
	f.Cleanup(func() { _ = w.Close(f.Context()) })
	f.Fuzz(func(t *testing.T, tape []byte) {
		report(t, w.Differential(t.Context(), tape))
	})
}
