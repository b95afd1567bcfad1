package wasi

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
)

// Places of a query and its results.
const (
	hintsAt = 3000
	listAt  = 3100 // the address of the first element
	infoAt  = 3200 // elements, each with its socket address and the bytes of it
	infoLen = 80
)

// lookup asks for a name with room for n results.
func (w *world) lookup(node, service string, family, typ byte, n uint32) (found []netip.AddrPort, errno Errno) {
	w.t.Helper()
	hints := w.mem(hintsAt, sizeOfAddrinfo)
	clear(hints)
	hints[aiFamily], hints[aiType] = family, typ
	binary.LittleEndian.PutUint32(w.mem(listAt, 4), infoAt)
	for i := range n {
		at := infoAt + i*infoLen
		info := w.mem(uint64(at), infoLen)
		clear(info)
		binary.LittleEndian.PutUint32(info[aiAddr:], at+28)
		binary.LittleEndian.PutUint32(info[aiNext:], at+infoLen)
		binary.LittleEndian.PutUint32(info[28+saDataLen:], 14)
		binary.LittleEndian.PutUint32(info[28+saData:], at+40)
	}
	copy(w.mem(pathAt, 500), node)
	copy(w.mem(path2At, 500), service)
	errno = w.call("sock_getaddrinfo", pathAt, uint64(len(node)), path2At, uint64(len(service)), hintsAt, listAt, uint64(n), outAt)
	if errno != ESUCCESS {
		return nil, errno
	}
	for i := range w.u32(outAt) {
		info := w.mem(uint64(infoAt+i*infoLen), infoLen)
		data := info[40:]
		a := netip.AddrFrom4([4]byte(data[2:]))
		size := uint32(16)
		if info[28] == familyInet6 {
			a, size = netip.AddrFrom16([16]byte(data[6:])), 28
		}
		if info[aiFamily] != info[28] || binary.LittleEndian.Uint32(info[aiAddrLen:]) != size || binary.LittleEndian.Uint32(info[28+saDataLen:]) != size-2 {
			w.t.Errorf("result %d of %q: %v", i, node, info)
		}
		found = append(found, netip.AddrPortFrom(a, binary.BigEndian.Uint16(data)))
	}
	return found, ESUCCESS
}

// TestGetAddrInfo resolves numbers and what the rules pinned, and nothing else.
func TestGetAddrInfo(t *testing.T) {
	var refused []string
	w := netWorld(t, &refused, "allow out tcp pinned.test:443")
	for _, tt := range []struct {
		node, service string
		family        byte
		n             uint32
		want          []string
		errno         Errno
	}{
		{"pinned.test", "443", 0, 9, []string{"10.1.2.3:443", "[fd00::1]:443"}, 0},
		{"PINNED.test\x00garbage", "443\x00", 0, 1, []string{"10.1.2.3:443"}, 0},
		{"pinned.test", "", familyInet6, 9, []string{"[fd00::1]:0"}, 0},
		{"127.0.0.9", "80", 0, 9, []string{"127.0.0.9:80"}, 0},
		{"::ffff:127.0.0.9", "80", 0, 9, []string{"127.0.0.9:80"}, 0},
		{"fe80::1%lo", "80", 0, 9, nil, EACCES},
		{"127.0.0.9", "80", familyInet6, 9, nil, ENOENT},
		{"", "80", familyInet4, 9, []string{"127.0.0.1:80"}, 0},
		{"localhost", "80", 0, 9, []string{"127.0.0.1:80", "[::1]:80"}, 0},
		{"other.test", "80", 0, 9, nil, EACCES},
		{"pinned.test.", "80", 0, 9, nil, EACCES},
		{"pinned.test", "https", 0, 9, nil, ENOENT},
		{"pinned.test", "65536", 0, 9, nil, ENOENT},
		{"pinned.test", "443", familyUnix, 9, nil, EAFNOSUPPORT},
		{"pinned.test", "443", 0, 0, nil, EINVAL},
		{"", "", 0, 9, nil, EINVAL},
	} {
		found, errno := w.lookup(tt.node, tt.service, tt.family, typeStream, tt.n)
		var got []string
		for _, a := range found {
			got = append(got, a.String())
		}
		if errno != tt.errno || !slices.Equal(got, tt.want) {
			t.Errorf("%q %q in family %d gives %v, %s; want %v, %s", tt.node, tt.service, tt.family, got, errno, tt.want, tt.errno)
		}
	}
	if len(refused) != 3 || refused[1] != `sock_getaddrinfo: the name "other.test" was refused: net-name; allow out tcp other.test:*` {
		t.Errorf("told %q", refused)
	}
	w.lookup("pinned.test", "443", 0, typeDatagram, 1)
	if info := w.mem(infoAt, 8); info[aiType] != typeDatagram || info[aiProtocol] != aiUDP {
		t.Errorf("the result is %v", info)
	}
}

// TestGetAddrInfoHostile spoils each address that a list leads to.
func TestGetAddrInfoHostile(t *testing.T) {
	var refused []string
	w := netWorld(t, &refused, "allow out tcp pinned.test:443")
	for _, at := range []uint64{listAt, infoAt + aiAddr, infoAt + 28 + saData, infoAt + aiNext} {
		w.lookup("pinned.test", "443", 0, typeStream, 2)
		for _, bad := range []uint32{65536 - 3, 1<<32 - 1, 1 << 31} {
			binary.LittleEndian.PutUint32(w.mem(at, 4), bad)
			w.want(EFAULT, "sock_getaddrinfo", pathAt, 11, path2At, 3, hintsAt, listAt, 2, outAt)
		}
	}
	w.lookup("pinned.test", "443", 0, typeStream, 2)
	binary.LittleEndian.PutUint32(w.mem(infoAt+aiNext, 4), infoAt) // a list that is a circle
	w.want(ESUCCESS, "sock_getaddrinfo", pathAt, 11, path2At, 3, hintsAt, listAt, 1<<32-1, outAt)
	w.want(ESUCCESS, "sock_getaddrinfo", pathAt, 11, path2At, 3, 0, listAt, 2, outAt)
	w.want(EFAULT, "sock_getaddrinfo", pathAt, 11, path2At, 3, 65536-27, listAt, 2, outAt)
	w.want(EFAULT, "sock_getaddrinfo", pathAt, 1<<31, path2At, 3, 0, listAt, 2, outAt)
}
