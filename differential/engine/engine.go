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
	// Run runs one job. Whatever the module does is in the Result, crashes and hangs of the engine included. An error
	// is that of [Job.Check], that of ctx if ctx ends before the job, or means that the engine cannot be used any more.
	Run(ctx context.Context, job *Job) (*Result, error)
	// Close ends the engine's process, if it has one.
	Close() error
}

// Batcher is an Engine that takes several jobs at once, so that it does not wait for its driver between two of them.
type Batcher interface {
	Engine
	// RunBatch runs jobs in their order, as Run does, and calls done with the index and the result of each as soon as it is there. A crash or a
	// hang is the result of the job that caused it; those after it are run all the same. After an error, jobs without a result
	// have none.
	RunBatch(ctx context.Context, jobs []*Job, done func(i int, r *Result)) error
}

// Features is the set of proposals beyond WebAssembly 2.0 that an engine supports, and what it lacks of 2.0.
type Features struct {
	SIMD          bool // fixed-width SIMD, part of 2.0
	TailCall      bool
	ExtendedConst bool
	WASI          bool
	// Tables tells whether the contents of exported tables can be read.
	Tables bool
	// ReadOnlyDirs tells whether [Dir.ReadOnly] is enforced. An engine without it runs the job with a writable directory.
	ReadOnlyDirs bool
	// FirstDir is the guest's descriptor of the first of [WASI.Dirs], if it is not the usual 3; else 0.
	FirstDir int
	// Interrupt tells whether the engine can end an endless guest by itself. Without it the process is killed, and
	// what the guest did before is lost.
	Interrupt bool
	// Merged lists the traps that the engine reports alike; see [Merge].
	Merged [][]wasm.TrapCode
}

// Partition returns which traps the engine tells apart.
func (f Features) Partition() Partition { return Merge(f.Merged...) }

// Job is what to do with one module. The module is instantiated, then the calls are made in order until one ends the guest.
type Job struct {
	Module []byte
	// Calls are the exports to call. Nil means: every exported function, in the order of the exports; first those without parameters, then the
	// others with arguments of several kinds, as long as there is time. Those that take or return vectors are left out.
	Calls []Call
	// WASI, if set, offers the engine's own WASI preview 1 to the module and calls _start (of a command) or
	// _initialize (of a reactor) first, if it is exported. With nil Calls a command gets no further calls.
	WASI *WASI
	// Memories keeps the bytes of exported memories of up to [MaxKept] bytes, see [NamedMemory].
	Memories bool
	// Snapshots keeps the memory behind each call and at each call of a host function, see [CallResult.Memory] and [HostCall.Memory]. Commands
	// cannot.
	Snapshots bool
	// Timeout bounds the whole job in wall-clock time; 0 means [DefaultTimeout].
	Timeout time.Duration
	// MaxMemory bounds each memory in bytes, rounded down to pages; 0 means [DefaultMaxMemory]. Growth beyond it
	// fails with -1 on every engine; a module that asks for more at its start ends at StageLimit.
	MaxMemory uint64
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
	StageStart      Stage = "start"      // instantiation trapped; if it ended otherwise, Trap is NoTrap and Calls has the one entry that says how
	StageRun        Stage = "run"        // instantiated; the calls were made
	StageCrash      Stage = "crash"      // the engine's process died, or its Go code panicked
	StageHang       Stage = "hang"       // the job did not end in time; it was interrupted or the process was killed

	// StageCompiled means that the engine accepted a module which our own decoder or validator refuses: nothing is
	// run, because nothing is known of its imports and exports. It differs from StageRejected and from nothing else.
	StageCompiled Stage = "compiled"
	// StageLimit means that a bound of the engine or of the job was met. It says nothing about the module.
	StageLimit Stage = "limit"
	// StageUnsupported means that the engine's Go binding has no way to do the job. It says nothing about the module.
	StageUnsupported Stage = "unsupported"
)

// Inconclusive reports whether a job that ended at s says nothing about the module, so that it must not be compared.
func (s Stage) Inconclusive() bool { return s == StageLimit || s == StageUnsupported }

// Outcome says how one call ended.
type Outcome string

// The outcomes.
const (
	Returned Outcome = "returned"
	Trapped  Outcome = "trapped"
	Exited   Outcome = "exited" // proc_exit
	Failed   Outcome = "failed" // anything else: an error of the engine or of its host functions

	// Limited and Unsupported are for calls what StageLimit and StageUnsupported are for jobs. From such a call on, the
	// guest's state says nothing.
	Limited     Outcome = "limit"
	Unsupported Outcome = "unsupported"
)

// Inconclusive reports whether nothing can be concluded from a call that ended with o and from what comes after it.
func (o Outcome) Inconclusive() bool { return o == Limited || o == Unsupported }

// CallResult is what one call did.
type CallResult struct {
	Export  string
	Args    []Value
	Outcome Outcome
	Values  []Value
	Trap    wasm.TrapCode // if Trapped
	Exit    uint32        // if Exited
	Message string        // the engine's own words, for people; never compared
	// Memory is what the first exported memory holds after the call, if [Job.Snapshots] asks for it.
	Memory []byte
}

// HostCall is a call that the guest made of an imported host function.
type HostCall struct {
	Module, Name string
	Args         []Value
	// Memory is what the first exported memory holds, if [Job.Snapshots] asks for it and the module is instantiated.
	Memory []byte
}

// Result is everything that was observed.
type Result struct {
	Stage     Stage
	Trap      wasm.TrapCode // if StageStart
	Message   string        // the engine's own words, for people; never compared
	Calls     []CallResult
	HostCalls []HostCall // the first [MaxHostCalls] calls of host functions; see HostResult
	// HostCallTotal counts all of them.
	HostCallTotal uint64
	// The final state of what is exported, in the order of the exports. It is empty unless Stage is StageRun.
	// Unseen means that it could not be read at all, because a trap ended the engine's process.
	Unseen   bool
	Globals  []NamedGlobal
	Tables   []NamedTable
	Memories []NamedMemory
	// Stdout and Stderr are what the WASI guest wrote, at most [MaxOutput] bytes each; the rest is dropped.
	Stdout  []byte
	Stderr  []byte
	Elapsed time.Duration // in the engine, without the pipe
}

// NamedGlobal is the final value of an exported global.
// Readable is false if the engine's binding cannot read it.
type NamedGlobal struct {
	Name     string
	Readable bool
	Value    Value
}

// NamedTable is the final null-map of an exported table: NonNull has one byte an element, 1 for a reference.
// Readable is false if the engine has no way to read tables.
type NamedTable struct {
	Name     string
	Readable bool
	Len      uint64
	NonNull  []byte
}

// NamedMemory is the final state of an exported memory: its size and the SHA-256 of its bytes, and the bytes if [Job.Memories] asks for them.
type NamedMemory struct {
	Name  string
	Pages uint64
	Hash  [32]byte
	Data  []byte
}
