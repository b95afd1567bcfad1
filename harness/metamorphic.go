package harness

import (
	"context"

	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// fuzzMetamorphic rewrites generated modules in ways that keep their meaning; see [oracle.Metamorphic].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
var fuzzMetamorphic = Target{
	Name:   "FuzzMetamorphic",
	Corpus: "metamorphic",
	Aims:   []Aim{{"rewriting that keeps the meaning", "generators/mutate", []string{"equivalent.go"}}},
	Open: stateless(func(ctx context.Context, data []byte) *oracle.Failure {
		_, failure := oracle.Metamorphic(ctx, data)
		return failure
	}),
}
