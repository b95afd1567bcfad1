package harness

import (
	"context"

	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// fuzzLower reads bytes as instructions, and decodes, compiles in two ways and executes the module that they are mended to; see
// [oracle.Code].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
var fuzzLower = Target{
	Name:   "FuzzLower",
	Corpus: "lower",
	Aims: []Aim{
		{"lowering", "runtime/internal/lower", nil},
		{"bytecode verifier", "runtime/internal/isa", []string{"verify*.go"}},
		{"interpreter loop", "runtime/internal/exec", []string{"loop_gen.go"}},
	},
	Meaning: asModule(oracle.CodeModule),
	Open: stateless(func(ctx context.Context, src []byte) *oracle.Failure {
		_, failure := oracle.Code(ctx, src)
		return failure
	}),
}
