package hostos

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pair returns a listener, a socket that is connected to it, and the other end of that.
func pair(t *testing.T) (l, client, server FD) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	closeLater := func(fd FD) { t.Cleanup(func() { Close(fd) }) }
	l, err := ListenTCP(netip.MustParseAddrPort("127.0.0.1:0"))
	must(err)
	closeLater(l)
	at, err := LocalAddr(l)
	must(err)
	client, err = Socket(false, false)
	must(err)
	closeLater(client)
	if err := Connect(client, at); err != nil && !IsInProgress(err) {
		t.Fatal(err)
	}
	must(WaitReady(context.Background(), client, true))
	must(SocketError(client))
	must(WaitReady(context.Background(), l, false))
	server, peer, err := Accept(l)
	must(err)
	closeLater(server)
	if own, err := LocalAddr(client); own != peer || err != nil {
		t.Errorf("accepted %s, but connected is %s, %v", peer, own, err)
	}
	if other, err := PeerAddr(client); other != at || err != nil {
		t.Errorf("connected to %s instead of %s, %v", other, at, err)
	}
	return l, client, server
}

// TestSocketFlags: no socket is inherited or blocks, and sending to one that is closed is an error and no signal.
func TestSocketFlags(t *testing.T) {
	l, client, server := pair(t)
	datagrams, err := Socket(true, true)
	if err != nil {
		t.Skipf("no IPv6: %v", err)
	}
	defer Close(datagrams)
	for _, fd := range []FD{l, client, server, datagrams} {
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil || flags&unix.FD_CLOEXEC == 0 {
			t.Errorf("descriptor %d is inherited: %v", fd, err)
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); err != nil || flags&unix.O_NONBLOCK == 0 {
			t.Errorf("descriptor %d blocks: %v", fd, err)
		}
	}
	if v6only, err := unix.GetsockoptInt(int(datagrams), unix.IPPROTO_IPV6, unix.IPV6_V6ONLY); err != nil || v6only == 0 {
		t.Errorf("IPv6 is not alone: %v", err)
	}
	if !IsListener(l) || IsListener(client) || IsListener(datagrams) {
		t.Error("listeners are mistaken for others")
	}
	if _, _, err := Accept(l); !IsAgain(err) {
		t.Errorf("accept without a connection: %v", err)
	}
	if _, _, _, err := Recv(client, [][]byte{make([]byte, 1)}, false); !IsAgain(err) {
		t.Errorf("receive without bytes: %v", err)
	}
	if err := Shutdown(client, false, true); err != nil {
		t.Error(err)
	}
	if _, err := Send(client, [][]byte{{1}}, netip.AddrPort{}); !errors.Is(err, unix.EPIPE) {
		t.Errorf("send after the end: %v", err)
	}
}

// TestSocketAddresses: only addresses in their one form reach the host.
func TestSocketAddresses(t *testing.T) {
	fd, err := Socket(false, true)
	if err != nil {
		t.Fatal(err)
	}
	defer Close(fd)
	for _, a := range []netip.AddrPort{{}, netip.MustParseAddrPort("[::ffff:127.0.0.1]:9"), netip.MustParseAddrPort("[fe80::1%lo]:9")} {
		if err := Connect(fd, a); err != unix.EAFNOSUPPORT {
			t.Errorf("connect to %s: %v", a, err)
		}
		if err := Bind(fd, a); err != unix.EAFNOSUPPORT {
			t.Errorf("bind to %s: %v", a, err)
		}
	}
	if _, err := Send(fd, nil, netip.MustParseAddrPort("[::ffff:127.0.0.1]:9")); err != unix.EAFNOSUPPORT {
		t.Errorf("send: %v", err)
	}
}

// TestSocketWaitEnds: a wait for a socket ends soon after its context.
func TestSocketWaitEnds(t *testing.T) {
	_, client, _ := pair(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	begin := time.Now()
	if err := WaitReady(ctx, client, false); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
}
