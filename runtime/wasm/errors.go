package wasm

import "fmt"

// MalformedError says that bytes are not a module in the binary format (specification chapter 5).
type MalformedError struct {
	Offset int    // of the offending byte in the module
	Msg    string // in the words of the specification's tests where it has them
}

// Error returns the message with the offset.
func (e *MalformedError) Error() string {
	return fmt.Sprintf("malformed module at offset %#x: %s", e.Offset, e.Msg)
}

// InvalidError says that a well-formed module breaks a rule of validation (specification chapter 3).
type InvalidError struct {
	Func   int    // index of the function, imports counted; -1 outside function bodies
	Op     Op     // the instruction, if Func >= 0 or the error is in a constant expression
	Offset int    // of the offending instruction or item in the module; 0 for a module that was built
	Msg    string // in the words of the specification's tests where it has them
}

// Error returns the message with the place.
func (e *InvalidError) Error() string {
	if e.Func < 0 {
		return fmt.Sprintf("invalid module at offset %#x: %s", e.Offset, e.Msg)
	}
	return fmt.Sprintf("invalid module: function %d at offset %#x (%s): %s", e.Func, e.Offset, e.Op, e.Msg)
}

// LimitError says that a module exceeds a limit: one of [ModuleLimits], or one of this implementation that is not to be set
// (specification appendix A.2 allows such limits). It says nothing about the module's validity.
type LimitError struct {
	What   string // for example "locals of function 3"
	Got    uint64
	Max    uint64
	Offset int

	// Setting is the name of the [Limit] that can be raised so that the module passes; empty if there is none.
	Setting string
}

// Error returns what is exceeded, by how much and where, and which limit sets the bound.
func (e *LimitError) Error() string {
	msg := fmt.Sprintf("implementation limit at offset %#x: %s: %d, at most %d", e.Offset, e.What, e.Got, e.Max)
	if e.Setting != "" {
		msg += " by the limit " + e.Setting
	}
	return msg
}

// The highest values of limits that cannot be raised.
const (
	MaxLocals      = 50000 // of one function, parameters included
	MaxParams      = 1000  // of one function type
	MaxResults     = 1000  // of one function type
	MaxStackHeight = 15000 // operands of one function at one time; with MaxLocals it fits a 16-bit slot number
)
