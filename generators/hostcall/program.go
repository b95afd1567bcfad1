// Package hostcall generates sequences of WASI hostcalls from bytes, derived from the table of hostcalls.
//
// Each frame of a tape is one call with everything that it needs in memory, so that calls can come, go and change without
// disturbing the others. What connects them is the descriptors: an argument of kind fd names one of those that the
// sequence has by then, and calls that open one add to them.
package hostcall

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/tape"
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
}

// Overlaps reports whether the call may write more than one thing to the number of 32 bits at addr.
func (c *Call) Overlaps(addr uint64) bool {
	n := 0
	for _, r := range c.Out {
		if addr < r.Addr+r.Len && r.Addr < addr+4 {
			n++
		}
	}
	return n > 1
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

// Find returns the row of a hostcall by its [wasi.Hostcall.ID], or the first of the name, or nil.
func Find(name string) (found *wasi.Hostcall) {
	for row := range wasi.Hostcalls() {
		if row.ID() == name {
			return row
		}
		if row.Name == name && found == nil {
			found = row
		}
	}
	return found
}

// open returns a call that opens a file of a preopened directory.
func open(name string, rights wasi.Rights) Call {
	c := Call{Row: Find("path_open"), Writes: []Write{{scratch, []byte(name)}}, Out: []Region{{scratch - 8, 4}}}
	for _, v := range []uint64{0, 1, scratch, uint64(len(name)), 0, uint64(rights), uint64(rights), 0, scratch - 8} {
		c.Args = append(c.Args, Arg{Value: v})
	}
	c.Args[0].From = DirFD
	return c
}

// The types of sockets.
const (
	datagram = 1
	stream   = 2
)

// socket returns a call that opens a socket of a type.
func socket(typ uint64) Call {
	const inet4 = 1
	return Call{Row: Find("sock_open"), Args: []Arg{{Value: inet4}, {Value: typ}, {Value: scratch - 8}}, Out: []Region{{scratch - 8, 4}}}
}

// connect returns a call that connects the third socket of a sequence to the listener.
func connect() Call {
	const third, listener, addr = 3, 0, scratch + 8 // among the sockets, the first of which is the listener, and the ports
	record := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, addr), 4)
	return Call{Row: Find("sock_connect"), Writes: []Write{{scratch, append(record, hosts[0].AsSlice()...)}},
		Args: []Arg{{Value: third, From: SocketFD}, {Value: scratch}, {Value: listener, From: PeerPort}}}
}

// opening returns the calls that a sequence begins with, so that its calls on files and sockets have one to work on: an open file
// to read and write and one to read; and if there are such calls, a socket of each type and one that is connected.
func opening(calls []Call) []Call {
	const everything = ^wasi.Rights(0) // as the Go runtime asks for; what is no right is ignored
	first := []Call{open("file", everything), open("dir/file", wasi.RightFdRead|wasi.RightFdSeek|wasi.RightFdTell)}
	for i := range calls {
		if slices.ContainsFunc(calls[i].Args, func(a Arg) bool { return a.From == SocketFD }) {
			return append(first, socket(datagram), socket(stream), socket(stream), connect())
		}
	}
	return first
}

// maxCalls bounds the calls of a sequence: what more of them find is found sooner by more sequences.
const maxCalls = 24

// Generate returns the sequence that data describes: files are opened, and sockets if it uses some, then there is one call for each of
// the first frames.
func Generate(data []byte, opts Options) []Call {
	var calls []Call
	t := tape.New(data)
	only := Find(opts.Only)
	for len(calls) < maxCalls && t.Frame() {
		g := generator{t: t, opts: &opts, next: scratch}
		row := rows[t.Intn(len(rows))]
		if only != nil && !t.Chance(110) {
			row = only
		}
		calls = append(calls, g.call(row))
	}
	return append(opening(calls), calls...)
}
