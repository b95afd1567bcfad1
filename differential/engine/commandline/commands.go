// Package commandline is the engines that are commands on PATH.
//
// A command is found, asked for its version, and made to call an export without parameters; the table [Commands] says how. What
// an engine does as a command is not comparable with what it does through a binding, so that its name ends in "-cli".
package commandline

import "regexp"

// Command is one engine's command line.
type Command struct {
	Name    string   // as in the list of engines; ends in "-cli"
	Program string   // as on PATH
	Version []string // arguments that make it print its version
	// Invoke returns the arguments that make it call an export without parameters of the module in a file.
	Invoke func(file, export string) []string
	// Result finds the integer that the call returned in what the program printed, as its first submatch; the last match counts.
	Result *regexp.Regexp
}

// The forms in which commands print an integer.
var (
	plain = regexp.MustCompile(`(?m)^\[?(-?\d+)\]?\s*$`)     // 42 or [42]
	typed = regexp.MustCompile(`(?m)=> i32:(-?\d+)\s*$`)     // main() => i32:42
	hex   = regexp.MustCompile(`(?m)^(0x[0-9a-f]+):i32\s*$`) // 0x2a:i32
	named = regexp.MustCompile(`(?m)^Result: (-?\d+)\s*$`)   // Result: 42
)

// Commands is the table; everything that enumerates commands derives from it.
var Commands = []Command{
	{"wasmtime-cli", "wasmtime", []string{"--version"}, func(file, export string) []string {
		return []string{"run", "--invoke", export, file}
	}, plain},
	{"wasmer-cli", "wasmer", []string{"--version"}, func(file, export string) []string {
		return []string{"run", "--invoke", export, file}
	}, plain},
	{"iwasm-cli", "iwasm", []string{"--version"}, func(file, export string) []string {
		return []string{"-f", export, file}
	}, hex},
	{"wasmedge-cli", "wasmedge", []string{"--version"}, func(file, export string) []string {
		return []string{"--reactor", file, export}
	}, plain},
	{"wasm3-cli", "wasm3", []string{"--version"}, func(file, export string) []string {
		return []string{"--func", export, file}
	}, named},
	{"wasmi-cli", "wasmi_cli", []string{"--version"}, func(file, export string) []string {
		return []string{"--invoke", export, file}
	}, plain},
	{"node-cli", "node", []string{"--version"}, func(file, export string) []string {
		return []string{"--no-warnings", "-e", nodeScript, file, export}
	}, plain},
	// The name of the export cannot be given in the versions that distributions have.
	{"wasm-interp-cli", "wasm-interp", []string{"--version"}, func(file, _ string) []string {
		return []string{"--run-all-exports", file}
	}, typed},
}

// nodeScript is run with the file and the export as its arguments.
const nodeScript = `const [file, name] = process.argv.slice(1);
const module = new WebAssembly.Module(require("fs").readFileSync(file));
console.log(new WebAssembly.Instance(module, {}).exports[name]());`
