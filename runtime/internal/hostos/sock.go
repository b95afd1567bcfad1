package hostos

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// Socket makes an IPv6 or IPv4 socket, for datagrams or a stream. It does not block and is not inherited, writing to it raises no
// signal, and IPv6 is IPv6 alone: what looks like IPv4 in it goes nowhere.
func Socket(v6, dgram bool) (FD, error) {
	family, typ := unix.AF_INET, unix.SOCK_STREAM
	if v6 {
		family = unix.AF_INET6
	}
	if dgram {
		typ = unix.SOCK_DGRAM
	}
	fd := NoFD
	if err := again(func() (err error) { fd, err = newSocket(family, typ); return err }); err != nil {
		return NoFD, err
	}
	if v6 {
		if err := setOption(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1); err != nil {
			Close(fd)
			return NoFD, err
		}
	}
	return fd, nil
}

// sockaddr returns an address in the form of system calls. Which family it is follows from the address.
func sockaddr(a netip.AddrPort) (unix.Sockaddr, error) {
	switch addr := a.Addr(); {
	case addr.Is4():
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: addr.As4()}, nil
	case addr.Is6() && !addr.Is4In6() && addr.Zone() == "":
		return &unix.SockaddrInet6{Port: int(a.Port()), Addr: addr.As16()}, nil
	}
	return nil, unix.EAFNOSUPPORT
}

// addrOf returns an address that the host gave; it is not valid if it is of another kind. The scope of link-local ones is left out.
func addrOf(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr).Unmap(), uint16(sa.Port))
	}
	return netip.AddrPort{}
}

// Bind gives the socket fd an address of the host's; port 0 lets the host choose.
func Bind(fd FD, a netip.AddrPort) error {
	sa, err := sockaddr(a)
	if err != nil {
		return err
	}
	return again(func() error { return unix.Bind(int(fd), sa) })
}

// Listen makes the socket fd accept connections.
func Listen(fd FD, backlog int) error {
	return again(func() error { return unix.Listen(int(fd), min(max(backlog, 0), unix.SOMAXCONN)) })
}

// ListenTCP returns a socket that listens on a, for the embedder of a guest.
func ListenTCP(a netip.AddrPort) (FD, error) {
	fd, err := Socket(!a.Addr().Unmap().Is4(), false)
	if err != nil {
		return NoFD, err
	}
	err = SetOption(fd, ReuseAddr, 1)
	if err == nil {
		err = Bind(fd, netip.AddrPortFrom(a.Addr().Unmap(), a.Port()))
	}
	if err == nil {
		err = Listen(fd, unix.SOMAXCONN)
	}
	if err != nil {
		Close(fd)
		return NoFD, err
	}
	return fd, nil
}

// IsListener reports whether fd is a stream socket that accepts connections.
func IsListener(fd FD) bool {
	on, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	typ, err2 := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TYPE)
	return err == nil && err2 == nil && on != 0 && typ == unix.SOCK_STREAM
}

// SetNonblock makes calls on fd and its duplicates return EAGAIN instead of waiting.
func SetNonblock(fd FD) error { return unix.SetNonblock(int(fd), true) }

// Accept takes a connection from the listener fd, or returns EAGAIN, and who is at its other end.
func Accept(fd FD) (FD, netip.AddrPort, error) {
	conn := NoFD
	var sa unix.Sockaddr
	err := again(func() (err error) { conn, sa, err = accept(fd); return err })
	if err != nil {
		return NoFD, netip.AddrPort{}, err
	}
	return conn, addrOf(sa), nil
}

// Connect begins to connect the socket fd to a. EINPROGRESS says that it goes on; [SocketError] tells how it ended once fd can be
// written.
func Connect(fd FD, a netip.AddrPort) error {
	sa, err := sockaddr(a)
	if err != nil {
		return err
	}
	// A call that a signal interrupts goes on, too, and is not repeated. A fault is a call that is not made: then it is.
	if err := again(func() error { return nil }); err != nil {
		return err
	}
	if err = unix.Connect(int(fd), sa); err == unix.EINTR {
		return unix.EINPROGRESS
	}
	return err
}

// IsInProgress reports whether err says that connecting goes on.
func IsInProgress(err error) bool { return err == unix.EINPROGRESS }

// SocketError returns what went wrong on the socket fd since it was asked last.
func SocketError(fd FD) error {
	n, err := getOption(fd, unix.SO_ERROR)
	if err == nil && n != 0 {
		return unix.Errno(n)
	}
	return err
}

