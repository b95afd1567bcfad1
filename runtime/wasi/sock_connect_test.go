package wasi

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// netWorld is a world with network rules. What is refused is added to *refused.
func netWorld(t *testing.T, refused *[]string, list ...string) *world {
	return newWorld(t, hostos.Auto, func(c *Config) {
		c.Net = rules(t, list...)
		c.NetTimeout = 5 * time.Second
		c.Lookup = func(_ context.Context, name string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("fd00::1")}, nil
		}
		c.NetRefused = func(r *policy.NetRefusal) {
			text := r.String()
			if rule, ok := r.Missing(); ok {
				text += "; " + rule.String()
			}
			*refused = append(*refused, text)
		}
	})
}

// echoServer returns the address of a server on a loopback address that sends back what it gets.
func echoServer(t *testing.T, host string) *net.TCPAddr {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Skipf("no server on %s: %v", host, err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				io.Copy(conn, conn)
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr)
}

// TestConnect connects in each form of addresses, to IPv4 and IPv6, blocking and not.
func TestConnect(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "::1"} {
		server := echoServer(t, host)
		port := uint64(server.Port)
		family, plain := uint64(familyInet4), uint32(addrLen4)
		rule := fmt.Sprintf("allow out tcp 127.0.0.0/8:%d", port)
		if host == "::1" {
			family, plain, rule = familyInet6, addrLen16, fmt.Sprintf("allow out tcp [::1]:%d", port)
		}
		for _, form := range []uint32{plain, addrTagged} {
			for _, flags := range []uint64{0, uint64(FDNonblock)} {
				var refused []string
				w := netWorld(t, &refused, rule)
				fd := w.socket(family, typeStream)
				w.want(ENOTCONN, "sock_shutdown", fd, sdWrite)
				w.want(ENOTCONN, "sock_getpeeraddr.v2", fd, w.room(addrTagged), portAt)
				w.want(ESUCCESS, "fd_fdstat_set_flags", fd, flags)
				errno := w.call("sock_connect", fd, w.addr(host, form), port)
				if errno == EINPROGRESS && flags != 0 {
					w.sub(0, 1, eventFdWrite, uint32(fd), 0, 0)
					w.poll(1)
					binary.LittleEndian.PutUint32(w.mem(sizeAt, 4), 4)
					w.want(ESUCCESS, "sock_getsockopt", fd, 0, 2, outAt, sizeAt)
					errno = Errno(w.u32(outAt))
				}
				if errno != ESUCCESS {
					t.Fatalf("connect to %s: %s", server, errno)
				}
				w.want(EISCONN, "sock_connect", fd, w.addr(host, form), port)
				w.want(ESUCCESS, "fd_fdstat_set_flags", fd, 0)
				if errno := w.send(fd, "hello"); errno != ESUCCESS {
					t.Errorf("send: %s", errno)
				}
				if got, errno := w.recv(fd, 5, riWaitAll); got != "hello" || errno != ESUCCESS {
					t.Errorf("received %q, %s", got, errno)
				}
				w.wantAddress(fd, host, port)
			}
		}
	}
}

// wantAddress checks what both forms say of the peer.
func (w *world) wantAddress(fd uint64, host string, port uint64) {
	w.t.Helper()
	a := netip.MustParseAddr(host)
	family, version := byte(familyInet4), uint32(4)
	if a.Is6() {
		family, version = familyInet6, 6
	}
	w.want(ESUCCESS, "sock_getpeeraddr.v2", fd, w.room(addrTagged), portAt)
	b := w.mem(sockAddrAt+8, addrTagged)
	if b[0] != family || b[1] != 0 || !slices.Equal(b[2:][:a.BitLen()/8], a.AsSlice()) || uint64(w.u32(portAt)) != port {
		w.t.Errorf("the peer is %x, port %d", b[:18], w.u32(portAt))
	}
	w.want(ESUCCESS, "sock_getpeeraddr.v1", fd, w.room(addrLen16), typeAt, portAt)
	if !slices.Equal(w.mem(sockAddrAt+8, uint64(a.BitLen()/8)), a.AsSlice()) || w.u32(typeAt) != version || uint64(w.u32(portAt)) != port {
		w.t.Errorf("the peer is %x of type %d", w.mem(sockAddrAt+8, 16), w.u32(typeAt))
	}
	w.want(ESUCCESS, "sock_getlocaladdr.v1", fd, w.room(addrLen16), typeAt, portAt)
	if w.u32(typeAt) != version || w.u32(portAt) == 0 {
		w.t.Errorf("the local port is %d, type %d", w.u32(portAt), w.u32(typeAt))
	}
	if a.Is6() {
		w.want(EINVAL, "sock_getpeeraddr.v2", fd, w.room(addrLen4), portAt)
	}
	w.want(EINVAL, "sock_getpeeraddr.v2", fd, w.room(15), portAt)
}

