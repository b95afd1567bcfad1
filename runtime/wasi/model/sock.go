package model

import "github.com/touchstone-wasm/touchstone/runtime/wasi"

// socket is what is known of a socket: coarsely, because the other end is not the guest's.
type socket struct {
	stream  bool
	v6      bool
	options [numOptions][]byte // what was set; nil if that is not known
	// listening, bound and connected are what calls that succeeded made it.
	listening, bound, connected bool
	pending                     bool // a connection may be in progress, or made
	unsure                      bool
	// seen is what is to be received next, as far as it was looked at.
	seen []byte
}

// listener returns a descriptor that accepts connections.
func listener() descriptor {
	const rights = wasi.RightSockAccept
	return descriptor{typ: sockStream, rights: bounds{rights, sockPossible}, inherit: bounds{0, ^wasi.Rights(0)},
		sock: &socket{stream: true, listening: true, bound: true}}
}

var (
	network = says("POSIX, 2.10 Sockets, errors of each function; runtime/docs/hostcalls.md: EACCES, ENOTCAPABLE without a rule, ETIMEDOUT",
		"the network and its rules may refuse it", wasi.EACCES, wasi.EADDRINUSE, wasi.EADDRNOTAVAIL, wasi.EAFNOSUPPORT, wasi.EAGAIN, wasi.EALREADY,
		wasi.ECONNABORTED, wasi.ECONNREFUSED, wasi.ECONNRESET, wasi.EDESTADDRREQ, wasi.EHOSTUNREACH, wasi.EINPROGRESS, wasi.EINVAL, wasi.EIO, wasi.EISCONN,
		wasi.EMSGSIZE, wasi.ENETDOWN, wasi.ENETRESET, wasi.ENETUNREACH, wasi.ENOBUFS, wasi.ENOMEM, wasi.ENOPROTOOPT, wasi.ENOTCONN, wasi.ENOTSUP, wasi.EPERM,
		wasi.EPIPE, wasi.EPROTO, wasi.EPROTONOSUPPORT, wasi.EPROTOTYPE, wasi.ETIMEDOUT, wasi.ENOTCAPABLE, wasi.ECANCELED)
	notListening = says("POSIX, accept(): EINVAL if it does not accept connections", "it does not listen", wasi.EINVAL, wasi.ENOTSUP).ours(wasi.EINVAL)
	notReady     = says("POSIX, accept(): EAGAIN; Config.NetTimeout: ETIMEDOUT", "no connection may wait", wasi.EAGAIN, wasi.ETIMEDOUT, wasi.ECONNABORTED, wasi.EPROTO,
		wasi.ECANCELED, wasi.ENOBUFS, wasi.ENOMEM)
	notConnected = says("POSIX, shutdown(), getpeername(): ENOTCONN", "it is not connected", wasi.ENOTCONN, wasi.EINVAL).ours(wasi.ENOTCONN)
	connected    = says("POSIX, connect(): EISCONN, EALREADY", "it is connected, or about to be", wasi.EISCONN, wasi.EALREADY, wasi.EINVAL)
	unbound      = says("POSIX, listen(): EDESTADDRREQ; runtime/docs/hostcalls.md, sock_listen", "it is not bound", wasi.EDESTADDRREQ, wasi.EINVAL, wasi.ENOTSUP).ours(wasi.EDESTADDRREQ, wasi.ENOTSUP)
	rebound      = says("POSIX, bind(): EINVAL if it is bound", "it is bound", wasi.EINVAL)
	noFamily     = says("WasmEdge, sock_open: families and types; POSIX, socket(): EAFNOSUPPORT, EINVAL, EPROTOTYPE; runtime/docs/hostcalls.md: ENOTCAPABLE",
		"there are no such sockets", wasi.EAFNOSUPPORT, wasi.EINVAL, wasi.EPROTOTYPE, wasi.EPROTONOSUPPORT, wasi.ENOTCAPABLE)
	noName = says("runtime/docs/hostcalls.md, sock_getaddrinfo", "the name may have no address", wasi.EINVAL, wasi.ENOENT, wasi.EACCES, wasi.EAFNOSUPPORT, wasi.EPERM,
		wasi.EFAULT)
	noWay = says("POSIX, shutdown(): EINVAL", "no direction is to be shut down", wasi.EINVAL)
)

