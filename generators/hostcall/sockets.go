package hostcall

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// hosts are the addresses that calls have, the useful one first. Nothing is at the others.
var hosts = []netip.Addr{
	netip.AddrFrom4([4]byte{127, 0, 0, 1}),
	netip.MustParseAddr("::ffff:127.0.0.1"),
	netip.AddrFrom4([4]byte{127, 0, 0, 2}),
	netip.IPv4Unspecified(),
	netip.IPv6Unspecified(),
	netip.IPv6Loopback(),
	netip.MustParseAddr("192.0.2.1"), // for documentation (RFC 5737)
	netip.MustParseAddr("::127.0.0.1"),
	netip.MustParseAddr("255.255.255.255"),
}

// address appends the address of a socket's address, in one of its forms: 4 or 16 bytes, or 128 with the family before.
func (g *generator) address(k *wasi.Kind) {
	host := hosts[0]
	switch all := slices.Concat(hosts, g.opts.Hosts); {
	case g.after != nil && g.t.Bool():
		g.host = g.after.host
		host = all[g.host]
	case g.t.Chance(50):
		g.host = g.t.Intn(len(all))
		host = all[g.host]
	}
	data := host.AsSlice()
	if g.t.Chance(100) {
		data = make([]byte, 128)
		data[0] = 1
		if host.Is6() {
			data[0] = 2
		}
		if g.t.Chance(10) {
			data[1] = g.t.Byte()
		}
		copy(data[2:], host.AsSlice())
	}
	n := uint64(len(data))
	if g.t.Chance(10) {
		n = tape.Pick(g.t, []uint64{0, 3, 4, 5, 16, 128, 1 << 31, 1<<32 - 1})
	}
	buf := g.pointer(n, k.Writes())
	g.indirect = g.indirect || k.Writes()
	g.write(buf, data)
	g.arg(g.cell(uint32(buf), uint32(n)))
}

// cell lays out numbers of 32 bits and returns their address.
func (g *generator) cell(words ...uint32) uint64 {
	var data []byte
	for _, w := range words {
		data = binary.LittleEndian.AppendUint32(data, w)
	}
	p := g.pointer(uint64(len(data)), false)
	g.write(p, data)
	return p // outside the memory, the call fails
}

// option appends the address of room for an option's value, and that of its length, where the length of the value is stored.
func (g *generator) option() {
	n := tape.Pick(g.t, []uint64{4, 4, 8, 16, 64, 0, 3, MemorySize, 1<<32 - 1})
	g.indirect = true
	buf, size := g.pointer(n, true), g.cell(uint32(n))
	g.out.Out = append(g.out.Out, Region{size, 4})
	g.arg(buf, size)
}

// port appends a port: mostly one where something is, sometimes 0, by which the host chooses.
func (g *generator) port() {
	if g.after != nil && g.after.port != nil && g.t.Bool() {
		g.out.Args = append(g.out.Args, *g.after.port)
		return
	}
	switch b := g.t.Byte(); {
	case b < 180:
		g.out.Args = append(g.out.Args, Arg{Value: uint64(b), From: PeerPort})
	case b < 230:
		g.arg(0)
	default:
		g.arg(tape.Pick(g.t, interesting[wasi.Port][0]))
	}
}

// structure appends the address of a structure that is read: zeros, as most of the memory, but for a byte; or no address.
func (g *generator) structure(k *wasi.Kind) {
	if g.t.Chance(60) {
		g.arg(0)
		return
	}
	data := make([]byte, k.Size())
	data[int(g.t.Byte())%len(data)] = g.t.Byte() % 4
	p := g.pointer(uint64(len(data)), false)
	g.write(p, data)
	g.arg(p)
}

// list appends the address of the address of a list of results of sock_getaddrinfo: elements of 28 bytes that lead to a socket address
// of 12, which leads to its bytes, and to the next.
func (g *generator) list() {
	const info, sockaddr, bytes = 28, 12, 26
	g.indirect = true
	next := uint32(g.pointer(0, false))
	for range 3 {
		data := g.pointer(bytes, true)
		sa := g.cell(0, bytes, uint32(data))
		at := g.cell(0, 0, 0, uint32(sa), 0, 0, next)
		g.out.Out = append(g.out.Out, Region{sa, sockaddr}, Region{at, info})
		next = uint32(at)
	}
	if g.t.Chance(6) || overlap(g.out.Out) {
		// A list that leads anywhere, or overwrites itself on the way.
		next ^= uint32(g.t.Uint16()) &^ 3 * uint32(g.t.Byte()%2)
		g.out.Out = append(g.out.Out, Region{0, MemorySize})
	}
	g.arg(g.cell(next))
}

// overwritten reports whether something that was put into memory lies over something else.
func (g *generator) overwritten() bool {
	var list []Region
	for _, w := range g.out.Writes {
		list = append(list, Region{uint64(w.Addr), uint64(len(w.Data))})
	}
	return overlap(list)
}

// overlap reports whether any two of the regions do.
func overlap(list []Region) bool {
	for i, r := range list {
		if overlaps(list[:i], r) {
			return true
		}
	}
	return false
}
