package main

import (
	"errors"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

func send(fd int, b []byte) (uint32, error) {
	n, err := unix.Write(fd, b)
	return uint32(max(n, 0)), err
}

func receive(fd int, b []byte) (uint32, error) {
	n, err := unix.Read(fd, b)
	return uint32(max(n, 0)), err
}

// block moves a block, in as many calls as it takes.
func block(move func(int, []byte) (uint32, error)) func(*world) (uint32, error) {
	return func(w *world) (total uint32, err error) {
		for total < timing.BigBlock {
			n, err := move(w.conn, w.buf[:timing.BigBlock-total])
			if n == 0 || err != nil {
				return total, err
			}
			total += n
		}
		return total, nil
	}
}

// connect makes a connection that carries a byte there and back. The byte goes with what it asks the peer for.
func connect(w *world) (sum uint32, err error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return 0, err
	}
	if err = unix.Connect(fd, &w.to); err == nil {
		ask := append(timing.Echo.Header(1), 0)
		n, err1 := send(fd, ask)
		m, err2 := receive(fd, w.buf[:1])
		sum, err = n+m, errors.Join(err1, err2)
	}
	return sum, errors.Join(err, unix.Close(fd))
}
