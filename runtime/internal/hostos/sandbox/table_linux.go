package sandbox

import (
	"iter"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// Phase says when a system call is made, which decides whether the filter lets it in.
type Phase uint8

// The phases.
const (
	Inside  Phase = iota // while the guest runs
	Network              // while a guest runs that was granted a network
	Setup                // before the sandbox is entered, and not any more after
	Refused              // tried by the Go runtime, and answered with an errno
)

// String returns the phase as the manual shows it.
func (p Phase) String() string {
	return [...]string{"always", "with -net", "before the guest", "refused"}[p]
}

// Call is one row of the table: a system call that the process of a guest makes.
type Call struct {
	Name   string // as in the manual of Linux
	Number uintptr
	Phase  Phase
	// From are the hostcalls that reach it, by name or by a pattern with *.
	From []string
	// Runtime says what the Go runtime needs it for, if it does.
	Runtime string
	// Guard is what is checked before the call, so that a guest cannot misuse it.
	Guard string
	// Effects are those that the monitor checks before it.
	Effects policy.OpSet
	// Impact is what a guest could do if the guard failed.
	Impact string
	// Containment is what would hold it then, besides that other system calls are filtered.
	Containment string
	// Only restricts the call by an argument; nil does not.
	Only *Only
	// Refusal is the errno of a Refused call.
	Refusal unix.Errno
}

// Only allows a call for some values of one argument.
type Only struct {
	Arg     int    // from 0
	Mask    uint32 // of the bits that count; 0 is all 32
	Values  []uint32
	Self    bool       // the one value is the number of this process
	Refusal unix.Errno // the answer to other values; 0 ends the process
	Doc     string     // for the manual, such as "cmd is F_GETFL or F_SETFL"
}

// Calls returns the rows of the table.
func Calls() iter.Seq[*Call] {
	return func(yield func(*Call) bool) {
		for i := range calls {
			if !yield(&calls[i]) {
				return
			}
		}
	}
}

// ReachedFrom reports whether the table says that a hostcall makes the call.
func (c *Call) ReachedFrom(hostcall string) bool {
	for _, pattern := range c.From {
		if before, after, star := strings.Cut(pattern, "*"); pattern == hostcall ||
			star && strings.HasPrefix(hostcall, before) && strings.HasSuffix(hostcall, after) {
			return true
		}
	}
	return false
}
