// Package engine runs a WebAssembly module on one of several runtimes and returns what can be observed of it, in a form
// that is the same for all of them.
//
// Foreign engines run in worker processes, one process an engine: the Go bindings of Wasmtime and Wasmer export the same C
// symbols, so in one binary the one silently serves the calls of the other. A worker proves who it is at its start,
// is killed and started anew when it hangs or crashes, and is recycled after a number of modules.
package engine

import (
	"context"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Engine is one runtime, ready to run modules. An Engine is for one goroutine at a time.
type Engine interface {
	// Name is the engine's name as in the list of engines: "touchstone", "wasmtime", …
	Name() string
	// Version is what the engine says of itself, for example "42.0.0".
	Version() string
	// Features is what the engine supports.
	Features() Features
	// Run runs one job. Whatever the module does is in the Result, crashes and hangs of the engine included; an
	// error means that the engine cannot be used any more.
	Run(ctx context.Context, job *Job) (*Result, error)
	// Close ends the engine's process, if it has one.
	Close() error
}

// Features is the set of proposals beyond WebAssembly 2.0 that an engine supports, and what it lacks of 2.0.
type Features struct {
	SIMD          bool
	TailCall      bool
	ExtendedConst bool
	WASI          bool
	// Tables tells whether the contents of exported tables can be read.
	Tables bool
}

// Job is what to do with one module. The module is instantiated, then the calls are made in order until one ends the guest.
type Job struct {
	Module []byte
	// Calls are the exports to call. Nil means: every exported function without parameters, in the order of the exports.
	Calls []Call
	// WASI, if set, offers the engine's own WASI preview 1 to the module and calls _start if it is exported.
	WASI *WASI
	// Timeout bounds the whole job in wall-clock time; 0 means 10 seconds.
	Timeout time.Duration
}

// Call is one call of an export.
type Call struct {
	Export string
	Args   []Value
}

// Value is a value without identity: a number's bits, zero-extended, or for references 0 for null and 1 for any other.
type Value struct {
	Type wasm.ValType
	Bits uint64
}

// WASI is the world that a WASI program sees.
type WASI struct {
	Args  []string // Args[0] is the program's name
	Env   []string // K=V
	Stdin []byte
	Dirs  []Dir
}

// Dir is a directory of the host that the guest finds preopened.
type Dir struct {
	Host, Guest string
	ReadOnly    bool
}

// Stage says how far a job came.
type Stage string

// The stages.
const (
	StageRejected   Stage = "rejected"   // malformed or invalid: the engine did not compile it
	StageUnlinkable Stage = "unlinkable" // an import does not resolve, or a segment does not fit before 2.0's rules
	StageStart      Stage = "start"      // instantiation trapped
	StageRun        Stage = "run"        // instantiated; the calls were made
	StageCrash      Stage = "crash"      // the engine's process died
	StageHang       Stage = "hang"       // the engine did not answer in time and was killed
)

// Outcome says how one call ended.
type Outcome string

// The outcomes.
const (
	Returned Outcome = "returned"
	Trapped  Outcome = "trapped"
	Exited   Outcome = "exited" // proc_exit
	Failed   Outcome = "failed" // anything else: an error of the engine or of its host functions
)

// CallResult is what one call did.
type CallResult struct {
	Export  string
	Outcome Outcome
	Values  []Value
	Trap    wasm.TrapCode // if Trapped
	Exit    uint32        // if Exited
	Message string        // the engine's own words, for people; never compared
}

// HostCall is a call that the guest made of an imported host function.
type HostCall struct {
	Module, Name string
	Args         []Value
}

// Result is everything that was observed.
type Result struct {
	Stage     Stage
	Trap      wasm.TrapCode // if StageStart
	Message   string        // the engine's own words, for people; never compared
	Calls     []CallResult
	HostCalls []HostCall // calls of the host functions that engines offer to modules without WASI, see HostResult
	Globals   []NamedGlobal
	Tables    []NamedTable
	Memories  []NamedMemory
	Stdout    []byte
	Stderr    []byte
	Elapsed   time.Duration // in the engine, without the pipe
}

// NamedGlobal is the final value of an exported global.
type NamedGlobal struct {
	Name  string
	Value Value
}

// NamedTable is the final null-map of an exported table: NonNull has one byte an element, 1 for a reference.
// Readable is false if the engine has no way to read tables.
type NamedTable struct {
	Name     string
	Readable bool
	Len      uint64
	NonNull  []byte
}

// NamedMemory is the final state of an exported memory: its size and the SHA-256 of its bytes.
type NamedMemory struct {
	Name  string
	Pages uint64
	Hash  [32]byte
}