func mayAccept(s *step) {
	sock := s.fd[0].sock
	s.failsIf(!sock.listening && !sock.unsure, notListening)
	s.mayIf(sock.unsure, notListening)
	s.failsIf(s.m.cfg.NoPeers, notReady)
	s.may(notReady)
	s.m.severed = s.m.severed || s.m.cfg.NoPeers || s.o.Errno != wasi.ESUCCESS // peers that are not served are dropped
	if slot := s.slotOf(wasi.Fdflags); slot >= 0 {
		s.mayIf(s.o.Args[slot]&^uint64(wasi.FDNonblock) != 0, keepsFlags)
	}
	s.full()
}

// HandsOnLess reports whether a descriptor is a listener that has given up rights which its connections could have.
func (m *Model) HandsOnLess(fd uint32) bool {
	d := m.fd(fd)
	return d != nil && !d.maybe && d.sock != nil && d.sock.listening && d.inherit.may != ^wasi.Rights(0)
}

// IsDatagram reports whether a descriptor is a socket for datagrams for certain.
func (m *Model) IsDatagram(fd uint32) bool {
	d := m.fd(fd)
	return d != nil && !d.maybe && d.sock != nil && !d.sock.unsure && !d.sock.stream
}

// accept gives the guest a connection.
func accept(s *step) {
	d := &descriptor{typ: sockStream, inherit: bounds{0, ^wasi.Rights(0)}, rights: bounds{0, sockPossible &^ wasi.RightSockAccept},
		sock: &socket{stream: true, connected: true, v6: s.fd[0].sock.v6}}
	if slot := s.slotOf(wasi.Fdflags); slot >= 0 {
		d.flags = wasi.FDFlags(s.o.Args[slot])
	}
	s.newSocket(d)
}

// newSocket gives the guest a descriptor of a number that must have been free.
func (s *step) newSocket(d *descriptor) {
	fd := uint32(s.result32(s.slotOf(wasi.FDOut)))
	if s.freeNumber(fd) && fd < maxNumber {
		s.m.open(fd, d)
	}
}

func mayOpenSocket(s *step) {
	const inet4, inet6 = 1, 2
	family, typ := s.arg32(0), s.arg32(1)
	s.failsIf(family != inet4 && family != inet6 || typ > 2, noFamily)
	s.may(noFamily)
	s.may(network)
	s.full()
}

func openSocket(s *step) {
	const stream, inet6 = 2, 2
	d := &descriptor{typ: sockStream, inherit: bounds{0, ^wasi.Rights(0)}, rights: bounds{0, sockPossible}, sock: &socket{stream: s.arg32(1) == stream, v6: s.arg32(0) == inet6}}
	if !d.sock.stream {
		d.typ = dgramSocket
	}
	s.newSocket(d)
}

func mayBind(s *step) {
	sock := s.fd[0].sock
	s.may(network)
	s.failsIf(sock.bound && !sock.unsure, rebound)
	fresh := !sock.bound && !sock.connected && !sock.pending && !sock.unsure
	if fresh && s.m.cfg.Ours && s.barred == nil && s.o.Errno == wasi.EINVAL && !s.o.Fault && s.plainAddress() {
		s.breach("a socket that is not bound cannot be", "POSIX, bind(): EINVAL if it is bound")
	}
}

// plainAddress reports whether the address that a call is given has one of the lengths that addresses have.
func (s *step) plainAddress() bool {
	record := s.arg32(s.slotOf(wasi.AddressIn))
	if !s.inside(record, 8) {
		return false
	}
	n := word(s.o.Before, record+4)
	return n == 4 || n == 16 || n == 128
}

func bind(s *step) { s.fd[0].sock.bound = true }

func mayListen(s *step) {
	sock := s.fd[0].sock
	s.may(network)
	s.failsIf((!sock.stream || !sock.bound) && !sock.unsure, unbound)
}

