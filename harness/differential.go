package harness

import "github.com/touchstone-wasm/touchstone/harness/oracle"

// fuzzDifferential runs generated modules on our runtime and on wazero; see [oracle.Wazero.Differential].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
var fuzzDifferential = Target{
	Name:    "FuzzDifferential",
	Corpus:  "differential",
	Aims:    []Aim{{"interpreter loop", "runtime/internal/exec", []string{"loop_gen.go"}}},
	Meaning: asModule(oracle.DifferentialModule),
	Open:    withWazero((*oracle.Wazero).Differential),
}
