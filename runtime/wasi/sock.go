package wasi

import (
	"encoding/binary"
	"net/netip"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// The flags of receiving, of what was received, and of shutting down.
const (
	riPeek    = 1
	riWaitAll = 2

	roTruncated = 1

	sdRead  = 1
	sdWrite = 2
)

// sockAccept is the call of preview 1.
func sockAccept(c *Call) Errno { return c.accept(FDFlags(c.u32(1)), 2) }

// sockAcceptV1 is WasmEdge's first call, which has no flags.
func sockAcceptV1(c *Call) Errno { return c.accept(0, 1) }

// accept takes a connection from a peer that the rules allow; others are closed at once.
func (c *Call) accept(flags FDFlags, slot int) Errno {
	f := c.files[0]
	s := f.sock
	if !s.listening || flags&^FDNonblock != 0 {
		return EINVAL
	}
	if planted.Selected == planted.AcceptFlags {
		flags = 0
	}
	fd := c.sys.fds.next()
	if fd < 0 {
		return EMFILE
	}
	if !c.use(f, RightSockAccept, 0) {
		return EPERM
	}
	for refused := 0; ; refused++ {
		if refused >= maxDropped && f.flags&FDNonblock != 0 {
			return EAGAIN
		}
		host, peer, err := hostos.Accept(f.host)
		switch {
		case hostos.IsAgain(err):
			if errno := c.awaitSocket(f, false); errno != ESUCCESS {
				return errno
			}
			continue
		case err != nil:
			return errnoOf(err)
		case !peer.IsValid() || planted.Selected != planted.AcceptPeer && !c.network(s).Serves(policy.TCP, s.bound, peer):
			hostos.Close(host)
			c.refuse(policy.TCP, policy.In, peer, "net-peer")
			if c.ctx.Err() != nil {
				return c.interrupted()
			}
			continue
		}
		conn := &file{fd: fd, host: host, typ: hostos.SocketStream, flags: flags, rights: handedOn(f),
			access: ^policy.Access(0), sock: &socket{proto: policy.TCP, v6: s.v6, peer: peer, connected: true}}
		return c.addSocket(conn, f.fd, slot)
	}
}

// handedOn returns the rights that connections of a listener have.
func handedOn(listener *file) Rights {
	if planted.Selected == planted.AcceptRights {
		return connectionRights
	}
	return connectionRights & listener.inherit
}

func sockRecv(c *Call) Errno {
	f, flags := c.files[0], c.u32(3)
	if !c.use(f, RightFdRead, policy.Read) {
		return EPERM
	}
	n, _, truncated, errno := c.receive(f, flags&riPeek != 0, flags&riWaitAll != 0)
	if errno != ESUCCESS {
		return errno
	}
	if errno := c.moved(f, policy.Read, policy.AtOffset, 4, n, nil); errno != ESUCCESS {
		return errno
	}
	c.putFlags(5, truncated)
	return ESUCCESS
}

// putFlags stores the flags of what was received.
func (c *Call) putFlags(slot int, truncated bool) {
	flags := uint16(0)
	if truncated && planted.Selected != planted.TruncatedFlag {
		flags = roTruncated
	}
	binary.LittleEndian.PutUint16(c.at(slot, 2), flags)
}

func sockSend(c *Call) Errno { return c.meter(c.files[0], 4, send) }

// send is sock_send without quotas.
func send(c *Call) Errno {
	f := c.files[0]
	if !c.use(f, RightFdWrite, policy.Write) {
		return EPERM
	}
	n, errno := c.send(f, netip.AddrPort{})
	if errno != ESUCCESS {
		return errno
	}
	return c.moved(f, policy.Write, policy.AtOffset, 4, n, nil)
}

func sockShutdown(c *Call) Errno {
	f, how := c.files[0], c.u32(1)
	if how == 0 {
		return EINVAL
	}
	if errno := c.finishConnect(f); errno != ESUCCESS {
		return errno
	}
	if !f.sock.connected {
		return ENOTCONN
	}
	if !c.use(f, RightSockShutdown, 0) {
		return EPERM
	}
	return errnoOf(hostos.Shutdown(f.host, how&sdRead != 0, how&sdWrite != 0 || planted.Selected == planted.ShutdownBoth))
}
