package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// FuzzMetamorphic rewrites generated modules in ways that keep their meaning; see [oracle.Metamorphic].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
func FuzzMetamorphic(f *testing.F) {
	corpus.Seeds(f, "metamorphic")
	f.Fuzz(func(t *testing.T, data []byte) {
		_, failure := oracle.Metamorphic(t.Context(), data)
		report(t, failure)
	})
}
