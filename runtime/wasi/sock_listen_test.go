package wasi

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// listenFD is the descriptor of the first listener.
const listenFD = 5

// listeningWorld is a world with a listener on a port of the host's choice.
func listeningWorld(t *testing.T, from ...netip.Prefix) (*world, string) {
	w := newWorld(t, hostos.Auto, func(c *Config) {
		c.Listeners = []Listener{{Addr: netip.MustParseAddrPort("127.0.0.1:0"), From: from}}
		c.NetTimeout = 5 * time.Second
	})
	return w, w.sys.ListenerAddrs()[0].String()
}

// dial connects to a listener.
func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	return conn
}

// TestPreopenedListener serves one client through the calls of preview 1 alone.
func TestPreopenedListener(t *testing.T) {
	w, addr := listeningWorld(t)
	client := dial(t, addr)
	w.want(EINVAL, "sock_accept", listenFD, uint64(FDAppend), outAt)
	w.want(EFAULT, "sock_accept", listenFD, 0, 65534)
	w.want(ESUCCESS, "sock_accept", listenFD, 0, outAt)
	fd := uint64(w.u32(outAt))
	if fd != listenFD+1 {
		t.Errorf("the connection is %d", fd)
	}
	for _, f := range []uint64{listenFD, fd} {
		w.want(ESUCCESS, "fd_fdstat_get", f, outAt)
		if typ := w.mem(outAt, 1)[0]; typ != byte(hostos.SocketStream) {
			t.Errorf("descriptor %d has type %d", f, typ)
		}
		w.want(ESUCCESS, "fd_filestat_get", f, outAt)
		w.want(ESPIPE, "fd_tell", f, outAt)
		w.want(ENOTDIR, "path_create_directory", f, pathAt, 1)
		w.want(EBADF, "fd_prestat_get", f, outAt)
	}
	w.want(EBADF, "sock_recv", listenFD, 0, 0, 0, outAt, outAt+4)
	w.want(ENOTCAPABLE, "sock_accept", fd, 0, outAt)

	io.WriteString(client, "question")
	if got, errno := w.recv(fd, 4, riPeek); got != "ques" || errno != ESUCCESS {
		t.Errorf("peeked %q, %s", got, errno)
	}
	if got, errno := w.recv(fd, 8, riWaitAll); got != "question" || errno != ESUCCESS {
		t.Errorf("received %q, %s", got, errno)
	}
	if errno := w.send(fd, "answer "); errno != ESUCCESS || w.u32(outAt) != 7 {
		t.Errorf("sent: %s", errno)
	}
	if errno := w.write(fd, "written"); errno != ESUCCESS {
		t.Errorf("written: %s", errno)
	}
	w.want(EINVAL, "sock_shutdown", fd, 0)
	w.want(EINVAL, "sock_shutdown", fd, 4)
	w.want(ESUCCESS, "sock_shutdown", fd, sdWrite)
	if got, err := io.ReadAll(client); string(got) != "answer written" || err != nil {
		t.Errorf("the client got %q, %v", got, err)
	}
	if errno := w.send(fd, "x"); errno != EPIPE {
		t.Errorf("sent after the end: %s", errno)
	}
	if errno := w.write(fd, "x"); errno != EPIPE {
		t.Errorf("written after the end: %s", errno)
	}
	client.Close()
	if got, errno := w.read(fd, 9); got != "" || errno != ESUCCESS {
		t.Errorf("at the end: %q, %s", got, errno)
	}
	w.want(ESUCCESS, "fd_close", fd)
	w.want(EBADF, "sock_recv", fd, 0, 0, 0, outAt, outAt+4)
}