// LocalAddr returns the address that the socket fd has.
func LocalAddr(fd FD) (netip.AddrPort, error) {
	var sa unix.Sockaddr
	err := again(func() (err error) { sa, err = unix.Getsockname(int(fd)); return err })
	return addrOf(sa), err
}

// PeerAddr returns the address that the socket fd is connected to.
func PeerAddr(fd FD) (netip.AddrPort, error) {
	var sa unix.Sockaddr
	err := again(func() (err error) { sa, err = unix.Getpeername(int(fd)); return err })
	return addrOf(sa), err
}

// Recv receives bytes, or a datagram and who sent it, into bufs. With peek, it can be received again. Recv does not wait: EAGAIN says
// that there is nothing. truncated says that a datagram was longer than bufs.
func Recv(fd FD, bufs [][]byte, peek bool) (n int, from netip.AddrPort, truncated bool, err error) {
	flags := unix.MSG_DONTWAIT
	if peek && (planted.Selected != planted.PeekTakes || len(bufs) == 0) {
		flags |= unix.MSG_PEEK
	}
	for {
		n, got := 0, 0
		var sa unix.Sockaddr
		bufs, err := faultIO(bufs)
		if err == nil {
			n, _, got, sa, err = unix.RecvmsgBuffers(int(fd), bufs, nil, flags)
		}
		if err != unix.EINTR {
			return max(n, 0), addrOf(sa), got&unix.MSG_TRUNC != 0, err
		}
	}
}

// Send sends bufs on the socket fd, to a if that is valid, else to what fd is connected to. It does not wait and raises no signal.
func Send(fd FD, bufs [][]byte, a netip.AddrPort) (int, error) {
	var sa unix.Sockaddr
	if a.IsValid() {
		var err error
		if sa, err = sockaddr(a); err != nil {
			return 0, err
		}
	}
	for {
		n := 0
		bufs, err := faultIO(bufs)
		if err == nil {
			n, err = unix.SendmsgBuffers(int(fd), bufs, nil, sa, unix.MSG_DONTWAIT|noSignal)
		}
		if err != unix.EINTR {
			return max(n, 0), err
		}
	}
}

// Shutdown ends receiving, sending or both on the socket fd.
func Shutdown(fd FD, read, write bool) error {
	how := unix.SHUT_RDWR
	switch {
	case !write:
		how = unix.SHUT_RD
	case !read:
		how = unix.SHUT_WR
	}
	return again(func() error { return unix.Shutdown(int(fd), how) })
}

// Option is an option of sockets that has a number.
type Option uint8

// The options, numbered in their own way.
const (
	ReuseAddr Option = iota
	Broadcast
	SendBuffer
	ReceiveBuffer
	KeepAlive
	DontRoute
	ReceiveLow
)

var hostOptions = [...]int{
	ReuseAddr: unix.SO_REUSEADDR, Broadcast: unix.SO_BROADCAST, SendBuffer: unix.SO_SNDBUF, ReceiveBuffer: unix.SO_RCVBUF,
	KeepAlive: unix.SO_KEEPALIVE, DontRoute: unix.SO_DONTROUTE, ReceiveLow: unix.SO_RCVLOWAT,
}

// GetOption returns an option of the socket fd.
func GetOption(fd FD, o Option) (int, error) {
	return getOption(fd, hostOptions[o])
}

// SetOption sets an option of the socket fd.
func SetOption(fd FD, o Option, v int) error {
	return setOption(fd, unix.SOL_SOCKET, hostOptions[o], v)
}

func getOption(fd FD, name int) (n int, err error) {
	err = again(func() (err error) { n, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, name); return err })
	return n, err
}

func setOption(fd FD, level, name, v int) error {
	return again(func() error { return unix.SetsockoptInt(int(fd), level, name, v) })
}

// ResetOnClose makes closing the socket fd drop what was not sent and end the connection at once, or not. Waiting for it to be sent,
// which hosts have, too, would make closing block.
func ResetOnClose(fd FD, on bool) error {
	l := unix.Linger{}
	if on {
		l.Onoff = 1
	}
	return again(func() error { return unix.SetsockoptLinger(int(fd), unix.SOL_SOCKET, unix.SO_LINGER, &l) })
}

// ResetsOnClose reports what ResetOnClose has set.
func ResetsOnClose(fd FD) (bool, error) {
	var l *unix.Linger
	err := again(func() (err error) {
		l, err = unix.GetsockoptLinger(int(fd), unix.SOL_SOCKET, unix.SO_LINGER)
		return err
	})
	return err == nil && l.Onoff != 0, err
}
