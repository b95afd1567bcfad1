package oracle

import (
	"bytes"
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// greeting is what the host sends.
const greeting = "from the host"

// act does what another program on the host does.
func (g *guest) act(a *hostcall.Action) {
	switch {
	case !a.Do.OnNetwork():
		g.box.act(a)
	case g.net == nil: // there is no network to do it on
	case a.Do == hostcall.Send:
		g.net.send()
	default:
		g.net.dial()
	}
}

// send sends a datagram to the port that guests may bind. Nobody may be there.
func (n *loopback) send() {
	to := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), n.packets)
	if _, err := n.sender.WriteToUDPAddrPort([]byte(greeting), to); err == nil {
		n.sent = true
	}
}

// patience is how long the host waits for a connection. One that a listener has room for is there at once; where the guest has made the
// backlog small and accepts nobody, the host's system would try again for two minutes.
const patience = 50 * time.Millisecond

// dial connects to the listener of the guests, and sends. The backlog may be full.
func (n *loopback) dial() {
	const most = 4 // of connections, since nobody may accept them
	if len(n.dialed) == most {
		return
	}
	dialer := net.Dialer{Timeout: patience}
	made, err := dialer.Dial("tcp4", n.listener.Addr().String())
	if err != nil {
		return
	}
	conn := made.(*net.TCPConn)
	n.used = true
	n.dialed = append(n.dialed, conn)
	conn.Write([]byte(greeting)) // which fits what the host keeps
	n.sent = true
}

// hangUp ends the connections that the host has made.
func (n *loopback) hangUp() {
	for _, conn := range n.dialed {
		conn.SetLinger(0) // else its port is not free for a minute
		conn.Close()
	}
	n.dialed = n.dialed[:0]
}

// hears notes that the call has received what the host sent, before the shadow takes over what it stored: it is there for the first time.
func (g *guest) hears(c *hostcall.Call) {
	g.hearing = false
	if g.net == nil || !g.net.sent || g.heard || !c.Row.Receives() {
		return
	}
	g.hearing = bytes.Contains(g.memory, []byte(greeting))
	g.heard = g.hearing
}

