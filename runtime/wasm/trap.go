package wasm

import "fmt"

// TrapCode is a class of abnormal end of an execution, in the words of the specification. It is an error, so that
// errors.Is(err, wasm.DivideByZero) works on whatever wraps it.
type TrapCode uint8

// The classes. The last three are not traps in the specification's sense: it calls them exhaustion or leaves them
// to the embedder.
const (
	NoTrap TrapCode = iota
	Unreachable
	DivideByZero
	IntegerOverflow
	InvalidConversion
	MemoryOutOfBounds
	TableOutOfBounds     // table.get, table.set, table.init, table.copy, table.fill and active element segments
	UndefinedElement     // call_indirect with an index outside the table
	UninitializedElement // call_indirect of a null reference
	SignatureMismatch
	StackExhausted
	FuelExhausted
	Interrupted
	NumTrapCodes int = iota
)

var trapTexts = [...]string{
	NoTrap:               "no trap",
	Unreachable:          "unreachable",
	DivideByZero:         "integer divide by zero",
	IntegerOverflow:      "integer overflow",
	InvalidConversion:    "invalid conversion to integer",
	MemoryOutOfBounds:    "out of bounds memory access",
	TableOutOfBounds:     "out of bounds table access",
	UndefinedElement:     "undefined element",
	UninitializedElement: "uninitialized element",
	SignatureMismatch:    "indirect call type mismatch",
	StackExhausted:       "call stack exhausted",
	FuelExhausted:        "all fuel consumed",
	Interrupted:          "interrupted",
}

// Error returns the text that the specification's tests use for the class.
func (c TrapCode) Error() string {
	if int(c) < len(trapTexts) {
		return trapTexts[c]
	}
	return fmt.Sprintf("trap(%d)", uint8(c))
}