// TestAcceptForms: the call with and without flags, by the number of its arguments, and WasmEdge's other name.
func TestAcceptForms(t *testing.T) {
	w, addr := listeningWorld(t)
	dial(t, addr)
	w.want(ESUCCESS, "sock_accept.v1", listenFD, outAt)
	dial(t, addr)
	w.want(ESUCCESS, "sock_accept", listenFD, uint64(FDNonblock), outAt)
	if _, errno := w.recv(uint64(w.u32(outAt)), 1, 0); errno != EAGAIN {
		t.Errorf("the connection blocks: %s", errno)
	}
	w.want(ESUCCESS, "fd_fdstat_set_flags", listenFD, uint64(FDNonblock))
	w.want(EAGAIN, "sock_accept", listenFD, 0, outAt)
	w.want(EAGAIN, "sock_accept.v1", listenFD, outAt)
}

// TestRefusedPeers: whom a listener does not serve is closed, and told; others are served meanwhile.
func TestRefusedPeers(t *testing.T) {
	var refused []string
	w := newWorld(t, hostos.Auto, func(c *Config) {
		c.Listeners = []Listener{{Addr: netip.MustParseAddrPort("127.0.0.1:0"), From: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}}}
		c.NetTimeout = 50 * time.Millisecond
		c.NetRefused = func(r *policy.NetRefusal) { refused = append(refused, r.String()) }
	})
	addr := w.sys.ListenerAddrs()[0]
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	stranger, err := d.Dial("tcp", addr.String())
	if err != nil {
		t.Skipf("this host has no address 127.0.0.2: %v", err)
	}
	defer stranger.Close()
	w.want(ETIMEDOUT, "sock_accept", listenFD, 0, outAt)
	stranger.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := stranger.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a peer that is not served stays connected: %v", err)
	}
	if len(refused) != 1 || !strings.Contains(refused[0], "tcp from 127.0.0.2:") || !strings.Contains(refused[0], "net-peer") {
		t.Errorf("told %q", refused)
	}
	dial(t, addr.String())
	w.want(ESUCCESS, "sock_accept", listenFD, 0, outAt)
}

// TestListenerFromFile gives the guest a duplicate of the embedder's listener.
func TestListenerFromFile(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := newWorld(t, hostos.Auto, func(c *Config) { c.Listeners = []Listener{{File: f}} })
	dial(t, l.Addr().String())
	w.want(ESUCCESS, "sock_accept", listenFD, 0, outAt)
	if got := w.sys.ListenerAddrs(); len(got) != 1 || got[0].String() != l.Addr().String() {
		t.Errorf("it is told as %v", got)
	}
	r, wr, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer wr.Close()
	for name, l := range map[string]Listener{"nothing": {}, "a pipe": {File: r}, "an address in use": {Addr: w.sys.ListenerAddrs()[0]}, "another host's": {Addr: netip.MustParseAddrPort("192.0.2.1:0")}} {
		if s, err := New(&Config{Listeners: []Listener{l}}); err == nil {
			s.Close()
			t.Errorf("%s is a listener", name)
		}
	}
}

// TestCancelBlockedCalls cancels a guest in each call that waits for the network: it ends within 50 ms, but for the load of the machine.
func TestCancelBlockedCalls(t *testing.T) {
	for name, block := range map[string]func(w *world, conn uint64) (Errno, error){
		"accept": func(w *world, _ uint64) (Errno, error) { return w.try("sock_accept", listenFD, 0, outAt) },
		"recv": func(w *world, conn uint64) (Errno, error) {
			p, n := w.iovecs(1)
			return w.try("sock_recv", conn, p, n, 0, outAt, outAt+4)
		},
		"fd_read": func(w *world, conn uint64) (Errno, error) {
			p, n := w.iovecs(1)
			return w.try("fd_read", conn, p, n, outAt)
		},
		"send": func(w *world, conn uint64) (errno Errno, err error) {
			p, n := w.iovecs(30000)
			for errno == ESUCCESS && err == nil {
				errno, err = w.try("sock_send", conn, p, n, 0, outAt)
			}
			return errno, err
		},
		"poll": func(w *world, conn uint64) (Errno, error) {
			w.sub(0, 1, eventFdRead, uint32(conn), 0, 0)
			w.sub(1, 1, eventFdRead, listenFD, 0, 0)
			return w.try("poll_oneoff", bufAt, 40000, 2, outAt)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, hostos.Auto, func(c *Config) { c.Listeners = []Listener{{Addr: netip.MustParseAddrPort("127.0.0.1:0")}} })
			dial(t, w.sys.ListenerAddrs()[0].String())
			w.want(ESUCCESS, "sock_accept", listenFD, 0, outAt)
			conn := uint64(w.u32(outAt))
			ctx, cancel := context.WithCancel(w.ctx)
			defer cancel()
			w.ctx = ctx
			cancelled := make(chan time.Time, 1)
			time.AfterFunc(100*time.Millisecond, func() { cancelled <- time.Now(); cancel() })
			errno, err := block(w, conn)
			took := time.Since(<-cancelled)
			if !errors.Is(err, runtime.Interrupted) {
				t.Errorf("ended with %s, %v", errno, err)
			}
			t.Logf("ended %v after it was cancelled", took)
			if took > 2*time.Second {
				t.Errorf("ended %v after it was cancelled", took)
			}
		})
	}
}

