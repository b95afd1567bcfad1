// Package hostcall generates sequences of WASI hostcalls from bytes, derived from the table of hostcalls.
//
// Each frame of a tape is one call with everything that it needs in memory, so that calls can come, go and change without
// disturbing the others. What connects them is the descriptors: an argument of kind fd names one of those that the
// sequence has by then, and calls that open one add to them.
package hostcall

import (
	"net/netip"

	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// MemorySize is the size in bytes of the memory that calls are made for.
const MemorySize = 2 * 65536

// Options says what sequences to generate.
type Options struct {
	// Only names a hostcall that more than half of the calls are of; the others can set the scene. Empty means all.
	Only string
	// Outside is an absolute path on the host that no guest may reach; some paths lead there.
	Outside string
	// Hosts are addresses that are tried too: those at the edges of the rules for the network.
	Hosts []netip.Addr
}

// Call is one hostcall with its arguments.
type Call struct {
	Row *wasi.Hostcall
	// Args has one element for each core parameter.
	Args []Arg
	// Writes are to be made in memory before the call.
	Writes []Write
	// Out are the places that the call may write to, those of iovecs included.
	Out []Region
	// Capacity is the number of bytes that the call's buffers hold together; 0 if it has none.
	Capacity uint64
	// Before is what the host does before the call.
	Before []Action
	// Fault is what befalls one of the call's system calls; nil for nothing.
	Fault *Fault
}

// Overlaps reports whether the call may write more than one thing to the n bytes at addr.
func (c *Call) Overlaps(addr, n uint64) bool {
	things := 0
	for _, r := range c.Out {
		if addr < r.Addr+r.Len && r.Addr < addr+n {
			things++
		}
	}
	return things > 1
}

// Arg is an argument: a number, or one of the descriptors that the sequence has by then.
type Arg struct {
	Value uint64
	From  Resource // if not Number, Value is an index into these descriptors, modulo their number
}

// Resource says which descriptors an argument is one of.
type Resource uint8

// The resources.
const (
	Number   Resource = iota
	AnyFD             // whatever the sequence had
	DirFD             // the preopened directories
	OpenFD            // what the sequence opened itself
	SocketFD          // the listener, and the sockets that the sequence made
	LastFD            // the last one that the sequence got, or was given
	PeerPort          // no descriptor: the ports that something can be done with
)

// Write is something to put into memory.
type Write struct {
	Addr uint32
	Data []byte
}

// Region is a part of the memory; it may reach beyond the end.
type Region struct {
	Addr, Len uint64
}

// rows are the hostcalls to choose from: each unsupported one once, the others several times.
var rows = func() (list []*wasi.Hostcall) {
	for row := range wasi.Hostcalls() {
		times := 4
		switch {
		case row.Support == wasi.Unsupported, len(row.Type().Results) == 0:
			times = 1
		case row.Name == "path_open":
			times = 12
		}
		for range times {
			list = append(list, row)
		}
	}
	return list
}()

// byName has the row of each [wasi.Hostcall.ID], and the first row of each name.
var byName = func() map[string]*wasi.Hostcall {
	index := map[string]*wasi.Hostcall{}
	for row := range wasi.Hostcalls() {
		index[row.ID()] = row
		if index[row.Name] == nil {
			index[row.Name] = row
		}
	}
	return index
}()

// Find returns the row of a hostcall by its [wasi.Hostcall.ID], or the first of the name, or nil.
func Find(name string) *wasi.Hostcall { return byName[name] }

// OnSockets reports whether a hostcall is for the network only: reading and writing are not.
func OnSockets(row *wasi.Hostcall) bool {
	return row.FromNet && !row.FromHost || takes(row, wasi.HostName)
}
