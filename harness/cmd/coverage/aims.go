package main

const modulePath = "github.com/touchstone-wasm/touchstone/"

// aim is a part of the project, mostly of the runtime, that a target is for.
type aim struct {
	target string   // its seeds are run
	what   string   // for people
	pkg    string   // its folder
	files  []string // patterns; those that begin with "!" leave files out
}

// aims has a row for each target that is not for a single hostcall; a test checks that.
var aims = []aim{
	{"FuzzDecode", "decoder", "runtime/wasm", []string{"decode*.go", "cursor.go", "quick.go", "leb.go", "reader.go"}},
	{"FuzzValidate", "validator", "runtime/wasm", []string{"validate*.go"}},
	{"FuzzDecode", "encoder", "runtime/wasm", []string{"encode*.go"}},
	{"FuzzLower", "lowering", "runtime/internal/lower", nil},
	{"FuzzLower", "bytecode verifier", "runtime/internal/isa", []string{"verify*.go"}},
	{"FuzzLower", "interpreter loop", "runtime/internal/exec", []string{"loop_gen.go"}},
	{"FuzzExecute", "instances, memories, tables, calls", "runtime", nil},
	{"FuzzInstruction", "interpreter loop", "runtime/internal/exec", []string{"loop_gen.go", "vector_gen.go", "numeric_gen.go"}},
	{"FuzzDifferential", "interpreter loop", "runtime/internal/exec", []string{"loop_gen.go"}},
	// roots.go is for the sandbox of worker processes, which no sequence runs in.
	{"FuzzHostcall", "hostcalls", "runtime/wasi", []string{"*.go", "!roots.go"}},
	{"FuzzHostcall", "system calls for guests", "runtime/internal/hostos", nil},
	{"FuzzHostcall", "monitor", "runtime/policy", []string{"monitor*.go", "memory.go", "files.go", "resources.go", "net.go"}},
	{"FuzzMetamorphic", "rewriting that keeps the meaning", "generators/mutate", []string{"equivalent.go"}},
	{"FuzzMixed", "hostcalls, from modules", "runtime/wasi", nil},
	{"FuzzReduce", "reduction", "generators/reduce", nil},
	{"FuzzTrace", "reading of traces", "runtime/trace", []string{"parse*.go", "record.go", "format.go", "reader.go", "diff.go"}},
	{"FuzzPolicy", "notation of policies", "runtime/policy", []string{"notation.go", "*rule.go", "file.go", "hosts.go", "size.go", "quota.go", "net.go"}},
}
