package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// FuzzLower reads bytes as instructions, and decodes, compiles in two ways and executes the module that they are mended to; see
// [oracle.Code].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
func FuzzLower(f *testing.F) {
	corpus.Seeds(f, "lower")
	f.Fuzz(func(t *testing.T, src []byte) {
		_, failure := oracle.Code(t.Context(), src)
		report(t, failure)
	})
}
