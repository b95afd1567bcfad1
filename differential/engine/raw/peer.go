package raw

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// Loopback is the address of this host for itself.
var Loopback = [4]byte{127, 0, 0, 1}

// asks are what loops ask of the peer, by their names.
var asks = map[string]timing.Traffic{"lat_tcp": timing.Echo, "bw_tcp_rd": timing.Source, "bw_tcp_wr": timing.Sink}

// Peer is the way of a loop to the peer. A nil Peer is that of loops without one.
type Peer struct {
	listener int
	traffic  timing.Traffic
}

// Listen opens the listener of a kernel whose loop is connected to by the peer; of others it returns nil.
func Listen(k *timing.Kernel) (p *Peer, err error) {
	traffic := asks[k.Raw]
	if traffic == 0 {
		return nil, nil
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, err
	}
	if err = unix.Bind(fd, &unix.SockaddrInet4{Port: int(k.Listen.Port()), Addr: Loopback}); err == nil {
		err = unix.Listen(fd, 16)
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("listen at %v: %w", k.Listen, err)
	}
	return &Peer{fd, traffic}, nil
}

// Accept takes a connection and asks the peer for so many turns of traffic.
func (p *Peer) Accept(turns uint32) (conn int, err error) {
	if p == nil {
		return -1, nil
	}
	for conn, err = -1, unix.EINTR; err == unix.EINTR; { // Go's runtime sends signals
		conn, _, err = unix.Accept(p.listener)
	}
	if err != nil {
		return -1, fmt.Errorf("accept: %w", err)
	}
	if _, err = unix.Write(conn, p.traffic.Header(turns)); err != nil {
		unix.Close(conn)
	}
	return conn, err
}

// Finish closes the connection and returns how many bytes the peer says that it got, if that was asked for.
func (p *Peer) Finish(conn int) (got uint32, err error) {
	if p == nil {
		return 0, nil
	}
	if p.traffic == timing.Sink {
		var answer [4]byte
		n := 0
		if err = unix.Shutdown(conn, unix.SHUT_WR); err == nil {
			n, err = unix.Read(conn, answer[:])
		}
		if n != len(answer) {
			err = errors.Join(err, errors.New("the peer does not say what it got"))
		}
		got = binary.LittleEndian.Uint32(answer[:])
	}
	return got, errors.Join(err, unix.Close(conn))
}

// Close closes the listener.
func (p *Peer) Close() {
	if p != nil {
		unix.Close(p.listener)
	}
}
