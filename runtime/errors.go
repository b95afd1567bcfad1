package runtime

import (
	"fmt"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TrapCode is a class of trap; see [wasm.TrapCode].
type TrapCode = wasm.TrapCode

// The trap classes, for errors.Is.
const (
	Unreachable          = wasm.Unreachable
	DivideByZero         = wasm.DivideByZero
	IntegerOverflow      = wasm.IntegerOverflow
	InvalidConversion    = wasm.InvalidConversion
	MemoryOutOfBounds    = wasm.MemoryOutOfBounds
	TableOutOfBounds     = wasm.TableOutOfBounds
	UndefinedElement     = wasm.UndefinedElement
	UninitializedElement = wasm.UninitializedElement
	SignatureMismatch    = wasm.SignatureMismatch
	StackExhausted       = wasm.StackExhausted
	FuelExhausted        = wasm.FuelExhausted
	Interrupted          = wasm.Interrupted
)

// Frame is one call that was in progress when the guest ended.
type Frame struct {
	Func   uint32 // function index in its module
	Name   string // from the name section, else an export's name, else empty
	Offset int    // of the instruction in the module's bytes
}

// String returns the frame as "function 3 <name> at offset 0x41".
func (f Frame) String() string {
	if f.Name == "" {
		return fmt.Sprintf("function %d at offset %#x", f.Func, f.Offset)
	}
	return fmt.Sprintf("function %d <%s> at offset %#x", f.Func, f.Name, f.Offset)
}

// Trap is the abnormal end of a guest. errors.Is(err, DivideByZero) and the like work on it.
type Trap struct {
	Code   TrapCode
	Cause  error   // what the context said, if Code is Interrupted
	Frames []Frame // innermost first, at most 64
}

// Error returns the class and the innermost frame.
func (t *Trap) Error() string {
	msg := "trap: " + t.Code.Error()
	if t.Cause != nil {
		msg += " (" + t.Cause.Error() + ")"
	}
	return msg + at(t.Frames)
}

// Unwrap returns the class and, if there is one, the cause.
func (t *Trap) Unwrap() []error {
	if t.Cause == nil {
		return []error{t.Code}
	}
	return []error{t.Code, t.Cause}
}

// HostError is the end of a guest by an error that a host function returned.
type HostError struct {
	Module, Name string  // the import through which the guest called
	Err          error   // what the host function returned
	Frames       []Frame // innermost first, at most 64; the first is the caller of the host function
}

// Error returns the host's error with the import and the innermost frame.
func (e *HostError) Error() string {
	return fmt.Sprintf("%s.%s: %v%s", e.Module, e.Name, e.Err, at(e.Frames))
}

// Unwrap returns the host's error.
func (e *HostError) Unwrap() error { return e.Err }

func at(frames []Frame) string {
	if len(frames) == 0 {
		return ""
	}
	return " in " + frames[0].String()
}

// Stack returns the frames as text, one a line.
func Stack(frames []Frame) string {
	var b strings.Builder
	for i, f := range frames {
		fmt.Fprintf(&b, "%4d: %s\n", i, f)
	}
	return b.String()
}

// ExitError says that the guest asked to end with an exit status. Host functions return it.
type ExitError struct {
	Code uint32
}

// Error returns the status.
func (e *ExitError) Error() string { return fmt.Sprintf("exit status %d", e.Code) }

// LinkError says that a module cannot be instantiated because an import does not resolve (the specification's word is
// unlinkable).
type LinkError struct {
	Module, Name string
	Msg          string // in the words of the specification's tests: "unknown import", "incompatible import type"
	Detail       string // what was found and what was wanted; may be empty
}

// Error returns the import and what is wrong with it.
func (e *LinkError) Error() string {
	msg := fmt.Sprintf("unlinkable: import %q %q: %s", e.Module, e.Name, e.Msg)
	if e.Detail != "" {
		msg += ": " + e.Detail
	}
	return msg
}

// LimitError says that an instantiation would exceed a limit of [Config].
type LimitError struct {
	What    string
	Got     uint64
	Max     uint64
	Setting string // the field of Config that sets the limit
}

// Error returns what is exceeded and by how much, and the setting.
func (e *LimitError) Error() string {
	return fmt.Sprintf("limit of the configuration: %s: %d, at most %d by %s", e.What, e.Got, e.Max, e.Setting)
}
