package engine

import (
	"context"
	"errors"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Guest is what an adapter implements: one module on one engine. [Drive] calls the methods in the order in which they stand
// here, Call any number of times, and decides everything else, so that no adapter has its own idea of what a job is.
//
// Errors of Compile and Instantiate and Call that are of type *End or *LinkError say what happened; any other error of
// Compile means that the engine refuses the module, and any other error of Instantiate and Call an outcome of [Failed].
type Guest interface {
	// Lacks tells what the rewriter must add to modules for this engine.
	Lacks() Lacks
	// Check compiles or validates a module, and keeps nothing. It is only called if Compile will get other bytes.
	Check(module []byte) error
	// Compile compiles the module to run.
	Compile(module []byte) error
	// Instantiate links and instantiates what was compiled.
	Instantiate(ctx context.Context, s *Setup) error
	// Call calls an exported function of type t with arguments of its types.
	Call(ctx context.Context, export string, t wasm.FuncType, args []Value) ([]Value, error)
	// Global returns the value of an exported global.
	Global(export string, t wasm.GlobalType) (Value, error)
	// Table returns the length of an exported table, and whether an element is a reference.
	Table(export string) (length uint64, nonNull func(i uint64) (bool, error), err error)
	// Memory returns the bytes of an exported memory, valid until Close.
	Memory(export string) ([]byte, error)
	// Output returns what a WASI guest wrote.
	Output() (stdout, stderr []byte, err error)
	// Close releases everything; it can be called at any time.
	Close()
}

// Lacks is what an engine's binding cannot do, and the rewriter can make up for. The rewriter only appends to a module, so that what
// is in it keeps its index; what the module does is the same.
type Lacks struct {
	// Limits: memories and tables cannot be bounded from outside; the maxima of the module are lowered instead.
	Limits bool
	// Tables: tables cannot be read; functions that read them are exported.
	Tables bool
	// ExternSegments: the engine refuses element segments of externref; most can be left out without a difference.
	ExternSegments bool
	// Refs: references cannot be read as results and globals, nor go to host functions; functions that turn them into
	// integers are exported, and put in front of imports.
	Refs bool
	// Vectors: the binding cannot stand a vector in the type of an export; such exports are left out, and functions called in another way.
	Vectors bool
}

// HostFunc is [HostResult] with the import fixed and the call logged.
type HostFunc func(args []Value) []Value

// Setup is what a guest is instantiated with.
type Setup struct {
	// Module is the decoded form of what was compiled.
	Module *wasm.Module
	// Types has the type of every function by index, imports first.
	Types []wasm.FuncType
	// Host returns the function behind an import outside WASI. Under one name there is one function.
	Host func(module, name string) HostFunc
	WASI *WASI
	// MaxMemory is in bytes, a multiple of the page size.
	MaxMemory uint64
}

// End says how a guest ended other than by returning.
type End struct {
	Outcome Outcome
	Trap    wasm.TrapCode // if Trapped
	Exit    uint32        // if Exited
	Message string        // the engine's own words
}

// Error returns the outcome with the engine's words.
func (e *End) Error() string { return string(e.Outcome) + ": " + e.Message }

// TrapEnd returns the End of a trap.
func TrapEnd(code wasm.TrapCode, message string) *End {
	return &End{Outcome: Trapped, Trap: code, Message: message}
}

// ExitStatus returns the status that a guest ended with, if err says that it called proc_exit, and else err.
func ExitStatus(err error) (uint32, error) {
	var end *End
	if errors.As(err, &end) && end.Outcome == Exited {
		return end.Exit, nil
	}
	return 0, err
}

// LinkError says that an engine found an import without a definition, or with one of another type.
type LinkError struct{ Message string }

// Error returns the engine's words.
func (e *LinkError) Error() string { return "unlinkable: " + e.Message }

// Output is what a guest wrote to one stream: it keeps the first [MaxOutput] bytes and swallows the rest.
type Output struct{ data []byte }

// Write implements io.Writer; it takes everything.
func (o *Output) Write(p []byte) (int, error) {
	o.data = append(o.data, p[:min(len(p), MaxOutput-len(o.data))]...)
	return len(p), nil
}

// Bytes returns what was kept.
func (o *Output) Bytes() []byte { return o.data }
