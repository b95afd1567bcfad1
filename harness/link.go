package harness

import "github.com/touchstone-wasm/touchstone/harness/oracle"

// fuzzLink plays scenes of modules that are linked with each other and with functions of the host that call back; see [oracle.Linked].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
var fuzzLink = Target{
	Name:   "FuzzLink",
	Corpus: "link",
	Aims:   []Aim{{"linking, limits, calls back from the host", "runtime", []string{"linker.go", "instantiate.go", "instance.go", "thread.go", "func.go", "global.go", "table.go"}}},
	Open:   stateless(oracle.Linked),
}
