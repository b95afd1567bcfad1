package wasi

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
)

// sub puts subscription i at bufAt.
func (w *world) sub(i int, userdata uint64, typ uint8, fdOrClock uint32, timeout uint64, flags uint16) {
	b := w.mem(bufAt+48*uint64(i), 48)
	clear(b)
	binary.LittleEndian.PutUint64(b, userdata)
	b[8] = typ
	binary.LittleEndian.PutUint32(b[16:], fdOrClock)
	binary.LittleEndian.PutUint64(b[24:], timeout)
	binary.LittleEndian.PutUint16(b[40:], flags)
}

// event is a decoded event.
type event struct {
	userdata uint64
	errno    Errno
	typ      uint8
	bytes    uint64
	flags    uint16
}

// poll polls n subscriptions.
func (w *world) poll(n uint64) (events []event) {
	w.t.Helper()
	w.want(ESUCCESS, "poll_oneoff", bufAt, 40000, n, outAt)
	for i := range uint64(w.u32(outAt)) {
		b := w.mem(40000+32*i, 32)
		events = append(events, event{binary.LittleEndian.Uint64(b), Errno(binary.LittleEndian.Uint16(b[8:])), b[10],
			binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint16(b[24:])})
	}
	return events
}

func TestPollClocks(t *testing.T) {
	clock := &stepClock{now: 1000}
	w := newWorld(t, hostos.Auto, func(c *Config) { c.Clock = clock })
	w.sub(0, 7, eventClock, 1, 500, 0)
	w.sub(1, 8, eventClock, 1, 300, 0)
	w.sub(2, 9, eventClock, 0, 1300, clockAbstime)
	if got := w.poll(3); len(got) != 2 || got[0] != (event{userdata: 8}) || got[1] != (event{userdata: 9}) || clock.now != 1300 {
		t.Errorf("events %v at %d", got, clock.now)
	}
	w.sub(0, 7, eventClock, 1, 10, clockAbstime) // past
	if got := w.poll(1); len(got) != 1 || clock.now != 1300 {
		t.Errorf("events %v at %d", got, clock.now)
	}
	w.sub(0, 7, eventClock, 1, 0, 0)
	if got := w.poll(1); len(got) != 1 || clock.now != 1300 {
		t.Errorf("events %v at %d: a timeout of 0 must not wait", got, clock.now)
	}
	w.sub(0, 7, eventClock, 2, 5, 0) // a clock that guests do not get
	w.sub(1, 8, eventClock, 1, 5, 2) // a flag that is not there
	w.sub(2, 9, eventFdRead, 99, 0, 0)
	w.sub(3, 10, eventClock, 1, 100, 0)
	want := []event{{7, EINVAL, 0, 0, 0}, {8, EINVAL, 0, 0, 0}, {9, EBADF, 1, 0, 0}}
	if got := w.poll(4); len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] || clock.now != 1300 {
		t.Errorf("events %v at %d", got, clock.now)
	}
	w.want(EINVAL, "poll_oneoff", bufAt, 40000, 0, outAt)
	w.want(EINVAL, "poll_oneoff", bufAt, 40000, MaxSubscriptions+1, outAt)
	w.want(EINVAL, "poll_oneoff", bufAt, 40000, 1<<32-1, outAt)
	w.want(EFAULT, "poll_oneoff", 65536-47, 40000, 1, outAt)
	w.want(EFAULT, "poll_oneoff", bufAt, 65536-31, 1, outAt)
	w.want(EFAULT, "poll_oneoff", bufAt, 40000, 1, 65533)
	w.sub(0, 7, 3, 0, 0, 0)
	w.want(EINVAL, "poll_oneoff", bufAt, 40000, 1, outAt)
}

// TestPollSame: whoever waits for one thing several times gets an event for each, and what differs from the one before is looked at anew.
func TestPollSame(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	read := uint32(w.mustOpen(boxFD, "file", 0, uint64(RightFdRead|RightFdSeek), 0))
	for i, s := range []struct {
		typ uint8
		fd  uint32
	}{{eventFdRead, read}, {eventFdRead, read}, {eventFdWrite, read}, {eventFdWrite, read}, {eventFdRead, 99}, {eventFdRead, 99}, {eventFdRead, read}} {
		w.sub(i, uint64(i), s.typ, s.fd, 0, 0)
	}
	got := w.poll(7)
	for i, want := range []Errno{ESUCCESS, ESUCCESS, EBADF, EBADF, EBADF, EBADF, ESUCCESS} {
		if len(got) != 7 || got[i].userdata != uint64(i) || got[i].errno != want || (got[i].bytes > 0) != (want == ESUCCESS) {
			t.Fatalf("event %d of %+v", i, got)
		}
	}
}

