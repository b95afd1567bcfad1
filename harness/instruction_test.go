package harness

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// FuzzInstruction applies an instruction to all pairs of boundary operands, in many forms, on our runtime and as the specification says;
// see [oracle.Instruction].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
func FuzzInstruction(f *testing.F) {
	corpus.Seeds(f, "instruction")
	f.Fuzz(func(t *testing.T, data []byte) {
		report(t, oracle.Instruction(t.Context(), data))
	})
}
