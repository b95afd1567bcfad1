package oracle

import (
	"bytes"
	"encoding/binary"
	"net"
	"net/netip"
	"slices"

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

// dial connects to the listener of the guests, and sends. The backlog may be full.
func (n *loopback) dial() {
	const most = 4 // of connections, since nobody may accept them
	if len(n.dialed) == most {
		return
	}
	conn, err := net.DialTCP("tcp4", nil, n.listener.Addr().(*net.TCPAddr))
	if err != nil {
		return
	}
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

// checkAddress asserts that a call which told the port of a socket told one that some socket of this process has, on the side that was
// asked for: guests and their peers are all here. Who sent what the host sends is the host.
func (g *guest) checkAddress(c *hostcall.Call, args []uint64) *Failure {
	at, tells := portSlots[c.Row]
	if !tells || g.net == nil || c.Overlaps(args[at]) {
		return nil
	}
	port := uint16(binary.LittleEndian.Uint32(g.memory[uint32(args[at]):]))
	switch name := c.Row.Name; {
	case name == "sock_getpeeraddr" && !anySocket(port, unix.Getpeername), name == "sock_getlocaladdr" && !anySocket(port, unix.Getsockname):
		return fail("hostcall: an address that no socket has", "%s%x: port %d", c.Row.ID(), args, port)
	case c.Row.Receives() && g.hearing && !g.net.isHost(port):
		return fail("hostcall: another sender", "%s%x: port %d", c.Row.ID(), args, port)
	}
	return nil
}

// portSlots has the slot of the address of the port that a call tells, for calls that tell one.
var portSlots = func() map[*wasi.Hostcall]int {
	slots := map[*wasi.Hostcall]int{}
	for row := range wasi.Hostcalls() {
		slot := 0
		for i := range row.Params {
			if row.Params[i].Kind == wasi.PortOut {
				slots[row] = slot
			}
			slot += len(row.Params[i].Kind.Core)
		}
	}
	return slots
}()

// anySocket reports whether an address of some socket of this process has a port.
func anySocket(port uint16, address func(int) (unix.Sockaddr, error)) bool {
	for fd := range watched {
		switch a, _ := address(fd); a := a.(type) {
		case *unix.SockaddrInet4:
			if uint16(a.Port) == port {
				return true
			}
		case *unix.SockaddrInet6:
			if uint16(a.Port) == port {
				return true
			}
		}
	}
	return false
}

// isHost reports whether the host sends from a port.
func (n *loopback) isHost(port uint16) bool {
	return portOf(n.sender.LocalAddr()) == port || slices.ContainsFunc(n.dialed, func(c *net.TCPConn) bool { return portOf(c.LocalAddr()) == port })
}

func portOf(a net.Addr) uint16 { return netip.MustParseAddrPort(a.String()).Port() }
