package oracle

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// loopback is the network of the guests: a listener, and a port for datagrams that they may bind and send to. Whatever else they try
// is refused.
type loopback struct {
	listener *net.TCPListener
	raw      syscall.RawConn // of the listener, which does not block
	file     *os.File        // a duplicate of the listener
	packets  uint16          // the port for datagrams
	rules    []policy.NetRule
	// forbidden is a listener that no rule lets a guest connect to.
	forbidden    *net.TCPListener
	rawForbidden syscall.RawConn
	used         bool         // there may be connections that nobody has accepted, and another backlog
	sender       *net.UDPConn // of the host's datagrams
	dialed       []*net.TCPConn
	sent         bool // the host has sent something in this sequence
}

// newLoopback makes the listener.
func newLoopback() (*loopback, error) {
	host := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	l, err := net.ListenTCP("tcp4", net.TCPAddrFromAddrPort(netip.AddrPortFrom(host, 0)))
	if err != nil {
		return nil, err
	}
	n := &loopback{listener: l}
	if n.forbidden, err = net.ListenTCP("tcp4", net.TCPAddrFromAddrPort(netip.AddrPortFrom(host, 0))); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	if n.raw, err = l.SyscallConn(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	if n.rawForbidden, err = n.forbidden.SyscallConn(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	if n.file, err = l.File(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	// A port that is free now. If it is taken later, binding it fails, which guests must live with.
	packets, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(host, 0)))
	if err != nil {
		return nil, errors.Join(err, n.close())
	}
	n.packets = packets.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	packets.Close()
	if n.sender, err = net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(host, 0))); err != nil {
		return nil, errors.Join(err, n.close())
	}
	// To bind what the listener has is allowed, and fails.
	for _, r := range []struct {
		dir   policy.Direction
		proto policy.Proto
		port  uint16
	}{{policy.Out, policy.TCP, n.port()}, {policy.In, policy.TCP, 0}, {policy.In, policy.TCP, n.port()}, {policy.Out, policy.UDP, n.packets}, {policy.In, policy.UDP, n.packets}} {
		n.rules = append(n.rules, policy.NetRule{Dir: r.dir, Proto: r.proto, Ports: policy.Ports{First: r.port, Last: r.port},
			Hosts: policy.Hosts{Prefix: netip.PrefixFrom(host, host.BitLen())}})
	}
	for _, dir := range []policy.Direction{policy.Out, policy.In} { // of IPv6, if the host has it
		n.rules = append(n.rules, policy.NetRule{Dir: dir, Proto: policy.UDP, Ports: policy.Ports{First: n.packets, Last: n.packets},
			Hosts: policy.Hosts{Prefix: netip.PrefixFrom(netip.IPv6Loopback(), 128)}})
	}
	n.rules = append(n.rules, policy.NetRule{Dir: policy.Out, Proto: policy.TCP, Hosts: policy.Hosts{Name: "pinned.test"}, Ports: policy.Ports{First: 9, Last: 9}})
	return n, nil
}

// port returns the port of the listener.
func (n *loopback) port() uint16 { return n.listener.Addr().(*net.TCPAddr).AddrPort().Port() }

// ports returns the ports that the rules name, each several times, and those next to them.
func (n *loopback) ports() []uint64 {
	named := []uint64{uint64(n.port()), uint64(n.packets)}
	list := slices.Concat(named, named, named)
	for _, r := range n.rules {
		for _, at := range r.Boundary() {
			if port := uint64(at.Port()); port != 0 && !slices.Contains(list, port) {
				list = append(list, port)
			}
		}
	}
	return append(list, uint64(n.forbidden.Addr().(*net.TCPAddr).Port))
}

// check asserts that nobody has connected to what no rule allows, after calls that could.
func (n *loopback) check() *Failure {
	if !n.used {
		return nil
	}
	var f *Failure
	err := n.rawForbidden.Control(func(listener uintptr) {
		if !waits(int(listener)) {
			return
		}
		if conn, _, err := unix.Accept(int(listener)); err == nil {
			f = fail("hostcall: connects where no rule allows", "to port %d", n.forbidden.Addr().(*net.TCPAddr).Port)
			unix.Close(conn)
		}
	})
	if err != nil {
		return fail("sandbox: no listener", "%v", err)
	}
	return f
}

// hosts returns the addresses at the edges of the rules.
func (n *loopback) hosts() (list []netip.Addr) {
	for _, r := range n.rules {
		for _, at := range r.Boundary() {
			if !slices.Contains(list, at.Addr()) {
				list = append(list, at.Addr())
			}
		}
	}
	return list
}

// grant gives a guest the network if it makes calls for that, without the connections and the backlog of an earlier one, and reports
// whether it does.
func (n *loopback) grant(cfg *wasi.Config, calls []hostcall.Call) bool {
	if !slices.ContainsFunc(calls, func(c hostcall.Call) bool {
		return c.Row.FromNet && !c.Row.FromHost || c.Row.Ops().Has(policy.NetResolve)
	}) {
		return false
	}
	if n.used {
		n.raw.Control(func(listener uintptr) { // which fails if it is closed
			n.drain(int(listener))
			unix.Listen(int(listener), unix.SOMAXCONN)
		})
	}
	n.used = slices.ContainsFunc(calls, func(c hostcall.Call) bool {
		return c.Row.Ops().Has(policy.NetConnect) || c.Row.Ops().Has(policy.NetListen)
	})
	n.sent = false
	cfg.Listeners = []wasi.Listener{{File: n.file}}
	cfg.Net = n.rules
	cfg.NetTimeout = 1 // shorter than anything that waits
	cfg.Lookup = func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
	}
	return true
}

// waits reports whether a connection waits to be accepted. Trying to accept one takes three times as long.
func waits(listener int) bool {
	p := [1]unix.PollFd{{Fd: int32(listener), Events: unix.POLLIN}}
	_, err := unix.Poll(p[:], 0)
	return err != nil || p[0].Revents != 0
}

// drain ends the connections that wait.
func (n *loopback) drain(listener int) {
	for waits(listener) {
		conn, _, err := unix.Accept(listener)
		if err != nil {
			return
		}
		// Reset, not ended: the port of an ended connection is not free for a minute, and there are thousands a second.
		unix.SetsockoptLinger(conn, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		unix.Close(conn)
	}
}

// close closes all sockets; there may be fewer if not all could be made.
func (n *loopback) close() error {
	n.hangUp()
	errs := []error{n.listener.Close(), n.file.Close(), n.forbidden.Close()}
	if n.sender != nil {
		errs = append(errs, n.sender.Close())
	}
	return errors.Join(errs...)
}