func listen(s *step) { s.fd[0].sock.listening = true }

func mayConnect(s *step) {
	sock := s.fd[0].sock
	s.may(network)
	s.failsIf(sock.stream && (sock.connected || sock.listening) && !sock.unsure, connected)
	sock.pending, sock.seen = true, nil // whatever comes of it
}

func connect(s *step) { s.fd[0].sock.connected = true }

func mayResolve(s *step) { s.may(noName) }

func mayAskSocket(s *step) { s.may(network) }

func mayAskPeer(s *step) {
	sock := s.fd[0].sock
	s.may(network)
	s.failsIf(!sock.connected && !sock.pending && !sock.unsure, notConnected)
}

func mayReceive(s *step) {
	sock := s.fd[0].sock
	s.may(network)
	s.failsIf(s.total > 0 && sock.stream && !sock.connected && !sock.pending && !sock.unsure, notConnected)
	if slot := s.slotOf(wasi.Riflags); slot >= 0 {
		s.mayIf(s.o.Args[slot] != 0, keepsFlags)
	}
	waits := false // for more than there is
	if slot := s.slotOf(wasi.Riflags); slot >= 0 {
		waits = s.o.Args[slot]&waitsForAll != 0
	}
	if e := s.o.Errno; len(sock.seen) > 0 && s.total > 0 && !waits && !s.o.Fault && (e == wasi.EAGAIN || e == wasi.ETIMEDOUT) {
		s.breach("what was looked at is not received", "after %q", sock.seen)
	}
}

func maySend(s *step) {
	sock := s.fd[0].sock
	s.may(network)
	if sock.stream && sock.connected && !sock.unsure && !s.m.severed && s.o.Errno == wasi.EPIPE && !s.o.Fault {
		s.breach("a whole connection cannot be written to", "no socket was closed or shut down for writing: POSIX, send(): EPIPE")
	}
	s.failsIf(s.total > 0 && sock.stream && !sock.connected && !sock.pending && !sock.unsure, notConnected)
}

// received checks the amount, and that what was looked at is there still: POSIX, recv(), MSG_PEEK: "the data is treated as unread and the next
// recv() or similar function shall still return this data". All else that comes is the other end's.
func received(s *step) {
	sock := s.fd[0].sock
	if s.overlaps() {
		sock.seen = nil
		return
	}
	n, ok := s.moved()
	if !ok {
		return
	}
	know := min(n, uint64(len(sock.seen)))
	if s.total > 0 && n == 0 && len(sock.seen) > 0 || !s.holds(sock.seen[:know]) {
		s.breach("what was looked at is not received", "%d bytes, after %q", n, sock.seen)
		return
	}
	slot := s.slotOf(wasi.Riflags)
	switch {
	case slot >= 0 && s.o.Args[slot]&peeks != 0:
		sock.seen = s.taken(n)
	case sock.stream:
		sock.seen = sock.seen[know:]
	default:
		sock.seen = nil
	}
}

// The bits of riflags in preview 1: what is received stays, and buffers are to be full.
const (
	peeks       = 1
	waitsForAll = 2
)

// taken returns the first n bytes of the buffers.
func (s *step) taken(n uint64) (b []byte) {
	for _, r := range s.bufs {
		k := min(r.n, n)
		b, n = append(b, s.o.After[r.addr:][:k]...), n-k
	}
	return b
}

// sent checks that a datagram was sent whole: POSIX, send(): "If the message is too long to pass atomically through the underlying protocol, send()
// shall fail".
func sent(s *step) {
	if n, ok := s.moved(); ok && !s.fd[0].sock.stream && n < s.total && !s.o.Fault && !s.overlaps() {
		s.breach("a datagram is cut", "%d of %d bytes", n, s.total)
	}
}

func mayShutdown(s *step) {
	sock := s.fd[0].sock
	s.may(network)
	s.failsIf(!sock.connected && !sock.pending && !sock.unsure, notConnected)
	s.failsIf(s.o.Args[1] == 0, noWay)
	const write = 2
	s.m.severed = s.m.severed || s.o.Args[1]&write != 0 // whatever comes of it
}
