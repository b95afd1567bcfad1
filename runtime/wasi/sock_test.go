package wasi

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// rules parses network rules.
func rules(t testing.TB, list ...string) (parsed []policy.NetRule) {
	t.Helper()
	for _, s := range list {
		r, err := policy.ParseNetRule(s)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, r)
	}
	return parsed
}

// Places in memory for sockets.
const (
	sockAddrAt = 2100 // the address and length of an address, which follow
	portAt     = 2300
	typeAt     = 2304
	sizeAt     = 2308
)

// addr puts an address into memory in a form of n bytes (4, 16 or 128) and returns where it is.
func (w *world) addr(s string, n uint32) uint64 {
	w.t.Helper()
	w.room(n)
	a := netip.MustParseAddr(s)
	b := w.mem(sockAddrAt+8, uint64(n))
	if n == addrTagged {
		family := uint16(familyInet4)
		if a.Is6() {
			family = familyInet6
		}
		binary.LittleEndian.PutUint16(b, family)
		b = b[2:]
	}
	copy(b, a.AsSlice())
	return sockAddrAt
}

// room makes room for an address of n bytes in memory and returns where.
func (w *world) room(n uint32) uint64 {
	head := w.mem(sockAddrAt, 8)
	binary.LittleEndian.PutUint32(head, sockAddrAt+8)
	binary.LittleEndian.PutUint32(head[4:], n)
	clear(w.mem(sockAddrAt+8, uint64(n)))
	return sockAddrAt
}

// socket opens a socket.
func (w *world) socket(family, typ uint64) uint64 {
	w.t.Helper()
	w.want(ESUCCESS, "sock_open", family, typ, outAt)
	return uint64(w.u32(outAt))
}

// port returns the local port of a socket, as the second form tells it.
func (w *world) port(fd uint64) uint64 {
	w.t.Helper()
	w.want(ESUCCESS, "sock_getlocaladdr.v2", fd, w.room(addrTagged), portAt)
	return uint64(w.u32(portAt))
}

// send sends s by sock_send.
func (w *world) send(fd uint64, s string) Errno {
	w.t.Helper()
	copy(w.mem(bufAt, uint64(len(s))), s)
	p, n := w.iovecs(uint32(len(s)))
	return w.call("sock_send", fd, p, n, 0, outAt)
}

// recv receives up to n bytes by sock_recv.
func (w *world) recv(fd uint64, n uint32, flags uint64) (string, Errno) {
	w.t.Helper()
	p, k := w.iovecs(n)
	if errno := w.call("sock_recv", fd, p, k, flags, outAt, outAt+4); errno != ESUCCESS {
		return "", errno
	}
	return string(w.mem(bufAt, uint64(w.u32(outAt)))), ESUCCESS
}

// sendTo sends s to an address by sock_send_to.
func (w *world) sendTo(fd uint64, s, to string, size uint32, port uint64) Errno {
	w.t.Helper()
	copy(w.mem(bufAt, uint64(len(s))), s)
	p, n := w.iovecs(uint32(len(s)))
	return w.call("sock_send_to", fd, p, n, w.addr(to, size), port, 0, outAt)
}
