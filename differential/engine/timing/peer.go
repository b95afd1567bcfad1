package timing

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Traffic is what is asked of a [Peer] by the first eight bytes of a connection: this number and another, of turns, four bytes each in
// little-endian order.
type Traffic uint32

// The kinds of traffic.
const (
	Echo    Traffic = 1 + iota // the peer sends back what it gets, until the guest is done
	Source                     // the peer sends a [BigBlock] each turn
	Sink                       // the peer takes what it gets until the guest is done sending, and answers with the number of bytes, as four
	visitor                    // no guest, but the process of one that listens; in place of the turns is its port
)

// Header returns the bytes that ask for the traffic.
func (t Traffic) Header(turns uint32) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, uint32(t)), turns)
}

// headerSize is the size of a [Traffic.Header].
const headerSize = 8

// Peer is the other end of the connections of guests, on loopback, in the process of whoever compares engines: one for all engines. It
// accepts connections, and where a guest listens it keeps one waiting.
type Peer struct{ listener *net.TCPListener }

// StartPeer starts a peer.
func StartPeer() (*Peer, error) {
	l, err := net.ListenTCP("tcp4", loopback(0))
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			conn, err := l.AcceptTCP()
			if err != nil {
				return
			}
			go serve(conn, nil)
		}
	}()
	return &Peer{l}, nil
}

func loopback(port int) *net.TCPAddr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port} }

// Addr returns where the peer is.
func (p *Peer) Addr() netip.AddrPort { return addrOf(p.listener) }

func addrOf(l *net.TCPListener) netip.AddrPort {
	a := l.Addr().(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// Close makes the peer accept no more. The connections that there are go on as long as their other ends.
func (p *Peer) Close() error { return p.listener.Close() }

// serve does what the other end of a connection asks for. begun, if it is not nil, gets whether anything was asked.
func serve(conn *net.TCPConn, begun chan<- bool) {
	defer conn.Close()
	fd, err := blocking(conn)
	var header [headerSize]byte
	if err == nil {
		err = fill(fd, header[:])
	}
	if begun != nil {
		begun <- err == nil
	}
	if err != nil {
		return
	}
	n := binary.LittleEndian.Uint32(header[4:])
	switch Traffic(binary.LittleEndian.Uint32(header[:])) {
	case Echo:
		echo(fd)
	case Source:
		source(fd, n)
	case Sink:
		sink(fd)
		return
	case visitor:
		attend(fd, n)
	}
	// The other end has closed. A reset leaves nothing behind that keeps the port for a minute: thousands would use them up.
	_ = conn.SetLinger(0)
	runtime.KeepAlive(conn)
}

// blocking returns the descriptor of a connection, whose calls now wait: what Go's runtime does in their place would be in the figures.
func blocking(conn *net.TCPConn) (fd int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	err2 := raw.Control(func(f uintptr) { fd, err = int(f), unix.SetNonblock(int(f), false) })
	return fd, errors.Join(err, err2)
}

// attend connects to the listener of a visitor until that leaves. A connection waits there while the one before is served.
func attend(fd int, port uint32) {
	gone := make(chan struct{})
	go func() {
		for {
			conn, err := net.DialTCP("tcp4", nil, loopback(int(port)))
			began := false
			if err == nil {
				begun := make(chan bool, 1)
				go serve(conn, begun)
				began = <-begun
			}
			if began {
				continue
			}
			select { // the guest does not listen yet, or no more
			case <-gone:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	drain(fd)
	close(gone)
}

func echo(fd int) {
	var buf [FileBlock]byte
	for {
		n, err := read(fd, buf[:])
		if n <= 0 || err != nil || writeAll(fd, buf[:n]) != nil {
			return
		}
	}
}

func source(fd int, turns uint32) {
	block := make([]byte, BigBlock)
	for range turns {
		if writeAll(fd, block) != nil {
			return
		}
	}
	drain(fd)
}

// sink answers if all came; that an answer is missing the guest finds out.
func sink(fd int) {
	if n, err := drain(fd); err == nil && writeAll(fd, binary.LittleEndian.AppendUint32(nil, n)) == nil {
		_ = unix.Shutdown(fd, unix.SHUT_WR)
	}
}

// drain reads to the end and returns how many bytes there were.
func drain(fd int) (total uint32, err error) {
	block := make([]byte, BigBlock)
	for {
		n, err := read(fd, block)
		if n <= 0 || err != nil {
			return total, err
		}
		total += uint32(n)
	}
}

func read(fd int, buf []byte) (n int, err error) {
	for {
		if n, err = unix.Read(fd, buf); err != unix.EINTR {
			return n, err
		}
	}
}

func fill(fd int, buf []byte) error {
	for len(buf) > 0 {
		n, err := read(fd, buf)
		if err != nil {
			return err
		}
		if n == 0 {
			return errors.New("nothing was asked for")
		}
		buf = buf[n:]
	}
	return nil
}

func writeAll(fd int, buf []byte) error {
	for len(buf) > 0 {
		n, err := unix.Write(fd, buf)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return err
		default:
			buf = buf[n:]
		}
	}
	return nil
}

// Visit returns an address on loopback for a listener and tells the peer of it, which connects there until leave is called.
func Visit(peer netip.AddrPort) (listen netip.AddrPort, leave func(), err error) {
	free, err := net.ListenTCP("tcp4", loopback(0))
	if err != nil {
		return listen, nil, err
	}
	listen = addrOf(free)
	if err := free.Close(); err != nil { // engines open their listeners themselves
		return listen, nil, err
	}
	conn, err := net.DialTCP("tcp4", nil, loopback(int(peer.Port())))
	if err == nil {
		_, err = conn.Write(visitor.Header(uint32(listen.Port())))
	}
	if err != nil {
		return listen, nil, fmt.Errorf("the peer of guests: %w", err)
	}
	return listen, func() { conn.Close() }, nil
}
