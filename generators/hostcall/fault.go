package hostcall

import "github.com/touchstone-wasm/touchstone/generators/tape"

// Fault is what befalls one of the system calls that a hostcall makes.
type Fault struct {
	Nth  uint8 // system call, from 0; without that many nothing happens
	Kind FaultKind
}

// FaultKind is a kind of fault.
type FaultKind uint8

// The faults. But for Short, the system call is not made and fails.
const (
	Interrupted FaultKind = iota // EINTR: the guest must not see it
	Broken                       // EIO
	Full                         // ENOSPC
	Exhausted                    // EMFILE
	Again                        // EAGAIN
	Short                        // a read or write moves one byte at most
)

// faultWords are the words for faults in the text form.
var faultWords = [...]string{Interrupted: "EINTR", Broken: "EIO", Full: "ENOSPC", Exhausted: "EMFILE", Again: "EAGAIN", Short: "short"}

// String returns the word for the fault in the text form.
func (k FaultKind) String() string { return faultWords[k] }

// fault reads whether something befalls the call, and what; mostly nothing does, and nothing if the frame is at its end.
func (g *generator) fault() *Fault {
	if !g.t.Chance(12) {
		return nil
	}
	return &Fault{Nth: g.t.Byte() % 8 / 2, Kind: tape.Pick(g.t, []FaultKind{Broken, Interrupted, Short, Full, Exhausted, Again, Short})}
}
