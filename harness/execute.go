package harness

import "github.com/touchstone-wasm/touchstone/harness/oracle"

// fuzzExecute runs generated modules on our runtime and as the specification says; see [oracle.Execute].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
var fuzzExecute = Target{
	Name:    "FuzzExecute",
	Corpus:  "execute",
	Aims:    []Aim{{"instances, memories, tables, calls", "runtime", nil}},
	Meaning: asModule(oracle.ExecuteModule),
	Open:    stateless(oracle.Execute),
}