// TestDestinations connects to the boundary values of rules: what an out rule names is tried, everything else is refused.
func TestDestinations(t *testing.T) {
	server := echoServer(t, "127.0.0.1")
	for _, list := range [][]string{
		{fmt.Sprintf("allow out tcp 127.0.0.1:%d", server.Port)},
		{fmt.Sprintf("allow out tcp 127.0.0.0/30:%d-%d", server.Port-1, server.Port)},
		{"allow out tcp [::1]:1-2", "allow in tcp 127.0.0.1:*", "allow out udp 127.0.0.1:9"},
	} {
		var refused []string
		w := netWorld(t, &refused, list...)
		for _, r := range rules(t, list...) {
			for _, a := range r.Boundary() {
				family, form := uint64(familyInet4), uint32(addrLen16)
				if a.Addr().Unmap().Is6() {
					family = familyInet6
				}
				if a.Addr().Is4() {
					form = addrLen4
				}
				fd := w.socket(family, typeStream)
				w.want(ESUCCESS, "fd_fdstat_set_flags", fd, uint64(FDNonblock))
				errno := w.call("sock_connect", fd, w.addr(a.Addr().String(), form), uint64(a.Port()))
				allowed := r.Dir == policy.Out && r.Proto == policy.TCP && r.Hosts.Prefix.Contains(a.Addr().Unmap()) && a.Port() >= r.Ports.First && a.Port() <= r.Ports.Last
				if refusal := errno == EACCES || errno == EADDRNOTAVAIL; refusal == allowed {
					t.Errorf("%s: connect to %s: %s", r, a, errno)
				}
				w.want(ESUCCESS, "fd_close", fd)
			}
		}
	}
}

// TestDefaultDeny: without rules there is no socket, and with rules for one protocol none of the other.
func TestDefaultDeny(t *testing.T) {
	var refused []string
	w := netWorld(t, &refused)
	w.want(ENOTCAPABLE, "sock_open", familyInet4, typeStream, outAt)
	w.want(ENOTCAPABLE, "sock_open", familyInet6, typeDatagram, outAt)
	if want := "sock_open: tcp was refused: net-protocol"; len(refused) != 2 || refused[0] != want {
		t.Errorf("told %q", refused)
	}
	w = netWorld(t, &refused, "allow out udp 127.0.0.1:53")
	w.want(ENOTCAPABLE, "sock_open", familyInet4, typeStream, outAt)
	w.want(EAFNOSUPPORT, "sock_open", familyUnspec, typeDatagram, outAt)
	w.want(EAFNOSUPPORT, "sock_open", familyUnix, typeDatagram, outAt)
	w.want(EINVAL, "sock_open", 4, typeDatagram, outAt)
	w.want(EINVAL, "sock_open", familyInet4, typeAny, outAt)
	w.want(EINVAL, "sock_open", familyInet4, 3, outAt)
	w.want(EFAULT, "sock_open", familyInet4, typeDatagram, 65533)
	fd := w.socket(familyInet4, typeDatagram)
	w.want(ENOTCAPABLE, "sock_listen", fd, 1)
	refused = nil
	w.want(EACCES, "sock_bind", fd, w.addr("127.0.0.1", 4), 0)
	w.want(EACCES, "sock_connect", fd, w.addr("127.0.0.1", 4), 54)
	if errno := w.sendTo(fd, "x", "127.0.0.2", 4, 53); errno != EACCES {
		t.Errorf("send to another host: %s", errno)
	}
	want := []string{"sock_bind: udp on 127.0.0.1:0 was refused: net-bind; allow in udp 127.0.0.1:0",
		"sock_connect: udp to 127.0.0.1:54 was refused: net-destination; allow out udp 127.0.0.1:54",
		"sock_send_to: udp to 127.0.0.2:53 was refused: net-destination; allow out udp 127.0.0.2:53"}
	if !slices.Equal(refused, want) {
		t.Errorf("told %q", refused)
	}
	w.want(EAFNOSUPPORT, "sock_connect", fd, w.addr("::1", 16), 53)
	w.want(EADDRNOTAVAIL, "sock_connect", fd, w.addr("127.0.0.1", 4), 0)
	w.want(EADDRNOTAVAIL, "sock_connect", fd, w.addr("0.0.0.0", 4), 53)
	w.want(EINVAL, "sock_connect", fd, w.addr("127.0.0.1", 4), 65536)
	w.want(EINVAL, "sock_connect", fd, w.addr("127.0.0.1", 5), 53)
	w.want(EFAULT, "sock_connect", fd, 65530, 53)
	binary.LittleEndian.PutUint32(w.mem(w.addr("127.0.0.1", 4), 4), 65533)
	w.want(EFAULT, "sock_connect", fd, sockAddrAt, 53)
	binary.LittleEndian.PutUint16(w.mem(w.addr("127.0.0.1", addrTagged)+8, 2), 7)
	w.want(EAFNOSUPPORT, "sock_connect", fd, sockAddrAt, 53)
}

