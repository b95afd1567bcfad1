package sandbox

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// Config is what is left to the process.
type Config struct {
	// Dirs are the trees in which files may still be opened. What is open already stays open.
	Dirs []Dir
	// Network lets the calls in that make and use IPv4 and IPv6 sockets.
	Network bool
	// Descriptors bounds the open descriptors of the process, those that are open now and the Go runtime's included.
	Descriptors uint64
	// AddressSpace bounds the address space of the process in bytes. The Go runtime reserves about 1 GiB that it does not use.
	AddressSpace uint64
}

// Dir is a tree that was granted.
type Dir struct {
	FD     int // a descriptor of its root
	Access policy.Access
}

// Gap is a layer, or a part of one, that the host could not give.
type Gap struct {
	Layer  string // for example "Landlock"
	Reason string
}

// String returns the layer and the reason.
func (g Gap) String() string { return g.Layer + ": " + g.Reason }

// Enter takes from the process, from all its threads and for good, what cfg does not leave it, and closes the descriptors that the
// process was started with, but for the standard streams. It returns what the host could not
// give; the rest holds all the same.
func Enter(cfg *Config) []Gap {
	if raceDetector {
		return []Gap{{"the sandbox", "this program was built with the race detector, which needs more than it allows"}}
	}
	return slices.Concat(closeInherited(), limit(cfg), confine(cfg))
}
