package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// FuzzLink plays scenes of modules that are linked with each other and with functions of the host; see [oracle.Linked].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
func FuzzLink(f *testing.F) {
	corpus.Seeds(f, "link")
	f.Fuzz(func(t *testing.T, data []byte) {
		report(t, oracle.Linked(t.Context(), data))
	})
}

func TestLinkProperty(t *testing.T) {
	inputs := 3000
	if testing.Short() {
		inputs = 500
	}
	onTapes(t, inputs, 70_000, 60, oracle.Linked)
}
