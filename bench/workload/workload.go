// Package workload is the list of what the benchmarks measure.
//
// A workload is a module with an exported function from one number to one number, and the same computation in Go, so that
// no figure is printed for a wrong result.
package workload

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
)

// Suite is workloads that are measured and shown together.
type Suite struct {
	Name      string // as on the command line: lower case, without spaces, unique
	Doc       string // one line
	Workloads []Workload
	// Rounds is how often all is measured unless somebody says otherwise; 0 leaves it to the command.
	Rounds int
	// Wall measures the time that passes, as a guest sees it, rather than the processor time of the thread that calls: engines that
	// hand work to other threads show what that costs.
	Wall bool
	// Overhead names the workload whose time is subtracted from that of the others that make hostcalls; empty is none.
	Overhead string
	// Baseline is the column that ratios are to, if it was measured.
	Baseline string
	// Apart gives engines that are commands tables of their own: what they do for a hostcall is not what the same engines do through their
	// bindings, or their time is that of the whole process.
	Apart bool
	// Only names the engines that the suite is about; nil is all but those that are touchstone in a state of its own making.
	Only []string
	// ByName means that the suite is measured only if it is asked for: it takes long, or needs what not everybody has.
	ByName bool
	// Selected are the workloads that are measured if nobody asks for the suite; nil is all of them.
	Selected []string
}

// Unasked reports whether a workload is measured if nobody asks for anything.
func (s *Suite) Unasked(name string) bool {
	return !s.ByName && (s.Selected == nil || slices.Contains(s.Selected, name))
}

// Takes reports whether the suite is about an engine.
func (s *Suite) Takes(engine string) bool {
	if s.Only != nil {
		return slices.Contains(s.Only, engine)
	}
	return engine != touchstone.Traced
}

// Workload is one thing to measure.
type Workload struct {
	// Name is what tables show: lower case, without spaces, unique in its suite.
	Name string
	// Doc says in one line what is computed and what it stresses.
	Doc string
	// Module returns the module in the binary format. It exports [Export], of the type (i32) -> (i32).
	Module func() []byte
	// Arg is the argument that makes one call worth measuring: milliseconds on a good interpreter.
	Arg uint32
	// Small is an argument that ends in microseconds, for a look at whether all works.
	Small uint32
	// Reference computes in Go what the module's function returns.
	Reference func(arg uint32) uint32

	// Title is the name in LMbench's form, or empty.
	Title string
	// Bytes is what a turn moves, if it is bandwidth that counts.
	Bytes int

	// Program makes a kernel that is a program, in place of Module, Arg and Reference: it may take long, and fail, most often by a
	// [*Skipped]. Engines must agree on what the program does. It may keep files in a directory, which does not exist yet.
	Program func(ctx context.Context, dir string) (*timing.Kernel, error)
	// Explain says what a wrong result means; nil leaves it at the numbers.
	Explain func(got uint32) string

	// Scalar puts the workload into the geometric mean.
	Scalar bool
	// Host says that the module imports the function of the host that package timing describes.
	Host bool
	// Raw says that the module makes hostcalls in a directory of a [World], and names what programs without a guest do in
	// its place.
	Raw string
	// Peer says that the module has a [timing.Peer], too, and Accepts that it accepts connections of it in place of making them.
	Peer, Accepts bool
	// Step is what is timed in place of calls.
	Step timing.Step
	// Rate shows how often a second, too.
	Rate bool
	// PerTurn shows the time of one of the Arg turns of the guest's loop instead of that of a call.
	PerTurn bool
}

// Export is the function that modules of workloads export.
const Export = "run"

// Skipped is why a workload cannot be measured on any engine: what to install or to give.
type Skipped struct{ Reason string }

// Error returns the reason.
func (e *Skipped) Error() string { return "skipped: " + e.Reason }

// Kernel returns what an engine is asked to time. world is for those with hostcalls; a program works in a directory below its own.
func (w *Workload) Kernel(ctx context.Context, world *World) (*timing.Kernel, error) {
	if w.Program != nil {
		k, err := w.Program(ctx, filepath.Join(world.Dir, "made-"+w.Name))
		if err == nil {
			k.Dir = filepath.Join(world.Dir, "program")
		}
		return k, err
	}
	k := &timing.Kernel{Module: w.Module(), Export: Export, Host: w.Host, Raw: w.Raw}
	if w.Raw != "" {
		k.Dir = world.Dir
	}
	if w.Peer {
		k.Peer, k.Accepts = world.Peer.Addr(), w.Accepts
	}
	return k, nil
}

// Sources says where suites take what this project does not have: directories and files of the user's; empty is nowhere.
type Sources struct {
	Speedtest1 string // SQLite's speedtest1.c
	SPEC       string // an installed SPEC CPU
	SPECSize   string // of the input: test or train
	PolyBench  string
	CoreMark   string
	LMbench    string
	Replayed   *timing.Kernel // a program whose hostcalls are replayed; nil is none
	Emit       string         // a directory that gets the modules of replays
	Ancestors  string         // where to fetch free ancestors of SPEC's programs from; empty is not at all
}

// Suites returns the suites in the order in which they are measured. To add one, add its file and its line here.
func Suites(from Sources) []Suite {
	return []Suite{kernels(), hostcalls(), lmbench(from), startup(), monitor(), sqlite(from), spec(from), replays(from)}
}
