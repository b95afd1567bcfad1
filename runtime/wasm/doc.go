// Package wasm knows the WebAssembly binary format: its types, its instructions and its modules.
// It decodes, encodes and validates, and executes nothing.
//
// The package follows the WebAssembly 2.0 core specification, chapters 2 (structure), 3 (validation) and
// 5 (binary format), and the proposals tail-call and extended-const.
//
// The one place where an instruction is described is the table in opcode.go and opcode_simd.go. The decoder, the validator, the
// disassembler, the register code, the interpreter loop and the module generator all derive from its rows.
package wasm