// TestMappedAddress: IPv4 in the form of IPv6 is IPv4, for the rules and for the host.
func TestMappedAddress(t *testing.T) {
	server := echoServer(t, "127.0.0.1")
	var refused []string
	w := netWorld(t, &refused, fmt.Sprintf("allow out tcp 127.0.0.1:%d", server.Port), "allow out tcp [::/1]:*")
	fd := w.socket(familyInet4, typeStream)
	w.want(EACCES, "sock_connect", fd, w.addr("::ffff:127.0.0.2", 16), uint64(server.Port))
	w.want(ESUCCESS, "sock_connect", fd, w.addr("::ffff:127.0.0.1", 16), uint64(server.Port))
	w.wantAddress(fd, "127.0.0.1", uint64(server.Port))
	six := w.socket(familyInet6, typeStream)
	w.want(EAFNOSUPPORT, "sock_connect", six, w.addr("::ffff:127.0.0.1", 16), uint64(server.Port))
}

// TestConnectFails: what the host says is told, also when connecting ends later.
func TestConnectFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := portOf(t, l.Addr())
	l.Close()
	var refused []string
	w := netWorld(t, &refused, "allow out tcp 127.0.0.1:*")
	fd := w.socket(familyInet4, typeStream)
	w.want(ECONNREFUSED, "sock_connect", fd, w.addr("127.0.0.1", 4), port)
	if errno := w.send(fd, "x"); errno != EPIPE && errno != ENOTCONN {
		t.Errorf("send: %s", errno)
	}
	if len(refused) != 0 {
		t.Errorf("told %q", refused)
	}
}

// TestServe binds, listens and serves a client, with the peers and ports of the rule.
func TestServe(t *testing.T) {
	var refused []string
	w := netWorld(t, &refused, "allow in tcp 127.0.0.1:0 from 127.0.0.1")
	fd := w.socket(familyInet4, typeStream)
	w.want(EDESTADDRREQ, "sock_listen", fd, 1)
	w.want(EACCES, "sock_bind", fd, w.addr("127.0.0.1", 4), 1)
	w.want(EACCES, "sock_bind", fd, w.addr("0.0.0.0", 4), 0)
	w.want(ESUCCESS, "sock_bind", fd, w.addr("127.0.0.1", 4), 0)
	w.want(EINVAL, "sock_bind", fd, w.addr("127.0.0.1", 4), 0)
	w.want(EINVAL, "sock_accept", fd, 0, outAt)
	w.want(ESUCCESS, "sock_listen", fd, 4)
	port := w.port(fd)
	client := dial(t, fmt.Sprintf("127.0.0.1:%d", port))
	w.want(ESUCCESS, "sock_accept", fd, 0, outAt)
	conn := uint64(w.u32(outAt))
	w.wantAddress(conn, "127.0.0.1", portOf(t, client.LocalAddr()))
	io.WriteString(client, "hi")
	if got, errno := w.read(conn, 9); got != "hi" || errno != ESUCCESS {
		t.Errorf("received %q, %s", got, errno)
	}
	w.want(EINVAL, "sock_connect", fd, w.addr("127.0.0.1", 4), port)
}