func TestPollDescriptors(t *testing.T) {
	r, wr, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w := newWorld(t, hostos.Auto, func(c *Config) { c.Stdin, c.Clock = r, &stepClock{} })
	fd := w.mustOpen(boxFD, "file", 0, readWrite, 0)
	w.sub(0, 1, eventFdRead, uint32(fd), 0, 0)
	w.sub(1, 2, eventFdWrite, 1, 0, 0)
	w.sub(2, 3, eventFdRead, 0, 0, 0)
	if got := w.poll(3); len(got) != 2 || got[0] != (event{1, 0, 1, 10, 0}) || got[1] != (event{2, 0, 2, 1, 0}) {
		t.Errorf("events %v", got)
	}
	// The empty pipe is not ready, the clock is.
	w.sub(0, 1, eventFdRead, 0, 0, 0)
	w.sub(1, 2, eventClock, 1, 1e6, 0)
	if got := w.poll(2); len(got) != 1 || got[0].userdata != 2 {
		t.Errorf("events %v", got)
	}
	wr.WriteString("x")
	w.sub(1, 2, eventClock, 1, math.MaxUint64, 0)
	if got := w.poll(2); len(got) != 1 || got[0].userdata != 1 || got[0].bytes == 0 {
		t.Errorf("events %v", got)
	}
	w.read(0, 1)
	wr.Close()
	if got := w.poll(2); len(got) != 1 || got[0].flags&hangup == 0 {
		t.Errorf("events %v: the other end is closed", got)
	}
	// Writing to what is only for reading comes at once, as an error.
	w.sub(0, 1, eventFdWrite, 0, 0, 0)
	if got := w.poll(1); len(got) != 1 || got[0].errno != EBADF {
		t.Errorf("events %v", got)
	}
}

// TestCancel ends the context of calls that wait: each must return soon, with a trap.
func TestCancel(t *testing.T) {
	r, idle, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer idle.Close()
	full, wr, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	defer wr.Close()
	emptyReader, emptyWriter := io.Pipe()
	defer emptyWriter.Close()
	fullReader, fullWriter := io.Pipe()
	defer fullReader.Close()
	for name, tt := range map[string]struct {
		stdin  io.Reader
		stdout io.Writer
		call   func(w *world) (Errno, error)
	}{
		"sleep": {nil, nil, func(w *world) (Errno, error) {
			w.sub(0, 1, eventClock, 1, math.MaxUint64, 0)
			return w.try("poll_oneoff", bufAt, 40000, 1, outAt)
		}},
		"poll a pipe": {r, nil, func(w *world) (Errno, error) {
			w.sub(0, 1, eventFdRead, 0, 0, 0)
			return w.try("poll_oneoff", bufAt, 40000, 1, outAt)
		}},
		"read a pipe": {r, nil, func(w *world) (Errno, error) {
			p, n := w.iovecs(1)
			return w.try("fd_read", 0, p, n, outAt)
		}},
		"read a Reader": {emptyReader, nil, func(w *world) (Errno, error) {
			p, n := w.iovecs(1)
			return w.try("fd_read", 0, p, n, outAt)
		}},
		"write a Writer": {nil, fullWriter, func(w *world) (Errno, error) {
			p, n := w.iovecs(1)
			return w.try("fd_write", 1, p, n, outAt)
		}},
		"write a full pipe": {nil, wr, func(w *world) (Errno, error) {
			p, n := w.iovecs(30000)
			for {
				if errno, err := w.try("fd_write", 1, p, n, outAt); err != nil {
					return errno, err
				}
			}
		}},
		"read a FIFO": {nil, nil, func(w *world) (Errno, error) {
			if err := exec.Command("mkfifo", w.box+"/fifo").Run(); err != nil {
				t.Fatal(err)
			}
			fd := w.mustOpen(boxFD, "fifo", 0, readWrite, 0)
			p, n := w.iovecs(1)
			return w.try("fd_read", fd, p, n, outAt)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, hostos.Auto, func(c *Config) { c.Stdin, c.Stdout = tt.stdin, tt.stdout })
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
			defer cancel()
			w.ctx = ctx
			begin := time.Now()
			_, err := tt.call(w)
			if !errors.Is(err, runtime.Interrupted) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			if d := time.Since(begin); d > time.Second {
				t.Errorf("it took %v", d)
			}
		})
	}
}

func TestNonblock(t *testing.T) {
	r, wr, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer wr.Close()
	w := newWorld(t, hostos.Auto, func(c *Config) { c.Stdin, c.Stdout = r, wr })
	w.want(ESUCCESS, "fd_fdstat_set_flags", 0, uint64(FDNonblock))
	if _, errno := w.read(0, 1); errno != EAGAIN {
		t.Errorf("reading an empty pipe = %s", errno)
	}
	w.want(ESUCCESS, "fd_fdstat_set_flags", 1, uint64(FDNonblock))
	p, n := w.iovecs(30000)
	total := 0
	for range 1000 {
		errno := w.call("fd_write", 1, p, n, outAt)
		if errno == EAGAIN {
			break
		}
		total += int(w.u32(outAt))
	}
	if total == 0 || total > 1<<22 {
		t.Errorf("%d bytes went into a pipe that nobody reads", total)
	}
	if s, errno := w.read(0, 5); len(s) != 5 || errno != ESUCCESS {
		t.Errorf("read %q, %s", s, errno)
	}
}
