package isa

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// Width returns how many slots a value of type t takes: two for a v128, the low half first, else one.
func Width(t wasm.ValType) int {
	if t == wasm.V128 {
		return 2
	}
	return 1
}

// Slots returns how many slots values of the types take together.
func Slots(ts []wasm.ValType) int {
	n := 0
	for _, t := range ts {
		n += Width(t)
	}
	return n
}
