package wasi

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strconv"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// The flags of hints, and the protocols of addresses.
const (
	aiPassive = 1

	aiTCP = 1
	aiUDP = 2
)

// MaxAddrinfo is the largest number of results that one sock_getaddrinfo gives.
const MaxAddrinfo = 64

// The places of what matters in the structures of sock_getaddrinfo: of a result flags, family, type, protocol, the length and
// address of a socket address, the name and its length, the next result; of a socket address family, length and address of the
// bytes, which are the port, and after 4 bytes for the flow of IPv6, the address.
const (
	aiFamily   = 2
	aiType     = 3
	aiProtocol = 4
	aiAddrLen  = 8
	aiAddr     = 12
	aiNameLen  = 20
	aiNext     = 24

	saDataLen = 4
	saData    = 8
)

// query is what sock_getaddrinfo is asked for.
type query struct {
	node    string
	port    uint16
	family  byte
	typ     byte
	proto   byte
	passive bool
}

// sockGetAddrInfo resolves names without the network: numbers, what the rules pinned, and the names of the host itself. The results
// go into a list that the guest has made, of at least as many elements as it says.
func sockGetAddrInfo(c *Call) Errno {
	q, errno := c.query()
	if errno != ESUCCESS {
		return errno
	}
	addrs, errno := c.resolve(&q)
	if errno != ESUCCESS {
		return errno
	}
	n := uint32(0)
	at := binary.LittleEndian.Uint32(c.from(5, 4))
	for _, a := range addrs {
		if n == min(c.u32(6), MaxAddrinfo) && planted.Selected != planted.AddrinfoMore || n > c.u32(6) {
			break
		}
		if q.family == familyInet4 && !a.Is4() || q.family == familyInet6 && !a.Is6() {
			continue
		}
		next, errno := c.putAddrInfo(uint64(at), a, &q)
		if errno != ESUCCESS {
			return errno
		}
		at = next
		n++
	}
	if n == 0 {
		return ENOENT
	}
	c.put32(7, n)
	return ESUCCESS
}

// query reads the arguments. The strings end at a NUL byte, if they have one.
func (c *Call) query() (q query, errno Errno) {
	node, _, _ := bytes.Cut(c.from(0, uint64(c.u32(1))), []byte{0})
	service, _, _ := bytes.Cut(c.from(2, uint64(c.u32(3))), []byte{0})
	if len(node) > 253 || len(node)+len(service) == 0 || c.u32(6) == 0 {
		return q, EINVAL
	}
	q.node = string(bytes.ToLower(node))
	if len(service) > 0 {
		port, err := strconv.ParseUint(string(service[:min(len(service), 6)]), 10, 16)
		if err != nil {
			return q, ENOENT // names of services are not the guest's to know
		}
		q.port = uint16(port)
	}
	if c.u32(4) != 0 {
		hints := c.from(4, sizeOfAddrinfo)
		q.passive = binary.LittleEndian.Uint16(hints)&aiPassive != 0
		q.family, q.typ, q.proto = hints[aiFamily], hints[aiType], hints[aiProtocol]
	}
	if q.family > familyInet6 {
		return q, EAFNOSUPPORT
	}
	if q.typ == typeAny {
		q.typ = typeStream
		if q.proto == aiUDP {
			q.typ = typeDatagram
		}
	}
	q.proto = aiTCP
	if q.typ == typeDatagram {
		q.proto = aiUDP
	}
	return q, ESUCCESS
}

// resolve returns the addresses of a name.
func (c *Call) resolve(q *query) ([]netip.Addr, Errno) {
	loopback := []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}
	switch {
	case q.node == "" && q.passive:
		return []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}, ESUCCESS
	case q.node == "" || q.node == "localhost" && len(c.sys.net.Lookup(q.node)) == 0:
		return loopback, ESUCCESS
	}
	if a, err := netip.ParseAddr(q.node); err == nil && a.Zone() == "" {
		return []netip.Addr{a.Unmap()}, ESUCCESS
	}
	if len(c.sys.net.Lookup(q.node)) == 0 {
		c.refuseName(q.node)
		return nil, EACCES
	}
	if !c.allow(&policy.Effect{Op: policy.NetResolve, Path: q.node}) {
		return nil, EPERM
	}
	return c.sys.net.Lookup(q.node), ESUCCESS
}

// putAddrInfo stores one result in the element of the list at an address, and returns the address of the next. Everything that the
// element leads to is checked where it is used.
func (c *Call) putAddrInfo(at uint64, a netip.Addr, q *query) (next uint32, errno Errno) {
	data := make([]byte, 14, 26)
	family, length := byte(familyInet4), uint32(16)
	if a.Is6() {
		data, family, length = data[:26], familyInet6, 28
		copy(data[6:], a.AsSlice())
	} else {
		copy(data[2:], a.AsSlice())
	}
	if binary.BigEndian.PutUint16(data, q.port); planted.Selected == planted.AddrinfoPort {
		data[0], data[1] = data[1], data[0]
	}
	info, errno := c.element(at, sizeOfAddrinfo)
	if errno != ESUCCESS {
		return 0, errno
	}
	next = binary.LittleEndian.Uint32(info[aiNext:])
	sa, errno := c.element(uint64(binary.LittleEndian.Uint32(info[aiAddr:])), sizeOfSockaddr)
	if errno != ESUCCESS {
		return 0, errno
	}
	buf, errno := c.element(uint64(binary.LittleEndian.Uint32(sa[saData:])), uint64(len(data)))
	if errno != ESUCCESS {
		return 0, errno
	}
	info[aiFamily], info[aiType] = family, q.typ
	binary.LittleEndian.PutUint32(info[aiProtocol:], uint32(q.proto))
	binary.LittleEndian.PutUint32(info[aiAddrLen:], length)
	binary.LittleEndian.PutUint32(info[aiNameLen:], 0)
	sa[0] = family
	binary.LittleEndian.PutUint32(sa[saDataLen:], uint32(len(data)))
	copy(buf, data)
	return next, ESUCCESS
}

// element returns n bytes of memory that are read and written.
func (c *Call) element(at, n uint64) ([]byte, Errno) {
	if errno := c.touch(false, at, n); errno != ESUCCESS {
		return nil, errno
	}
	if errno := c.touch(true, at, n); errno != ESUCCESS {
		return nil, errno
	}
	return c.out(at, n), ESUCCESS
}
