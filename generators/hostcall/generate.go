package hostcall

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// maxCalls bounds the calls of a sequence, those that it begins with left out. What more of them find is found sooner by more
// sequences, so that most have fewer: usualCalls, but for those of every longShare-th length of a tape.
const (
	maxCalls   = 16
	usualCalls = 5
	longShare  = 8
)

// Generate returns the sequence that data describes: one call for each of the first frames, after calls that open what
// these ask for. In some frames the host does something before the next call.
func Generate(data []byte, opts Options) []Call {
	calls := make([]Call, 0, 16)
	var before []Action
	t := tape.New(data)
	only := Find(opts.Only)
	limit := usualCalls
	if len(data)%longShare == 0 {
		limit = maxCalls
	}
	for len(calls) < limit && t.Frame() {
		g := generator{t: t, opts: &opts, next: scratch}
		kind := int(t.Byte())
		if kind >= hostFrame {
			switch {
			case len(before) >= limit:
			case kind >= netFrame || only != nil && OnSockets(only):
				before = append(before, g.exchange()...)
			default:
				before = append(before, g.actions()...)
			}
			continue
		}
		row := rows[kind%len(rows)]
		if only != nil && !t.Chance(110) {
			row = only
		}
		g.call(row)
		g.out.Fault = g.fault()
		g.out.Before, before = before, nil
		calls = append(calls, g.out)
		calls = g.followed(calls, limit, only)
	}
	return append(opening(calls), calls...)
}

// followed appends the calls that follow g's in the same frame.
func (g *generator) followed(calls []Call, limit int, only *wasi.Hostcall) []Call {
	for len(calls) < limit && g.t.Chance(followShare(g.out.Row)) {
		about := g.subject()
		row := about.follow(g.t, only)
		if row == nil {
			break
		}
		next := generator{t: g.t, opts: g.opts, next: scratch, after: &about}
		next.call(row)
		calls = append(calls, next.out)
		g = &next
	}
	return calls
}

// followShare returns in how many of 256 cases another call follows in a frame that has bytes left: what was opened is mostly used.
func followShare(row *wasi.Hostcall) int {
	if takes(row, wasi.FDOut) {
		return 235
	}
	return 140
}

// hostFrame is the lowest first byte of a frame in which the host does something, and netFrame of one in which it does that on the network;
// below, a byte chooses a hostcall.
const (
	hostFrame = 248
	netFrame  = 254
)

// opening returns the calls that a sequence begins with, so that those of its calls that ask for an open file or a socket have one:
// nothing is opened that no call asks for, because that would take longer than most calls. Of the numbers of a resource, the lowest
// bits say what is asked for; they become the place of that in the list of the resource. Other numbers name whatever the sequence
// has by then.
func opening(calls []Call) (first []Call) {
	files := newWanted(calls, OpenFD, [8]uint8{1, 1, 1, 2})
	if files.at[1] >= 0 {
		first = append(first, readWrite())
	}
	if files.at[2] >= 0 {
		first = append(first, readOnly())
	}
	files.settle(0)
	return append(first, openSockets(newWanted(calls, SocketFD, [8]uint8{0, datagram, unconnected, connected, accepted, datagram6}), slices.ContainsFunc(calls, receives))...)
}

// The kinds of sockets that calls ask for, in the order in which they are opened.
const (
	datagram    = 1 + iota // bound to the port for datagrams
	unconnected            // a stream
	connected              // a stream, to the listener
	accepted               // the other end of that
	datagram6              // of IPv6, bound to the same port
	socketKinds
)

// receives reports whether a call receives what comes from the network.
func receives(c Call) bool { return c.Row.Receives() }

// openSockets returns the calls that open sockets. If some call receives, something is there to be received.
func openSockets(w *wanted, receives bool) (calls []Call) {
	if w.at[accepted] >= 0 {
		w.at[connected] = 0
	}
	const inet4, inet6, dgram, stream = 1, 2, 1, 2
	for kind, opens := range [socketKinds][2]uint64{datagram: {inet4, dgram}, unconnected: {inet4, stream}, connected: {inet4, stream}, datagram6: {inet6, dgram}} {
		if opens[0] != 0 && w.at[kind] >= 0 {
			calls = append(calls, Call{Row: Find("sock_open"), Args: []Arg{{Value: opens[0]}, {Value: opens[1]}, {Value: scratch - 8}}, Out: []Region{{scratch - 8, 4}}})
		}
	}
	const listeners = 1 // before what the sequence opens
	w.settle(listeners)
	const listener, packets = 0, 1 // the first ports
	for _, d := range []struct {
		kind int
		host netip.Addr
	}{{datagram, hosts[0]}, {datagram6, netip.IPv6Loopback()}} {
		if at := w.at[d.kind]; at >= 0 {
			calls = append(calls, atPort("sock_bind", at, d.host, packets))
			if receives {
				calls = append(calls, sendingTo(at, d.host, packets))
			}
		}
	}
	if at := w.at[connected]; at >= 0 {
		calls = append(calls, atPort("sock_connect", at, hosts[0], listener))
	}
	if w.at[accepted] >= 0 {
		calls = append(calls, Call{Row: Find("sock_accept"), Args: []Arg{{Value: 0, From: SocketFD}, {Value: w.flags}, {Value: scratch - 8}}, Out: []Region{{scratch - 8, 4}}})
		if receives {
			calls = append(calls, sending(w.at[connected]))
		}
	}
	return calls
}

