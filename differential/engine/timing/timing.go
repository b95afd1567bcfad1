// Package timing times modules on engines: what is asked of an engine that is timed, and how the time is taken.
//
// A [Timer] is the side of whoever compares engines: an engine in a worker process or a command. A [Subject] is the engine
// itself, behind the same few calls whatever binding it has; a [Session] times a Subject in its own process, so that neither the
// pipe to a worker nor another engine is in the figure.
package timing

import (
	"context"
	"net/netip"
	"time"
)

// Kernel is a module to be timed.
type Kernel struct {
	Module []byte // in the binary format
	Export string // the function to call, of the type (i32) -> (i32); of a program [Start], of the type () -> ()
	// Host says that the module imports [HostFunc] as the function HostName of the module HostModule, and nothing else; without
	// it and without Dir the module imports nothing.
	Host bool
	// Dir, if it is not empty, is a directory of the host: the module imports preview 1, and finds the directory preopened,
	// writable, under the name ".". The engine offers the module its own WASI.
	Dir string
	// Peer, if it is valid, is where the [Peer] of all guests is. [PeerFile] in Dir has its port.
	Peer netip.AddrPort
	// Accepts says that the module finds a socket that listens, behind its directory, to which the peer connects; else it connects itself.
	Accepts bool
	// Listen is where that socket listens. Whoever prepares the kernel sets it, as [Visit] says.
	Listen netip.AddrPort
	// Raw names what programs without a guest do in the module's place: the system calls that the hostcalls in it stand for.
	Raw string
	// Calls returns the hostcalls that the module makes, if it is a replay. Only Made reaches workers: those that have it make these calls
	// in the module's place.
	Calls func() []MadeCall
	Made  []MadeCall
	// Program, if it is not nil, says that the module is a program, which is called once in each of its instances; Dir is then made anew
	// for each call.
	Program *Program
}

// Inapplicable is the error of preparing a kernel that is not meant for such an engine. There is nothing to fix about it, so
// that tables leave the engine out.
type Inapplicable struct{ Reason string }

// Error returns the reason.
func (e *Inapplicable) Error() string { return e.Reason }

// What a kernel with a Dir finds there: a file, and the same below further directories, each of FileSize bytes; the name of a file that
// is not there, which it may make if it removes it; the sizes in which it reads and writes, and asks for random bytes; and how many
// descriptors it waits for.
const (
	File        = "file"
	DeepFile    = "a/b/c/file"
	NewFile     = "new"
	FileSize    = 1 << 20
	FileBlock   = 64
	BigBlock    = 64 << 10
	RandomBlock = 16
	PollFiles   = 10
)

// PeerFile is a file in Dir that says where the [Peer] is: its port, four bytes in little-endian order.
const PeerFile = "peer"

// The names under which a kernel imports [HostFunc], whose type is (i32, i32) -> (i32).
const (
	HostModule = "host"
	HostName   = "mix"
)

// HostFunc is the host function that kernels may import. It does next to nothing, so that the call is what costs.
func HostFunc(a, b uint32) uint32 { return a + b }

// Batch is a number of calls that are timed together.
type Batch struct {
	Arg   uint32
	Calls int
	Step  Step // what is timed in place of calls; the zero value is calls
	// Inside makes touchstone take the time of each hostcall of a program, too, which makes the program slower. Other engines cannot.
	Inside bool
}

// Sample is what one batch took and what it computed.
type Sample struct {
	Result uint32
	// Digest is the SHA-256 of what a program did: its status, its output and the files that it left.
	Digest string
	// Figure is what a program says that it measured, in nanoseconds, all calls together.
	Figure float64
	// Bytes is what all instances together take of resident memory, if that was asked for.
	Bytes uint64
	// Hostcalls is what was asked for by Batch.Inside.
	Hostcalls []Hostcall
	// CPU is the processor time of all calls together: that of the calling thread, but for fresh batches that of the process,
	// since garbage collectors and compilers may work on other threads.
	CPU time.Duration
	// Wall is the time that passed meanwhile.
	Wall time.Duration
}

// Timer is an engine that can be timed. It is for one goroutine at a time.
//
// An error of Prepare or Time is that of ctx, if ctx has ended, or says why the engine cannot run the kernel; other
// kernels may still be prepared.
type Timer interface {
	// Name is the engine's name as in the list of engines.
	Name() string
	// Version is what the engine says of itself.
	Version() string
	// Resolution is the processor time that a batch should take at least, so that the clock's grain does not matter.
	Resolution() time.Duration
	// Prepare compiles and instantiates a kernel; it replaces the one before.
	Prepare(ctx context.Context, k *Kernel) error
	// Time times a batch of calls of the kernel.
	Time(ctx context.Context, b Batch) (Sample, error)
	// Close ends the engine.
	Close() error
}

// MaxTime bounds the wall-clock time of one Prepare or one batch.
const MaxTime = 2 * time.Minute
