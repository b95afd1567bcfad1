package wasi

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
)

// recvFrom receives by the second form of the call and returns the sender.
func (w *world) recvFrom(fd uint64, n uint32, flags uint64) (string, netip.AddrPort, Errno) {
	w.t.Helper()
	p, k := w.iovecs(n)
	if errno := w.call("sock_recv_from.v2", fd, p, k, w.room(addrTagged), flags, portAt, outAt, outAt+4); errno != ESUCCESS {
		return "", netip.AddrPort{}, errno
	}
	b := w.mem(sockAddrAt+8, addrTagged)
	a := netip.AddrFrom4([4]byte(b[2:]))
	if b[0] == familyInet6 {
		a = netip.AddrFrom16([16]byte(b[2:]))
	}
	return string(w.mem(bufAt, uint64(w.u32(outAt)))), netip.AddrPortFrom(a, uint16(w.u32(portAt))), ESUCCESS
}

// packetConn listens for datagrams on a loopback address.
func packetConn(t *testing.T, host string) (*net.UDPConn, netip.AddrPort) {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(host)})
	if err != nil {
		t.Skipf("no socket on %s: %v", host, err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	return conn, conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// TestDatagrams sends and receives; each destination is checked, answers come through, and what strangers send does not.
func TestDatagrams(t *testing.T) {
	friend, friendAddr := packetConn(t, "127.0.0.1")
	stranger, strangerAddr := packetConn(t, "127.0.0.1")
	var refused []string
	w := netWorld(t, &refused, fmt.Sprintf("allow out udp 127.0.0.1:%d", friendAddr.Port()))
	fd := w.socket(familyInet4, typeDatagram)
	if errno := w.sendTo(fd, "question", "127.0.0.1", 4, uint64(friendAddr.Port())); errno != ESUCCESS || w.u32(outAt) != 8 {
		t.Fatalf("send: %s", errno)
	}
	if errno := w.sendTo(fd, "question", "127.0.0.1", 4, uint64(strangerAddr.Port())); errno != EACCES {
		t.Errorf("send to a stranger: %s", errno)
	}
	buf := make([]byte, 100)
	n, guest, err := friend.ReadFromUDPAddrPort(buf)
	if err != nil || string(buf[:n]) != "question" {
		t.Fatalf("the friend got %q, %v", buf[:n], err)
	}
	stranger.WriteToUDPAddrPort([]byte("poison"), guest)
	friend.WriteToUDPAddrPort([]byte("answer"), guest)
	copy(w.mem(bufAt, 20), bytes.Repeat([]byte{'.'}, 20))
	if got, from, errno := w.recvFrom(fd, 20, riPeek); got != "answer" || from != friendAddr || errno != ESUCCESS {
		t.Errorf("peeked %q from %s, %s", got, from, errno)
	}
	if got, from, errno := w.recvFrom(fd, 3, 0); got != "ans" || from != friendAddr || errno != ESUCCESS || w.mem(outAt+4, 1)[0] != roTruncated {
		t.Errorf("received %q from %s, %s", got, from, errno)
	}
	if bytes.Contains(w.mem(0, 65536), []byte("poison")) {
		t.Error("what a stranger sent is in the guest's memory")
	}
	if len(refused) != 2 || !slices.Contains(refused, fmt.Sprintf("sock_recv_from: udp from %s was refused: net-peer", strangerAddr)) {
		t.Errorf("told %q", refused)
	}
	w.want(ESUCCESS, "fd_fdstat_set_flags", fd, uint64(FDNonblock))
	if _, _, errno := w.recvFrom(fd, 20, 0); errno != EAGAIN {
		t.Errorf("nothing there: %s", errno)
	}
	// The first form has no port.
	friend.WriteToUDPAddrPort([]byte("again"), guest)
	time.Sleep(10 * time.Millisecond)
	p, k := w.iovecs(20)
	w.want(ESUCCESS, "sock_recv_from.v1", fd, p, k, w.room(addrLen4), 0, outAt, outAt+4)
	if got := w.mem(sockAddrAt+8, 4); !slices.Equal(got, []byte{127, 0, 0, 1}) || w.u32(outAt) != 5 {
		t.Errorf("%d bytes from %v", w.u32(outAt), got)
	}
}

// TestDatagramServer answers who has sent to a bound socket, and nobody else.
func TestDatagramServer(t *testing.T) {
	client, clientAddr := packetConn(t, "127.0.0.1")
	_, otherAddr := packetConn(t, "127.0.0.1")
	var refused []string
	w := netWorld(t, &refused, "allow in udp 127.0.0.1:0 from 127.0.0.0/8")
	fd := w.socket(familyInet4, typeDatagram)
	w.want(ESUCCESS, "sock_bind", fd, w.addr("127.0.0.1", addrTagged), 0)
	if errno := w.sendTo(fd, "x", "127.0.0.1", 4, uint64(clientAddr.Port())); errno != EACCES {
		t.Errorf("sent before anybody asked: %s", errno)
	}
	client.WriteToUDPAddrPort([]byte("q"), netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(w.port(fd))))
	if got, errno := w.read(fd, 9); got != "q" || errno != ESUCCESS {
		t.Errorf("received %q, %s", got, errno)
	}
	if errno := w.sendTo(fd, "a", "127.0.0.1", 16, uint64(clientAddr.Port())); errno != EACCES && errno != EAFNOSUPPORT {
		t.Errorf("sent to an address with zeros behind it: %s", errno)
	}
	if errno := w.sendTo(fd, "a", "127.0.0.1", 4, uint64(clientAddr.Port())); errno != ESUCCESS {
		t.Errorf("answer: %s", errno)
	}
	if errno := w.sendTo(fd, "a", "127.0.0.1", 4, uint64(otherAddr.Port())); errno != EACCES {
		t.Errorf("sent to somebody else: %s", errno)
	}
	buf := make([]byte, 9)
	if n, err := client.Read(buf); err != nil || string(buf[:n]) != "a" {
		t.Errorf("the client got %q, %v", buf[:n], err)
	}
}

// TestConnectedDatagrams sends by sock_send and fd_write to the one peer.
func TestConnectedDatagrams(t *testing.T) {
	peer, addr := packetConn(t, "::1")
	var refused []string
	w := netWorld(t, &refused, fmt.Sprintf("allow out udp [::1]:%d", addr.Port()))
	fd := w.socket(familyInet6, typeDatagram)
	if errno := w.send(fd, "x"); errno != EDESTADDRREQ {
		t.Errorf("sent to nobody: %s", errno)
	}
	w.want(ESUCCESS, "sock_connect", fd, w.addr("::1", 16), uint64(addr.Port()))
	w.wantAddress(fd, "::1", uint64(addr.Port()))
	for _, send := range []func(uint64, string) Errno{w.send, w.write} {
		if errno := send(fd, "ping"); errno != ESUCCESS {
			t.Errorf("send: %s", errno)
		}
		buf := make([]byte, 9)
		n, from, err := peer.ReadFromUDPAddrPort(buf)
		if err != nil || string(buf[:n]) != "ping" {
			t.Fatalf("the peer got %q, %v", buf[:n], err)
		}
		peer.WriteToUDPAddrPort([]byte("pong"), from)
		if got, errno := w.recv(fd, 9, 0); got != "pong" || errno != ESUCCESS {
			t.Errorf("received %q, %s", got, errno)
		}
	}
	w.want(ESUCCESS, "fd_fdstat_get", fd, outAt)
	if typ := w.mem(outAt, 1)[0]; typ != byte(hostos.SocketDgram) {
		t.Errorf("its type is %d", typ)
	}
	w.want(ENOTCAPABLE, "sock_accept", fd, 0, outAt)
}

// option calls sock_getsockopt with room for n bytes.
func (w *world) option(fd, name uint64, n uint32) ([]byte, Errno) {
	w.t.Helper()
	binary.LittleEndian.PutUint32(w.mem(sizeAt, 4), n)
	errno := w.call("sock_getsockopt", fd, 0, name, bufAt, sizeAt)
	return w.mem(bufAt, uint64(w.u32(sizeAt))), errno
}

func TestOptions(t *testing.T) {
	var refused []string
	w := netWorld(t, &refused, "allow in tcp 127.0.0.1:0", "allow out udp 127.0.0.1:1")
	fd := w.socket(familyInet4, typeStream)
	set := func(name uint64, value ...byte) Errno {
		t.Helper()
		copy(w.mem(bufAt, uint64(len(value))), value)
		return w.call("sock_setsockopt", fd, 0, name, bufAt, uint64(len(value)))
	}
	long := func(a, b uint64) []byte {
		return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, a), b)
	}
	for _, tt := range []struct {
		name  uint64
		value []byte
		errno Errno
	}{
		{0, []byte{1, 0, 0, 0}, ESUCCESS}, {0, []byte{1, 0, 0}, EINVAL}, {0, nil, EINVAL}, {1, []byte{1, 0, 0, 0}, ENOPROTOOPT}, {7, []byte{5, 0, 0, 0}, ESUCCESS},
		{5, []byte{255, 255, 255, 127}, ESUCCESS}, {6, []byte{0, 0, 0, 128}, EINVAL}, {8, []byte{1, 0, 0, 0}, ENOPROTOOPT}, {14, []byte("lo"), ENOPROTOOPT}, {15, []byte{0, 0, 0, 0}, EINVAL},
		{9, []byte{1, 0, 0, 0, 5, 0, 0, 0}, ENOTSUP}, {9, []byte{1, 0, 0, 0, 0, 0, 0, 0}, ESUCCESS}, {11, long(0, 5000), ESUCCESS}, {11, long(0, 1_000_000), EINVAL}, {12, long(1<<63, 0), EINVAL},
		{12, long(1<<62, 7), ESUCCESS},
	} {
		if got := set(tt.name, tt.value...); got != tt.errno {
			t.Errorf("set %s to %v: %s, want %s", append(optionNames, "none")[tt.name], tt.value, got, tt.errno)
		}
	}
	for _, tt := range []struct {
		name uint64
		want []byte
	}{
		{0, []byte{1, 0, 0, 0}}, {1, []byte{typeStream, 0, 0, 0}}, {2, []byte{0, 0, 0, 0}}, {7, []byte{1, 0, 0, 0}}, {9, []byte{1, 0, 0, 0, 0, 0, 0, 0}}, {11, long(0, 5000)}, {13, []byte{0, 0, 0, 0}},
	} {
		if got, errno := w.option(fd, tt.name, 100); errno != ESUCCESS || !slices.Equal(got, tt.want) {
			t.Errorf("%s is %v, %s", optionNames[tt.name], got, errno)
		}
		if _, errno := w.option(fd, tt.name, uint32(len(tt.want)-1)); errno != EINVAL {
			t.Errorf("%s in too little room: %s", optionNames[tt.name], errno)
		}
	}
	if got, errno := w.option(fd, 5, 4); errno != ESUCCESS || binary.LittleEndian.Uint32(got) > 4*maxSocketBuffer {
		t.Errorf("the send buffer is %v, %s", got, errno)
	}
	w.want(EFAULT, "sock_getsockopt", fd, 0, 0, bufAt, 65534)
	binary.LittleEndian.PutUint32(w.mem(sizeAt, 4), 65536)
	w.want(EFAULT, "sock_getsockopt", fd, 0, 0, bufAt, sizeAt)
	w.want(EINVAL, "sock_getsockopt", fd, 1, 0, bufAt, sizeAt)
	w.want(ESUCCESS, "sock_bind", fd, w.addr("127.0.0.1", 4), 0)
	w.want(ESUCCESS, "sock_listen", fd, 1)
	if got, errno := w.option(fd, 13, 4); errno != ESUCCESS || got[0] != 1 {
		t.Errorf("a listener does not say so: %v, %s", got, errno)
	}
	w.want(EAGAIN, "sock_accept", fd, 0, outAt) // after the 5 ms that were set
}
