package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// FuzzReduce reduces modules and sequences of hostcalls under predicates that it makes up; see [oracle.Reduce].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
func FuzzReduce(f *testing.F) {
	corpus.Seeds(f, "reduce")
	f.Fuzz(func(t *testing.T, data []byte) {
		report(t, oracle.Reduce(t.Context(), data))
	})
}
