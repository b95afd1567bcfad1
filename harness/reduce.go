package harness

import "github.com/touchstone-wasm/touchstone/harness/oracle"

// fuzzReduce reduces modules and sequences of hostcalls under predicates that it makes up; see [oracle.Reduce].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
var fuzzReduce = Target{
	Name:   "FuzzReduce",
	Corpus: "reduce",
	Aims:   []Aim{{"reduction", "generators/reduce", nil}},
	Open:   stateless(oracle.Reduce),
}
