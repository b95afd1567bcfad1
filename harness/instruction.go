package harness

import "github.com/touchstone-wasm/touchstone/harness/oracle"

// fuzzInstruction applies an instruction to all pairs of boundary operands, in many forms, on our runtime and as the specification says;
// see [oracle.Instruction].
//
// It executes code that the fuzzing engine made up, as WebAssembly in this process.
var fuzzInstruction = Target{
	Name:    "FuzzInstruction",
	Corpus:  "instruction",
	Aims:    []Aim{{"interpreter loop", "runtime/internal/exec", []string{"loop_gen.go", "vector_gen.go", "numeric_gen.go"}}},
	Meaning: asModule(oracle.InstructionModule),
	Open:    stateless(oracle.Instruction),
}