// queued returns how many bytes the datagram has that a call is to receive, or 0 if that is not known: the guest has one socket for datagrams, and
// may have all that are sent to it.
func (g *guest) queued(c *hostcall.Call, args []uint64) int {
	if _, tells := flagSlots[c.Row]; !tells || g.net == nil || !g.hearsAll || !g.model.IsDatagram(uint32(args[0])) {
		return 0
	}
	only := -1
	for fd := range watched {
		if typ, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE); err != nil || typ != unix.SOCK_DGRAM || g.net.isSender(fd) {
			continue
		}
		if only >= 0 {
			return 0
		}
		only = fd
	}
	if only < 0 {
		return 0
	}
	var room [64]byte // more than is ever sent at once
	n, _, err := unix.Recvfrom(only, room[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
	if err != nil || n == len(room) {
		return 0
	}
	return n
}

// isSender reports whether a descriptor is the host's socket for datagrams.
func (n *loopback) isSender(fd int) bool {
	a, _ := unix.Getsockname(fd)
	is, ok := a.(*unix.SockaddrInet4)
	return ok && uint16(is.Port) == portOf(n.sender.LocalAddr())
}

// checkCut asserts that the guest is told that a datagram was cut. Size is what [guest.queued] returned.
func (g *guest) checkCut(c *hostcall.Call, args []uint64, size int) *Failure {
	at, tells := flagSlots[c.Row]
	if !tells || size == 0 || g.fault != nil || c.Overlaps(args[at], 4) {
		return nil
	}
	if cut := uint64(size) > c.Capacity; cut != (g.memory[uint32(args[at])]&1 != 0) {
		return fail("hostcall: whether a datagram was cut is not told", "%s%x: %d bytes", c.Row.ID(), args, size)
	}
	return nil
}

// checkAddress asserts that a call which told the port of a socket told one that some socket of this process has, on the side that was
// asked for: guests and their peers are all here. Who sent what the host sends is the host.
func (g *guest) checkAddress(c *hostcall.Call, args []uint64) *Failure {
	at, tells := portSlots[c.Row]
	if !tells || g.net == nil || c.Overlaps(args[at], 4) {
		return nil
	}
	a := netip.AddrPortFrom(g.addressTold(c, args[addressSlots[c.Row]]), uint16(binary.LittleEndian.Uint32(g.memory[uint32(args[at]):])))
	switch name := c.Row.Name; {
	case name == "sock_getpeeraddr" && !anySocket(a, unix.Getpeername), name == "sock_getlocaladdr" && !anySocket(a, unix.Getsockname):
		return fail("hostcall: an address that no socket has", "%s%x: %v", c.Row.ID(), args, a)
	case c.Row.Receives() && g.hearing && !g.net.isHost(a.Port()):
		return fail("hostcall: another sender", "%s%x: %v", c.Row.ID(), args, a)
	}
	return nil
}

// addressTold returns the address whose record, an address and a length, is at a place. It is not valid if the record or the address is not to be
// read any more, because the call has written over it.
func (g *guest) addressTold(c *hostcall.Call, record uint64) (a netip.Addr) {
	const inet4, inet6 = 1, 2
	if record = uint64(uint32(record)); record+8 > uint64(len(g.memory)) || slices.ContainsFunc(c.Out, func(r hostcall.Region) bool { return r.Addr < record+8 && record < r.Addr+r.Len }) {
		return a
	}
	at, n := binary.LittleEndian.Uint32(g.memory[record:]), binary.LittleEndian.Uint32(g.memory[record+4:])
	if uint64(at)+uint64(n) > uint64(len(g.memory)) || c.Overlaps(uint64(at), uint64(n)) {
		return a
	}
	switch b := g.memory[at:][:n]; {
	case n == 128 && binary.LittleEndian.Uint16(b) == inet4:
		a = netip.AddrFrom4([4]byte(b[2:]))
	case n == 128 && binary.LittleEndian.Uint16(b) == inet6:
		a = netip.AddrFrom16([16]byte(b[2:]))
	}
	return a
}

// The slots of the addresses of what calls tell, for calls that do: the port, a socket's address, and flags of what was received.
var portSlots, addressSlots, flagSlots = slotsOf(wasi.PortOut), slotsOf(wasi.AddressOut), slotsOf(wasi.FlagsOut)

func slotsOf(kind *wasi.Kind) map[*wasi.Hostcall]int {
	slots := map[*wasi.Hostcall]int{}
	for row := range wasi.Hostcalls() {
		slot := 0
		for i := range row.Params {
			if row.Params[i].Kind == kind {
				slots[row] = slot
			}
			slot += len(row.Params[i].Kind.Core)
		}
	}
	return slots
}

// anySocket reports whether some socket of this process has an address; of one that is not valid, the port counts.
func anySocket(want netip.AddrPort, address func(int) (unix.Sockaddr, error)) bool {
	for fd := range watched {
		var is netip.AddrPort
		switch a, _ := address(fd); a := a.(type) {
		case *unix.SockaddrInet4:
			is = netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
		case *unix.SockaddrInet6:
			is = netip.AddrPortFrom(netip.AddrFrom16(a.Addr), uint16(a.Port))
		default:
			continue
		}
		if is == want || !want.Addr().IsValid() && is.Port() == want.Port() {
			return true
		}
	}
	return false
}

// isHost reports whether the host sends from a port.
func (n *loopback) isHost(port uint16) bool {
	return portOf(n.sender.LocalAddr()) == port || slices.ContainsFunc(n.dialed, func(c *net.TCPConn) bool { return portOf(c.LocalAddr()) == port })
}

func portOf(a net.Addr) uint16 { return netip.MustParseAddrPort(a.String()).Port() }
