package policy

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// socket is what the monitor knows of one socket.
type socket struct {
	proto   Proto
	own     *Network         // rules of a preopened listener; else nil
	bound   netip.AddrPort   // by a NetBind; not valid if the host chose the address
	waiting netip.AddrPort   // the destination of a NetConnect
	heard   []netip.AddrPort // who sent datagrams
}

// network returns the rules that s is bound by.
func (m *Monitor) network(s *socket) *Network {
	if s.own != nil {
		return s.own
	}
	return m.net
}

// sock returns the model of the socket fd, or nil.
func (m *Monitor) sock(fd int32) *socket {
	if d := m.fd(fd); d != nil {
		return d.sock
	}
	return nil
}

// isBound reports whether the guest bound s to local; the host chooses the port if that was 0.
func (s *socket) isBound(local netip.AddrPort) bool {
	return s != nil && s.bound.IsValid() && s.bound.Addr() == local.Addr() && (s.bound.Port() == 0 || s.bound.Port() == local.Port())
}

// onSockets are the effects on a socket that the guest has.
const onSockets = OpSet(1<<NetBind | 1<<NetListen | 1<<NetConnect | 1<<NetPeer | 1<<NetSend | 1<<NetReceive)

// netRules are about sockets and addresses.
var netRules = []Rule{
	{
		Name: "net-protocol",
		Doc:  "A socket is made only of a protocol that a network rule allows, and what is done on it fits its protocol.",
		Ops:  1<<SockCreate | onSockets,
		check: func(m *Monitor, e *Effect) string {
			if e.Op == SockCreate {
				if m.net.Uses(e.Proto) {
					return ""
				}
				return fmt.Sprintf("no rule is about %s", e.Proto)
			}
			if s := m.sock(e.FD); s == nil || s.proto != e.Proto {
				return fmt.Sprintf("descriptor %d is no %s socket", e.FD, e.Proto)
			}
			return ""
		},
	},
	{
		Name: "net-created",
		Doc:  "A descriptor for a new socket is given after the call declared that it makes one of this protocol, or accepts a connection of a listener.",
		Ops:  1 << SockOpen,
		check: func(m *Monitor, e *Effect) string {
			if e.Dir == NoListener {
				if m.created == e.Proto && e.Proto != 0 {
					return ""
				}
				return "the call has made no such socket"
			}
			if s := m.sock(e.Dir); s == nil || s.proto != e.Proto || e.Proto != TCP {
				return fmt.Sprintf("descriptor %d is no listener", e.Dir)
			}
			return ""
		},
	},
	{
		Name: "net-address",
		Doc:  "An address that is given to the host is in one form only, IPv4 not as IPv6 and without a zone, and one to send to is neither unspecified nor without a port.",
		Ops:  1<<NetBind | 1<<NetConnect | 1<<NetSend,
		check: func(m *Monitor, e *Effect) string {
			if e.Net.IsValid() && e.Net == Plain(e.Net) && (e.Op == NetBind || IsDestination(e.Net)) {
				return ""
			}
			return fmt.Sprintf("%s cannot be used", e.Net)
		},
	},
	{
		Name: "net-destination",
		Doc:  "A guest connects and sends only to where an out rule allows, and answers who sent to an address that an in rule let it bind.",
		Ops:  1<<NetConnect | 1<<NetSend,
		check: func(m *Monitor, e *Effect) string {
			if m.net.Allows(Out, e.Proto, e.Net) != nil || planted.Selected == planted.ConnectUnseen {
				return ""
			}
			if s := m.sock(e.FD); e.Op == NetSend && s != nil && slices.Contains(s.heard, e.Net) {
				return ""
			}
			return fmt.Sprintf("no rule allows %s %s", e.Proto, e.Net)
		},
	},
	{
		Name: "net-bind",
		Doc:  "A socket is bound only to what an in rule allows, port 0 included, and listens only where the guest bound it.",
		Ops:  1<<NetBind | 1<<NetListen,
		check: func(m *Monitor, e *Effect) string {
			s := m.sock(e.FD)
			switch {
			case e.Op == NetListen && !s.isBound(e.Net) && planted.Selected != planted.MonitorListen:
				return fmt.Sprintf("descriptor %d is not bound to %s by the guest", e.FD, e.Net)
			case e.Op == NetBind && m.net.Allows(In, e.Proto, e.Net) == nil:
				return fmt.Sprintf("no rule allows %s %s", e.Proto, e.Net)
			}
			return ""
		},
	},
	{
		Name: "net-peer",
		Doc:  "The peer of an accepted connection, and the sender of a datagram that is delivered, is one that a rule allows.",
		Ops:  1<<SockOpen | 1<<NetReceive,
		check: func(m *Monitor, e *Effect) string {
			from := e.FD
			if e.Op == SockOpen {
				if e.Dir == NoListener {
					return ""
				}
				from = e.Dir
			}
			s := m.sock(from)
			switch {
			case s == nil:
				return fmt.Sprintf("descriptor %d is no socket", from)
			case planted.Selected == planted.AcceptPeer:
				return ""
			case s.bound.IsValid() && m.network(s).Serves(e.Proto, s.bound, e.Net):
				return ""
			case e.Op == NetReceive && m.net.Allows(Out, e.Proto, e.Net) != nil:
				return "" // an answer
			}
			return fmt.Sprintf("no rule allows the peer %s", e.Net)
		},
	},
	{
		Name: "net-connected",
		Doc:  "After connecting, the peer that the host names is the one that was checked.",
		Ops:  1 << NetPeer,
		check: func(m *Monitor, e *Effect) string {
			if s := m.sock(e.FD); s == nil || !e.Net.IsValid() || s.waiting != e.Net {
				return fmt.Sprintf("the peer is %s, and not what was connected to", e.Net)
			}
			return ""
		},
	},
	{
		Name: "net-name",
		Doc:  "Only names that a network rule has are resolved, to what they were before the guest ran.",
		Ops:  1 << NetResolve,
		check: func(m *Monitor, e *Effect) string {
			if len(m.net.Lookup(e.Path)) > 0 {
				return ""
			}
			return fmt.Sprintf("no rule has the name %q", e.Path)
		},
	},
}

// follow brings the model up to date with an effect on the network.
func (m *Monitor) follow(e *Effect) {
	switch e.Op {
	case SockCreate:
		m.created = e.Proto
	case SockOpen:
		m.created = 0
		m.set(e.FD, descriptor{host: e.Host, rights: e.Rights, inherit: e.Inherit, sock: &socket{proto: e.Proto}})
	case NetBind:
		m.sock(e.FD).bound = e.Net
	case NetConnect:
		m.sock(e.FD).waiting = e.Net
	case NetReceive:
		s := m.sock(e.FD)
		s.heard = Remember(s.heard, e.Net)
	}
}
