package hostos

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// pollSlice bounds how long a wait goes on after its context ended.
const pollSlice = 10 * time.Millisecond

// Event is what a descriptor is waited for, and what came of it.
type Event struct {
	FD          FD
	Read, Write bool // what to wait for
	// What came: Ready says that the wait for this descriptor is over, with the bytes there or not.
	Ready, Hangup, Bad bool
}

// Poll waits until one of the events is ready, d nanoseconds passed or ctx ended, and marks what is ready. It returns the
// number of ready events, and ctx's error if that ended the wait. events is bounded by the caller.
func Poll(ctx context.Context, events []Event, d uint64) (int, error) {
	fds := make([]unix.PollFd, len(events))
	for i, e := range events {
		fds[i].Fd = int32(e.FD)
		if e.Read {
			fds[i].Events |= unix.POLLIN
		}
		if e.Write {
			fds[i].Events |= unix.POLLOUT
		}
	}
	begin := time.Now()
	for {
		passed := uint64(time.Since(begin))
		left := uint64(0)
		if passed < d {
			left = d - passed
		}
		// Whole milliseconds, rounded up: rounding down would spin through the last one.
		wait := (min(left, uint64(pollSlice)) + 999_999) / 1_000_000
		n, err := 0, fault()
		if ctx.Err() != nil {
			wait = 0 // a last look
		}
		if err == nil {
			n, err = unix.Poll(fds, int(wait))
		}
		switch {
		case err != nil && err != unix.EINTR:
			return 0, err
		case n > 0:
			return markReady(events, fds), nil
		case ctx.Err() != nil:
			return 0, ctx.Err()
		case left == 0:
			return 0, nil
		}
	}
}

func markReady(events []Event, fds []unix.PollFd) int {
	n := 0
	for i := range events {
		got := fds[i].Revents
		events[i].Ready = got != 0
		events[i].Hangup = got&unix.POLLHUP != 0
		events[i].Bad = got&(unix.POLLNVAL|unix.POLLERR) != 0
		if got != 0 {
			n++
		}
	}
	return n
}

// WaitReady waits until fd can be read or written without blocking, however long that takes, or until ctx ends.
func WaitReady(ctx context.Context, fd FD, write bool) error {
	events := [1]Event{{FD: fd, Read: !write, Write: write}}
	_, err := Poll(ctx, events[:], 1<<63-1)
	return err
}

// IsReady reports whether fd can be read or written without blocking.
func IsReady(fd FD, write bool) (bool, error) {
	events := [1]Event{{FD: fd, Read: !write, Write: write}}
	n, err := Poll(context.Background(), events[:], 0)
	return n > 0, err
}

// IsAgain reports whether err says that an operation would block.
func IsAgain(err error) bool { return err == unix.EAGAIN || err == unix.EWOULDBLOCK }
