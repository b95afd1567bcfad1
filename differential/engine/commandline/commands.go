// Package commandline is the engines that are commands on PATH.
//
// A command is found and asked for its version; the table [Commands] says how. To be timed, it calls an export without parameters. To be
// compared, it runs a module that is rewritten so that it tells what it did: see [Engine]. What an engine does as a command is not
// comparable with what it does through a binding, so that its name ends in "-cli".
package commandline

import (
	"regexp"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Suffix ends the names of commands.
const Suffix = "-cli"

// IsCommand reports whether the engine of that name is a command.
func IsCommand(name string) bool { return strings.HasSuffix(name, Suffix) }

// Command is one engine's command line.
type Command struct {
	Name    string   // as in the list of engines; ends in "-cli"
	Program string   // as on PATH
	Version []string // arguments that make it print its version
	// Invoke returns the arguments that make it call an export without parameters of the module in a file.
	Invoke func(file, export string) []string
	// Result finds the integer that the call returned in what the program printed, as its first submatch; the last match counts.
	Result *regexp.Regexp
	// Run returns the arguments that make it run the module in a file as a command, and sink is how the module tells what it does.
	Run  func(file string) []string
	sink *sink
	// Start returns the arguments that make it run a WASI program in a file with arguments of its own; the working directory is what the
	// program finds as its directory. Nil means that it cannot be told to.
	Start func(file string, args []string) []string
	// Traps are the engine's words for traps beside those of the specification's tests, with groups of traps for which it
	// has one word.
	Traps  []words
	Merged [][]wasm.TrapCode
	// Note says what cannot be compared.
	Note string
}

// words is what an engine says when a guest traps.
type words struct {
	text string
	code wasm.TrapCode
}

// The forms in which commands print an integer.
var (
	plain = regexp.MustCompile(`(?m)^\[?(-?\d+)\]?\s*$`)     // 42 or [42]
	typed = regexp.MustCompile(`(?m)=> i32:(-?\d+)\s*$`)     // main() => i32:42
	hex   = regexp.MustCompile(`(?m)^(0x[0-9a-f]+):i32\s*$`) // 0x2a:i32
	named = regexp.MustCompile(`(?m)^Result: (-?\d+)\s*$`)   // Result: 42
)

// note is what holds for all commands.
const note = "no state after a trap, which ends the process; no WASI programs; no module that touchstone refuses; no memory of 0 pages at the start"

// outside is what most engines have one word for: an index outside a table.
var outside = []wasm.TrapCode{wasm.TableOutOfBounds, wasm.UndefinedElement}

func file(name string) []string { return []string{name} }

// program returns the arguments of a command that takes its own before the file, and the program's behind it.
func program(own ...string) func(string, []string) []string {
	return func(file string, args []string) []string { return slices.Concat(own, []string{file}, args) }
}

// Commands is the table; everything that enumerates commands derives from it.
var Commands = []Command{
	{Name: "wasmtime-cli", Program: "wasmtime", Version: []string{"--version"},
		Start:  program("run", "--dir", "."),
		Invoke: func(file, export string) []string { return []string{"run", "--invoke", export, file} }, Result: plain,
		Run: func(file string) []string { return []string{"run", file} }, sink: viaWASI, Merged: [][]wasm.TrapCode{outside}, Note: note,
		Traps: []words{{"wasm `unreachable` instruction executed", wasm.Unreachable}}},
	{Name: "wasmer-cli", Program: "wasmer", Version: []string{"--version"},
		Start: func(file string, args []string) []string {
			return slices.Concat([]string{"run", "--dir", ".", file, "--"}, args)
		},
		Invoke: func(file, export string) []string { return []string{"run", "--invoke", export, file} }, Result: plain,
		Run: func(file string) []string { return []string{"run", file} }, sink: viaWASI, Merged: [][]wasm.TrapCode{outside}, Note: note},
	{Name: "iwasm-cli", Program: "iwasm", Version: []string{"--version"},
		Start:  program("--dir=."),
		Invoke: func(file, export string) []string { return []string{"-f", export, file} }, Result: hex,
		Run: file, sink: viaWASI, Merged: [][]wasm.TrapCode{outside}, Note: note,
		Traps: []words{{"wasm operand stack overflow", wasm.StackExhausted}, {"native stack overflow", wasm.StackExhausted},
			{"indirect call type mismatch", wasm.SignatureMismatch}}},
	{Name: "wasmedge-cli", Program: "wasmedge", Version: []string{"--version"},
		Start:  program("--dir", ".:."),
		Invoke: func(file, export string) []string { return []string{"--reactor", file, export} }, Result: plain,
		Run: file, sink: viaWASI, Merged: [][]wasm.TrapCode{outside}, Note: note,
		Traps: []words{{"std::bad_alloc", wasm.StackExhausted}}},
	{Name: "wasm3-cli", Program: "wasm3", Version: []string{"--version"},
		Invoke: func(file, export string) []string { return []string{"--func", export, file} }, Result: named,
		Run: file, sink: viaWASI, Merged: [][]wasm.TrapCode{outside}, Note: note,
		Traps: []words{{"[trap] stack overflow", wasm.StackExhausted}, {"undefined element", wasm.UndefinedElement}}},
	{Name: "wasmi-cli", Program: "wasmi_cli", Version: []string{"--version"},
		Start:  program("--dir", "."),
		Invoke: func(file, export string) []string { return []string{"--invoke", export, file} }, Result: plain,
		Run: file, sink: viaWASI, Merged: [][]wasm.TrapCode{outside}, Note: note},
	{Name: "node-cli", Program: "node", Version: []string{"--version"},
		Start: program("--no-warnings", "-e", nodeProgram),
		Invoke: func(file, export string) []string {
			return []string{"--no-warnings", "-e", nodeScript, file, export}
		}, Result: plain,
		Run: func(file string) []string { return []string{"--no-warnings", "-e", nodeWASI, file} }, sink: viaWASI, Note: note,
		Traps: v8, Merged: [][]wasm.TrapCode{outside, {wasm.UninitializedElement, wasm.SignatureMismatch}, {wasm.IntegerOverflow, wasm.InvalidConversion}}},
	// The name of the export cannot be given in the versions that distributions have.
	{Name: "wasm-interp-cli", Program: "wasm-interp", Version: []string{"--version"},
		Invoke: func(file, _ string) []string { return []string{"--run-all-exports", file} }, Result: typed,
		Run: func(file string) []string {
			return []string{"--enable-tail-call", "--enable-extended-const", "--host-print", "--run-all-exports", file}
		}, sink: viaPrint, Note: note,
		Merged: [][]wasm.TrapCode{outside},
		Traps: []words{{"unreachable executed", wasm.Unreachable}, {"undefined table index", wasm.UndefinedElement},
			{"uninitialized table element", wasm.UninitializedElement}, {"indirect call signature mismatch", wasm.SignatureMismatch},
			{"call stack exhausted", wasm.StackExhausted}, {"out of bounds table access", wasm.TableOutOfBounds}}},
}

// nodeScript is run with the file and the export as its arguments.
const nodeScript = `const [file, name] = process.argv.slice(1);
const module = new WebAssembly.Module(require("fs").readFileSync(file));
console.log(new WebAssembly.Instance(module, {}).exports[name]());`

// nodeWASI is run with the file as its argument.
const nodeWASI = `const [file] = process.argv.slice(1);
const wasi = new (require("node:wasi").WASI)({version: "preview1"});
const module = new WebAssembly.Module(require("fs").readFileSync(file));
wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));`

// nodeProgram is run with the file and the program's arguments as its own.
const nodeProgram = `const [file, ...args] = process.argv.slice(1);
const wasi = new (require("node:wasi").WASI)({version: "preview1", args: [file, ...args], preopens: {".": "."}, returnOnExit: true});
const module = new WebAssembly.Module(require("fs").readFileSync(file));
process.exit(wasi.start(new WebAssembly.Instance(module, wasi.getImportObject())));`

// v8 is what V8 says. It has one word for two traps in several cases; see the row of node.
var v8 = []words{
	{"RuntimeError: unreachable", wasm.Unreachable},
	{"memory access out of bounds", wasm.MemoryOutOfBounds},
	{"data segment", wasm.MemoryOutOfBounds},
	{"table index is out of bounds", wasm.TableOutOfBounds},
	{"table access out of bounds", wasm.TableOutOfBounds},
	{"table initializer", wasm.TableOutOfBounds},
	{"element segment", wasm.TableOutOfBounds},
	{"null function or function signature", wasm.SignatureMismatch},
	{"divide by zero", wasm.DivideByZero},
	{"remainder by zero", wasm.DivideByZero},
	{"divide result unrepresentable", wasm.IntegerOverflow},
	{"float unrepresentable in integer range", wasm.InvalidConversion},
	{"Maximum call stack size exceeded", wasm.StackExhausted},
}
