package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/differential/engine/raw"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// subject has no state: there is no engine.
type subject struct{}

func (subject) Close() {}

func (subject) Compile(k *timing.Kernel) (timing.Module, error) {
	return timing.Uncompiled(func() (timing.Instance, error) { return load(k) }), nil
}

func load(k *timing.Kernel) (timing.Instance, error) {
	if k.Made != nil {
		return newReplay(k)
	}
	turn := turns[k.Raw]
	if turn == nil {
		return nil, fmt.Errorf("no system calls are known for %q", k.Raw)
	}
	dir, err := unix.Open(k.Dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", k.Dir, err)
	}
	peer, err := raw.Listen(k)
	if err != nil {
		unix.Close(dir)
		return nil, err
	}
	return &instance{turn: turn, peer: peer, world: world{dir: dir, buf: make([]byte, timing.BigBlock), to: unix.SockaddrInet4{Port: int(k.Peer.Port()), Addr: raw.Loopback}}}, nil
}

// instance is a loop in a directory.
type instance struct {
	turn  func(*world) (uint32, error)
	peer  *raw.Peer // nil if the loop has none
	world world
}

// world is what system calls work on.
type world struct {
	dir, file int
	conn      int    // of the loops with a peer
	buf       []byte // of its own: the host copies several times slower to where no cache line begins
	stat      unix.Stat_t
	to        unix.SockaddrInet4 // where the peer is
}

func (in *instance) Call(n uint32) (sum uint32, err error) {
	w := &in.world
	if w.file, err = unix.Openat(w.dir, timing.File, unix.O_RDWR|unix.O_CLOEXEC, 0); err != nil {
		return 0, fmt.Errorf("open %s: %w", timing.File, err)
	}
	if w.conn, err = in.peer.Accept(n); err == nil {
		sum, err = in.loop(n)
		answer, err2 := in.peer.Finish(w.conn)
		sum, err = sum+answer, errors.Join(err, err2)
	}
	return sum, errors.Join(err, unix.Close(w.file))
}

func (in *instance) loop(n uint32) (sum uint32, err error) {
	for range n {
		result, err := in.turn(&in.world)
		if err != nil {
			return 0, err
		}
		sum += result
	}
	return sum, nil
}

func (in *instance) Close() {
	in.peer.Close()
	unix.Close(in.world.dir)
}

// start is what monotonic time is relative to.
var start = time.Now()

// turns are the turns of the loops by the names of the hostcalls. What they return is what the hostcall stores: a number of
// bytes, a size, a type, or 1 where there is nothing.
var turns = map[string]func(*world) (uint32, error){
	"loop":     func(*world) (uint32, error) { return 1, nil },
	"fd_read":  read(timing.FileBlock),
	"read_1":   read(1),
	"read_64k": read(timing.BigBlock),
	"fd_write": write(timing.FileBlock),
	"write_1":  write(1),
	"fd_filestat_get": func(w *world) (uint32, error) {
		err := unix.Fstat(w.file, &w.stat)
		return uint32(w.stat.Size), err
	},
	"path_filestat_get":      stat(timing.File),
	"path_filestat_get_deep": stat(timing.DeepFile),
	"path_open":              open(timing.File),
	"path_open_deep":         open(timing.DeepFile),
	"create_0k":              create(0),
	"create_1k":              create(1 << 10),
	"create_4k":              create(4 << 10),
	"create_10k":             create(10 << 10),
	"fd_fdstat_get": func(w *world) (uint32, error) {
		_, err := unix.FcntlInt(uintptr(w.file), unix.F_GETFL, 0)
		return 1, err
	},
	"sched_yield":    yield,
	"clock_time_get": func(*world) (uint32, error) { _ = time.Since(start); return 1, nil },
	"random_get": func(w *world) (uint32, error) {
		rand.Read(w.buf[:timing.RandomBlock])
		return 1, nil
	},
	"poll_oneoff": func(*world) (uint32, error) {
		_, err := poll(nil)
		return 1, err
	},
	"lat_tcp": func(w *world) (uint32, error) {
		n, err := send(w.conn, w.buf[:1])
		m, err2 := receive(w.conn, w.buf[:1])
		return n + m, errors.Join(err, err2)
	},
	"bw_tcp_rd":   block(receive),
	"bw_tcp_wr":   block(send),
	"lat_connect": connect,
	"poll_10": func(w *world) (uint32, error) {
		var fds [timing.PollFiles]unix.PollFd
		for i := range fds {
			fds[i] = unix.PollFd{Fd: int32(w.file), Events: unix.POLLIN}
		}
		_, err := poll(fds[:])
		return 1, err // like the guest's loop, it counts calls
	},
}

func poll(fds []unix.PollFd) (n int, err error) {
	n, err = unix.Poll(fds, 0)
	for err == unix.EINTR { // Go's runtime sends signals
		n, err = unix.Poll(fds, 0)
	}
	return n, err
}

func read(size int) func(*world) (uint32, error) {
	return func(w *world) (uint32, error) {
		n, err := unix.Read(w.file, w.buf[:size])
		return uint32(n), err
	}
}

func write(size int) func(*world) (uint32, error) {
	return func(w *world) (uint32, error) {
		n, err := unix.Write(w.file, w.buf[:size])
		return uint32(n), err
	}
}

// create makes a file of so many bytes and removes it.
func create(size int) func(*world) (uint32, error) {
	return func(w *world) (uint32, error) {
		fd, err := unix.Openat(w.dir, timing.NewFile, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o600)
		if err != nil {
			return 0, err
		}
		if size > 0 {
			_, err = unix.Write(fd, w.buf[:size])
		}
		return 1, errors.Join(err, unix.Close(fd), unix.Unlinkat(w.dir, timing.NewFile, 0))
	}
}

func stat(path string) func(*world) (uint32, error) {
	return func(w *world) (uint32, error) {
		err := unix.Fstatat(w.dir, path, &w.stat, unix.AT_SYMLINK_NOFOLLOW)
		return uint32(w.stat.Size), err
	}
}

func open(path string) func(*world) (uint32, error) {
	return func(w *world) (uint32, error) {
		fd, err := unix.Openat(w.dir, path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return 0, err
		}
		return 1, unix.Close(fd)
	}
}
