package oracle

import (
	"github.com/touchstone-wasm/touchstone/generators/code"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/generators/matrix"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// The functions below return what an input of a target stands for: a module in the binary format or, of hostcalls, a sequence as text.

// ExecuteModule returns the module of [Execute].
func ExecuteModule(tape []byte) []byte {
	return wasm.Encode(module.Generate(tape, executeOptions(tape)))
}

// DifferentialModule returns the module of [Wazero.Differential].
func DifferentialModule(tape []byte) []byte {
	return wasm.Encode(module.Generate(tape, optionsFor(tape)))
}

// InstructionModule returns the module of [Instruction].
func InstructionModule(data []byte) []byte { return wasm.Encode(matrix.Module(data, matrix.Options{})) }

// CodeModule returns the module of [Code].
func CodeModule(data []byte) []byte { return wasm.Encode(code.Module(data)) }

// HostcallText returns the sequence of [Hostcalls.Run], but for the names of the sandbox's folders and hosts.
func HostcallText(tape []byte) []byte {
	return []byte(hostcall.Format(hostcall.Generate(tape, hostcall.Options{Outside: "/outside"})))
}