// TestPollSockets polls a listener and connections, and moves and closes what is polled.
func TestPollSockets(t *testing.T) {
	w, addr := listeningWorld(t)
	w.sub(0, 1, eventFdRead, listenFD, 0, 0)
	w.sub(1, 2, eventClock, 1, uint64(time.Millisecond), 0)
	if got := w.poll(2); len(got) != 1 || got[0].userdata != 2 {
		t.Errorf("nobody connected: %v", got)
	}
	client := dial(t, addr)
	w.sub(1, 2, eventClock, 1, uint64(5*time.Second), 0)
	if got := w.poll(2); len(got) != 1 || got[0].userdata != 1 || got[0].errno != ESUCCESS {
		t.Errorf("somebody connected: %v", got)
	}
	w.want(ESUCCESS, "sock_accept", listenFD, 0, outAt)
	conn := w.u32(outAt)
	w.want(ESUCCESS, "fd_renumber", uint64(conn), listenFD)
	w.want(EBADF, "sock_shutdown", uint64(conn), sdRead)
	w.want(ENOTCAPABLE, "sock_accept", listenFD, 0, outAt) // it is the connection now
	w.sub(0, 1, eventFdRead, listenFD, 0, 0)
	w.sub(2, 3, eventFdWrite, listenFD, 0, 0)
	w.sub(1, 2, eventClock, 1, uint64(5*time.Second), 0)
	if got := w.poll(3); len(got) != 1 || got[0].userdata != 3 {
		t.Errorf("nothing to read: %v", got)
	}
	time.AfterFunc(20*time.Millisecond, func() { client.Close() })
	if got := w.poll(2); len(got) != 1 || got[0].userdata != 1 || got[0].errno != ESUCCESS {
		t.Errorf("closed while it was polled: %v", got)
	}
	if got, errno := w.recv(listenFD, 1, 0); got != "" || errno != ESUCCESS {
		t.Errorf("at the end: %q, %s", got, errno)
	}
}

// TestNetTimeout bounds what waits for the network.
func TestNetTimeout(t *testing.T) {
	w := newWorld(t, hostos.Auto, func(c *Config) {
		c.Listeners = []Listener{{Addr: netip.MustParseAddrPort("127.0.0.1:0")}}
		c.NetTimeout = time.Millisecond
	})
	w.want(ETIMEDOUT, "sock_accept", listenFD, 0, outAt)
	w.sub(0, 1, eventFdRead, listenFD, 0, 0)
	w.want(ETIMEDOUT, "poll_oneoff", bufAt, 40000, 1, outAt)
	w.sub(1, 2, eventClock, 1, 1000, 0)
	if got := w.poll(2); len(got) != 1 || got[0].userdata != 2 {
		t.Errorf("a clock that comes before: %v", got)
	}
}

func portOf(t *testing.T, addr net.Addr) uint64 {
	t.Helper()
	_, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
