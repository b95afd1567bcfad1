package wasi

import (
	"net/netip"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// The families and types of sockets, numbered as in WasmEdge's interface.
const (
	familyUnspec = iota
	familyInet4
	familyInet6
	familyUnix
)

const (
	typeAny = iota
	typeDatagram
	typeStream
)

var (
	familyNames   = []string{"unspec", "inet4", "inet6", "unix"}
	sockTypeNames = []string{"any", "datagram", "stream"}
)

func sockOpen(c *Call) Errno {
	family, typ := c.u32(0), c.u32(1)
	if family != familyInet4 && family != familyInet6 {
		return EAFNOSUPPORT
	}
	f := &file{typ: hostos.SocketStream, rights: socketRights, inherit: connectionRights, access: ^policy.Access(0),
		sock: &socket{proto: policy.TCP, v6: family == familyInet6}}
	switch typ {
	case typeAny:
		return EINVAL
	case typeDatagram:
		f.typ, f.rights, f.inherit, f.sock.proto = hostos.SocketDgram, connectionRights, 0, policy.UDP
	}
	if !c.sys.net.Uses(f.sock.proto) {
		c.refuse(f.sock.proto, 0, netip.AddrPort{}, "net-protocol")
		return ENOTCAPABLE
	}
	if f.fd = c.sys.fds.next(); f.fd < 0 {
		return EMFILE
	}
	if !c.allow(&policy.Effect{Op: policy.SockCreate, Proto: f.sock.proto}) {
		return EPERM
	}
	var err error
	if f.host, err = hostos.Socket(f.sock.v6, typ == typeDatagram); err != nil {
		return errnoOf(err)
	}
	return c.addSocket(f, policy.NoListener, 2)
}

func sockBind(c *Call) Errno {
	f := c.files[0]
	s := f.sock
	at, errno := c.address(2)
	switch {
	case errno != ESUCCESS:
		return errno
	case !s.speaks(at):
		return EAFNOSUPPORT
	case s.bound.IsValid() && planted.Selected != planted.BindAgain || s.connected || s.connecting:
		return EINVAL
	case c.sys.net.Allows(policy.In, s.proto, at) == nil:
		c.refuse(s.proto, policy.In, at, "net-bind")
		return EACCES
	case !c.allowNet(policy.NetBind, f, 0, at):
		return EPERM
	}
	if planted.Selected == planted.BindFailed {
		s.bound = at
	}
	if err := hostos.Bind(f.host, at); err != nil && !(planted.Selected == planted.BindAgain && s.bound.IsValid()) {
		return errnoOf(err)
	}
	s.bound = at
	return ESUCCESS
}

// sockListen refuses a socket that is not bound: the host would choose an address itself.
func sockListen(c *Call) Errno {
	f := c.files[0]
	s := f.sock
	switch {
	case s.proto != policy.TCP:
		return ENOTSUP
	case !s.bound.IsValid() && planted.Selected != planted.ListenUnbound:
		return EDESTADDRREQ
	case s.connected || s.connecting:
		return EINVAL
	}
	local, err := hostos.LocalAddr(f.host)
	if err != nil {
		return errnoOf(err)
	}
	if !c.allowNet(policy.NetListen, f, RightSockAccept, local) {
		return EPERM
	}
	if err := hostos.Listen(f.host, int(min(c.u32(1), 1<<16))); err != nil {
		return errnoOf(err)
	}
	s.listening = true
	return ESUCCESS
}

func sockConnect(c *Call) Errno {
	f := c.files[0]
	s := f.sock
	to, errno := c.address(2)
	switch {
	case errno != ESUCCESS:
		return errno
	case s.listening:
		return EINVAL
	case s.connecting:
		return EALREADY
	case s.connected && s.proto == policy.TCP:
		return EISCONN
	}
	if errno := c.mayReach(f, to); errno != ESUCCESS {
		return errno
	}
	if !c.allowNet(policy.NetConnect, f, 0, to) {
		return EPERM
	}
	s.connected, s.peer = false, to
	err := hostos.Connect(f.host, to)
	if err != nil && !hostos.IsInProgress(err) {
		return errnoOf(err)
	}
	s.connecting = true
	if errno := c.finishConnect(f); errno != EAGAIN || f.flags&FDNonblock == 0 {
		return errno
	}
	return EINPROGRESS
}

// mayReach checks a destination.
func (c *Call) mayReach(f *file, to netip.AddrPort) Errno {
	s := f.sock
	switch {
	case !s.speaks(to):
		return EAFNOSUPPORT
	case !policy.IsDestination(to):
		return EADDRNOTAVAIL
	case c.sys.net.Allows(policy.Out, s.proto, to) == nil && planted.Selected != planted.ConnectUnseen:
		c.refuse(s.proto, policy.Out, to, "net-destination")
		return EACCES
	}
	return ESUCCESS
}
