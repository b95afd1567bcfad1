package wasi

import (
	"context"
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// socket is what makes a descriptor a socket. The host's descriptor never blocks: calls that shall wait do so by polling, so that
// they can be cancelled.
type socket struct {
	proto      policy.Proto
	v6         bool
	own        *policy.Network // rules of a preopened listener; else nil
	bound      netip.AddrPort  // valid if the guest or the embedder bound it
	peer       netip.AddrPort  // of a connection, also of one that is being made
	listening  bool
	connecting bool
	connected  bool
	heard      []netip.AddrPort // who sent datagrams and may be answered
	timeouts   [2]uint64        // of receiving and sending in nanoseconds; 0 is none
}

// The rights of sockets: of a connection, of one that the guest makes, and of a preopened listener.
const (
	connectionRights = streamRights | RightSockShutdown
	socketRights     = connectionRights | RightSockAccept
	listenerRights   = RightSockAccept | RightFdFdstatSetFlags | RightFdFilestatGet | RightPollFdReadwrite
	sockRights       = RightSockShutdown | RightSockAccept
)

// network returns the rules for a socket.
func (c *Call) network(s *socket) *policy.Network {
	if s.own != nil {
		return s.own
	}
	return c.sys.net
}

// speaks reports whether an address is of the socket's family.
func (s *socket) speaks(a netip.AddrPort) bool { return a.Addr().Is6() == s.v6 }

// allowNet tells the monitor an effect on the socket f.
func (c *Call) allowNet(op policy.Op, f *file, rights Rights, a netip.AddrPort) bool {
	return c.allow(&policy.Effect{Op: op, FD: f.fd, Host: int32(f.host), Rights: uint64(rights), Proto: f.sock.proto, Net: a})
}

// addSocket gives the guest a descriptor for a socket that was just made, through listener if it is a connection of one, and stores
// its number at the address in a slot.
func (c *Call) addSocket(f *file, listener int32, slot int) Errno {
	if errno := c.spend(policy.Sockets, 1); errno != ESUCCESS {
		hostos.Close(f.host)
		return errno
	}
	if !c.allow(&policy.Effect{Op: policy.SockOpen, FD: f.fd, Dir: listener, Host: int32(f.host), Rights: uint64(f.rights),
		Inherit: uint64(f.inherit), Proto: f.sock.proto, Net: f.sock.peer}) {
		hostos.Close(f.host)
		return EPERM
	}
	c.sys.fds.put(f)
	c.put32(slot, uint32(f.fd))
	return ESUCCESS
}

// await waits until the socket f can be read or written. ESUCCESS says that it is worth a try; EAGAIN, that the guest does not want
// to wait or set a time that is over; ETIMEDOUT, that [Config.NetTimeout] is.
func (c *Call) awaitSocket(f *file, write bool) Errno {
	if f.flags&FDNonblock != 0 {
		return EAGAIN
	}
	limit, expired := wholeMillis(c.sys.netTimeout), ETIMEDOUT
	own := f.sock.timeouts[0]
	if write {
		own = f.sock.timeouts[1]
	}
	if own != 0 && own < limit {
		limit, expired = own, EAGAIN
	}
	events := [1]hostos.Event{{FD: f.host, Read: !write, Write: write}}
	n, err := hostos.Poll(c.ctx, events[:], limit)
	switch {
	case err != nil && c.ctx.Err() != nil:
		return c.interrupted()
	case err != nil:
		return errnoOf(err)
	case n == 0:
		return expired
	}
	return ESUCCESS
}

// wholeMillis rounds a time down to what the host waits for in one piece: less than that is not waited for at all.
func wholeMillis(d uint64) uint64 { return d - d%uint64(time.Millisecond) }

// finishConnect ends what sock_connect began on f: it waits if the guest waits, and checks who is at the other end.
func (c *Call) finishConnect(f *file) Errno {
	s := f.sock
	if !s.connecting {
		return ESUCCESS
	}
	ready, err := hostos.IsReady(f.host, true)
	if err != nil {
		return errnoOf(err)
	}
	if !ready {
		if errno := c.awaitSocket(f, true); errno != ESUCCESS {
			return errno
		}
	}
	s.connecting = false
	if err := hostos.SocketError(f.host); err != nil {
		return errnoOf(err)
	}
	peer, err := hostos.PeerAddr(f.host)
	if err != nil {
		return errnoOf(err)
	}
	if !c.allowNet(policy.NetPeer, f, 0, peer) {
		return EPERM
	}
	s.connected = true
	return ESUCCESS
}

// receive fills the call's buffers from the socket f, once, or with all until they are full.
func (c *Call) receive(f *file, peek, all bool) (n int, from netip.AddrPort, truncated bool, errno Errno) {
	s := f.sock
	if errno := c.finishConnect(f); errno != ESUCCESS {
		return 0, from, false, errno
	}
	if s.proto == policy.TCP && len(c.bufs) == 0 {
		return 0, s.peer, false, ESUCCESS
	}
	bufs := c.bufs
	for {
		errno := ESUCCESS
		if s.proto == policy.UDP {
			errno = c.nextDatagram(f)
		}
		if errno == ESUCCESS {
			var k int
			var err error
			k, from, truncated, err = hostos.Recv(f.host, bufs, peek)
			n += k
			switch {
			case hostos.IsAgain(err):
				errno = EAGAIN
			case err != nil:
				errno = errnoOf(err)
			case all && planted.Selected != planted.WaitAll && k > 0 && n < int(c.total) && s.proto == policy.TCP && !peek:
				bufs = advance(bufs, k)
				continue
			case s.proto == policy.TCP:
				return n, s.peer, false, ESUCCESS
			case !c.mayHear(s, from): // the one that was looked at is gone, and another is there
				clearAll(bufs)
				n = 0
				continue
			case !c.hear(f, from):
				return 0, from, false, EPERM
			default:
				return n, from, truncated, ESUCCESS
			}
		}
		if errno == EAGAIN {
			errno = c.awaitSocket(f, false)
		}
		switch {
		case errno == ESUCCESS:
		case n > 0 && c.fail == nil:
			return n, s.peer, false, ESUCCESS // the error comes again
		default:
			return 0, from, false, errno
		}
	}
}

// nextDatagram drops what was sent by somebody whom no rule allows, so that it never gets into the guest's memory. EAGAIN says that
// there is nothing else.
func (c *Call) nextDatagram(f *file) Errno {
	for range maxDropped {
		_, from, _, err := hostos.Recv(f.host, nil, true)
		switch {
		case hostos.IsAgain(err):
			return EAGAIN
		case err != nil:
			return errnoOf(err)
		case c.mayHear(f.sock, from):
			return ESUCCESS
		}
		c.refuse(f.sock.proto, policy.In, from, "net-peer")
		hostos.Recv(f.host, nil, false)
		if c.ctx.Err() != nil {
			return c.interrupted()
		}
	}
	return EAGAIN
}

// maxDropped bounds the datagrams that one look at a socket drops.
const maxDropped = 256

// mayHear reports whether the guest may get a datagram from somebody.
func (c *Call) mayHear(s *socket, from netip.AddrPort) bool {
	return s.bound.IsValid() && c.network(s).Serves(s.proto, s.bound, from) || c.sys.net.Allows(policy.Out, s.proto, from) != nil
}

// hear tells the monitor who sent the datagram that was just received, and remembers it.
func (c *Call) hear(f *file, from netip.AddrPort) bool {
	if !c.allowNet(policy.NetReceive, f, RightFdRead, from) {
		clearAll(c.bufs)
		return false
	}
	f.sock.heard = policy.Remember(f.sock.heard, from)
	return true
}

func clearAll(bufs [][]byte) {
	for _, b := range bufs {
		clear(b)
	}
}

// send sends the call's buffers by the socket f, to an address if it is valid: of a stream all of them, unless the guest does not
// want to wait.
func (c *Call) send(f *file, to netip.AddrPort) (n int, errno Errno) {
	if errno := c.finishConnect(f); errno != ESUCCESS {
		return 0, errno
	}
	bufs := c.bufs
	for {
		k, err := hostos.Send(f.host, bufs, to)
		n += k
		switch {
		case hostos.IsAgain(err):
			errno = c.awaitSocket(f, true)
		case err != nil:
			errno = errnoOf(err)
		case f.sock.proto == policy.UDP || n >= int(c.total):
			return n, ESUCCESS
		case c.ctx.Err() != nil:
			return 0, c.interrupted()
		}
		switch {
		case errno == ESUCCESS:
		case n > 0 && c.fail == nil:
			return n, ESUCCESS // the error comes again
		default:
			return 0, errno
		}
		bufs = advance(bufs, k)
	}
}

// advance returns bufs without their first n bytes.
func advance(bufs [][]byte, n int) [][]byte {
	if n == 0 {
		return bufs
	}
	bufs = slices.Clone(bufs)
	for len(bufs) > 0 && n >= len(bufs[0]) {
		n -= len(bufs[0])
		bufs = bufs[1:]
	}
	if n > 0 {
		bufs[0] = bufs[0][n:]
	}
	return bufs
}

// pinNames resolves the names in the rules of cfg.
func pinNames(cfg *Config) (*policy.Network, error) {
	lookup := cfg.Lookup
	if lookup == nil {
		lookup = hostos.LookupName
	}
	return policy.NewNetwork(cfg.Net, func(name string) ([]netip.Addr, error) {
		ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
		defer cancel()
		return lookup(ctx, name)
	})
}

// timeoutOf returns [Config.NetTimeout] in nanoseconds.
func timeoutOf(cfg *Config) uint64 {
	if cfg.NetTimeout <= 0 {
		return math.MaxInt64
	}
	return uint64(cfg.NetTimeout)
}