// sendingTo returns a call that sends a few bytes from a socket for datagrams to one of the ports.
func sendingTo(at int, host netip.Addr, port uint64) Call {
	const list = scratch + 32
	c := atPort("sock_send_to", at, host, port)
	c.Writes = append(c.Writes, Write{list, buffer(scratch, 8)}) // the buffer is the record of the address
	c.Args = []Arg{c.Args[0], {Value: list}, {Value: 1}, c.Args[1], c.Args[2], {}, {Value: scratch - 8}}
	c.Out, c.Capacity = []Region{{scratch - 8, 4}}, 8
	return c
}

// sending returns a call that sends a few bytes on a socket, by its place in the list.
func sending(at int) Call {
	return Call{Row: Find("sock_send"), Writes: []Write{{scratch, buffer(scratch, 8)}}, Out: []Region{{scratch - 8, 4}}, Capacity: 8,
		Args: []Arg{{Value: uint64(at), From: SocketFD}, {Value: scratch}, {Value: 1}, {}, {Value: scratch - 8}}}
}

// wanted collects the arguments that ask for something of a kind, from 1, in a resource.
type wanted struct {
	args []*Arg
	kind []uint8
	at   [socketKinds]int // the place of each kind in the list of the resource; -1 if none is asked for
	// flags are those of the connection that is accepted: what is asked for says this, too.
	flags uint64
}

// newWanted looks for arguments. kinds gives the kind of the lowest three bits of their values; 0 is none.
func newWanted(calls []Call, from Resource, kinds [8]uint8) *wanted {
	w := new(wanted)
	for kind := range w.at {
		w.at[kind] = -1
	}
	for i := range calls {
		for j := range calls[i].Args {
			a := &calls[i].Args[j]
			if kind := kinds[a.Value%8]; a.From == from && kind > 0 {
				w.args, w.kind = append(w.args, a), append(w.kind, kind)
				w.at[kind] = 0
				if kind == accepted && a.Value&8 != 0 {
					w.flags = uint64(wasi.FDNonblock)
				}
			}
		}
	}
	return w
}

// settle gives places to the kinds that are asked for, the first one's being first.
func (w *wanted) settle(first int) {
	for kind := range w.at {
		if w.at[kind] >= 0 {
			w.at[kind] = first
			first++
		}
	}
	for i, a := range w.args {
		a.Value = uint64(w.at[w.kind[i]])
	}
}

// readWrite returns a call that opens a file with all rights, as the Go runtime asks for; what is no right is ignored.
func readWrite() Call { return open("file", ^wasi.Rights(0)) }

// readOnly returns a call that opens a file to be read.
func readOnly() Call { return open("dir/file", wasi.RightFdRead|wasi.RightFdSeek|wasi.RightFdTell) }

// open returns a call that opens a file of a preopened directory.
func open(name string, rights wasi.Rights) Call {
	c := Call{Row: Find("path_open"), Writes: []Write{{scratch, []byte(name)}}, Out: []Region{{scratch - 8, 4}}}
	for _, v := range []uint64{0, 1, scratch, uint64(len(name)), 0, uint64(rights), uint64(rights), 0, scratch - 8} {
		c.Args = append(c.Args, Arg{Value: v})
	}
	c.Args[0].From = DirFD
	return c
}

// atPort returns a call that binds or connects a socket, by its place in the list, to one of the ports of a host.
func atPort(name string, at int, host netip.Addr, port uint64) Call {
	const addr = scratch + 8
	ip := host.AsSlice()
	return Call{Row: Find(name), Writes: []Write{{scratch, append(buffer(addr, uint32(len(ip))), ip...)}},
		Args: []Arg{{Value: uint64(at), From: SocketFD}, {Value: scratch}, {Value: port, From: PeerPort}}}
}

// buffer returns a pair of an address and a number of bytes, as it is in memory.
func buffer(addr, n uint32) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, addr), n)
}
