package wasi

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// The lengths of an address in memory: the bytes of IPv4 or IPv6 alone, or a family of 16 bits and the bytes. The port is an argument
// of its own.
const (
	addrLen4   = 4
	addrLen16  = 16
	addrTagged = 128
)

// checkAddress takes the address and length of an address out of the memory, once.
func (c *Call) checkAddress(write bool, at uint64) Errno {
	if errno := c.touch(false, at, sizeOfAddress); errno != ESUCCESS {
		return errno
	}
	b := c.mem[at:]
	buf, n := uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[4:]))
	if n != addrLen4 && n != addrLen16 && n != addrTagged {
		return EINVAL
	}
	if errno := c.touch(write, buf, n); errno != ESUCCESS {
		return errno
	}
	c.buf, c.bufAt = c.mem[buf:][:n:n], buf
	return ESUCCESS
}

// address returns the address among the arguments with the port in a slot, in the one form in which it is matched and used.
func (c *Call) address(portSlot int) (netip.AddrPort, Errno) {
	var a netip.Addr
	switch b := c.buf; {
	case len(b) == addrLen4:
		a = netip.AddrFrom4([4]byte(b))
	case len(b) == addrLen16:
		a = netip.AddrFrom16([16]byte(b))
	case binary.LittleEndian.Uint16(b) == familyInet4:
		a = netip.AddrFrom4([4]byte(b[2:]))
	case binary.LittleEndian.Uint16(b) == familyInet6:
		a = netip.AddrFrom16([16]byte(b[2:]))
	default:
		return netip.AddrPort{}, EAFNOSUPPORT
	}
	return policy.Plain(netip.AddrPortFrom(a, uint16(c.u32(portSlot)))), ESUCCESS
}

// fits reports whether the buffer for an address is large enough for the socket's family.
func (c *Call) fits(s *socket) bool { return !s.v6 || len(c.buf) > addrLen4 }

// putAddress stores an address in the buffer for it, which fits.
func (c *Call) putAddress(a netip.Addr) {
	b := c.out(c.bufAt, uint64(len(c.buf)))
	clear(b)
	if len(b) == addrTagged {
		family := uint16(familyInet4)
		if a.Is6() && planted.Selected != planted.TaggedFamily {
			family = familyInet6
		}
		binary.LittleEndian.PutUint16(b, family)
		b = b[2:]
	}
	copy(b, a.AsSlice())
}

// addrType returns the kind of an address as WasmEdge's first calls tell it: the version of IP.
func addrType(a netip.Addr) uint32 {
	if a.Is6() && planted.Selected != planted.AddressType {
		return 6
	}
	return 4
}

func sockGetLocalAddr(c *Call) Errno   { return c.tellAddress(false, 0, 2) }
func sockGetLocalAddrV1(c *Call) Errno { return c.tellAddress(false, 2, 3) }
func sockGetPeerAddr(c *Call) Errno    { return c.tellAddress(true, 0, 2) }
func sockGetPeerAddrV1(c *Call) Errno  { return c.tellAddress(true, 2, 3) }

// tellAddress stores an address of a socket, and its type if there is a slot for it.
func (c *Call) tellAddress(peer bool, typeSlot, portSlot int) Errno {
	f := c.files[0]
	if !c.fits(f.sock) {
		return EINVAL
	}
	if errno := c.finishConnect(f); errno != ESUCCESS && errno != EAGAIN {
		return errno
	}
	if peer && !f.sock.connected {
		return ENOTCONN
	}
	if !c.use(f, 0, 0) {
		return EPERM
	}
	get := hostos.LocalAddr
	if peer {
		get = hostos.PeerAddr
	}
	a, err := get(f.host)
	if err != nil {
		return errnoOf(err)
	}
	c.putAddress(a.Addr())
	if typeSlot != 0 {
		c.put32(typeSlot, addrType(a.Addr()))
	}
	port := uint32(a.Port())
	if planted.Selected == planted.PeerPort && peer {
		port = port>>8 | port&0xff<<8
	}
	c.put32(portSlot, port)
	return ESUCCESS
}

func sockRecvFromV1(c *Call) Errno { return c.receiveFrom(0, 5) }
func sockRecvFromV2(c *Call) Errno { return c.receiveFrom(5, 6) }

// receiveFrom receives and tells who sent it, with the port if there is a slot for it.
func (c *Call) receiveFrom(portSlot, slot int) Errno {
	f, flags := c.files[0], c.u32(4)
	if !c.fits(f.sock) {
		return EINVAL
	}
	if !c.use(f, RightFdRead, policy.Read) {
		return EPERM
	}
	n, from, truncated, errno := c.receive(f, flags&riPeek != 0, flags&riWaitAll != 0)
	if errno != ESUCCESS {
		return errno
	}
	if errno := c.moved(f, policy.Read, policy.AtOffset, slot, n, nil); errno != ESUCCESS {
		return errno
	}
	c.putAddress(from.Addr())
	if portSlot != 0 {
		port := uint32(from.Port())
		if planted.Selected == planted.SenderPort {
			if local, err := hostos.LocalAddr(f.host); err == nil {
				port = uint32(local.Port())
			}
		}
		c.put32(portSlot, port)
	}
	c.putFlags(slot+1, truncated)
	return ESUCCESS
}

// sockSendTo checks the destination of every datagram. A bound socket may also answer who was heard last. On a stream, an address
// is an error, as on hosts.
func sockSendTo(c *Call) Errno { return c.meter(c.files[0], 6, sendTo) }

// sendTo is sock_send_to without quotas.
func sendTo(c *Call) Errno {
	f := c.files[0]
	to, errno := c.address(4)
	switch {
	case errno != ESUCCESS:
		return errno
	case f.sock.proto != policy.UDP:
		return EISCONN
	case !f.sock.speaks(to) || !slices.Contains(f.sock.heard, to) && planted.Selected != planted.SendUnchecked:
		if errno := c.mayReach(f, to); errno != ESUCCESS {
			return errno
		}
	}
	if !c.allowNet(policy.NetSend, f, RightFdWrite, to) {
		return EPERM
	}
	n, errno := c.send(f, to)
	if errno != ESUCCESS {
		return errno
	}
	return c.moved(f, policy.Write, policy.AtOffset, 6, n, nil)
}
