package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// FuzzExecute runs generated modules on our runtime and as the specification says; see [oracle.Execute].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
func FuzzExecute(f *testing.F) {
	corpus.Seeds(f, "execute")
	f.Fuzz(func(t *testing.T, tape []byte) {
		report(t, oracle.Execute(t.Context(), tape))
	})
}
