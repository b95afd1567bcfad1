package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// replay makes the system calls that recorded hostcalls stand for. It is made for one run.
type replay struct {
	calls []step
	files map[uint32]int // by the number in the recording
	buf   []byte
	stat  unix.Stat_t
}

// step is a hostcall with what makes its system call, and with buffers that are there already.
type step struct {
	*timing.MadeCall
	do      func(*replay, *step) error
	buffers [][]byte
}

func newReplay(k *timing.Kernel) (timing.Instance, error) {
	r := &replay{files: map[uint32]int{}, buf: make([]byte, timing.BigBlock)}
	for fd, open := range []struct {
		path  string
		flags int
	}{{k.StdinFile(), unix.O_RDONLY}, {k.StdoutFile(), unix.O_WRONLY}, {k.StderrFile(), unix.O_WRONLY}, {k.Dir, unix.O_RDONLY | unix.O_DIRECTORY}} {
		host, err := unix.Open(open.path, open.flags|unix.O_CLOEXEC, 0)
		if err != nil {
			r.Close()
			return nil, fmt.Errorf("open %s: %w", open.path, err)
		}
		r.files[uint32(fd)] = host
	}
	for i := range k.Made {
		c := &k.Made[i]
		do, known := hostcalls[c.Name]
		if !known {
			r.Close()
			return nil, fmt.Errorf("no system call is known for %s", c.Name)
		}
		r.calls = append(r.calls, step{c, do, r.buffers(c)})
	}
	return r, nil
}

// buffers lays out what a call moves, what is filled behind each other.
func (r *replay) buffers(c *timing.MadeCall) (list [][]byte) {
	for _, buffers := range c.Buffers { // one array
		free := 0
		for _, b := range buffers {
			data := b.Data
			if len(data) == 0 {
				if need := free + int(b.Size); need > len(r.buf) {
					r.buf = make([]byte, need)
				}
				data = r.buf[free:][:b.Size]
				free += int(b.Size)
			}
			list = append(list, data)
		}
	}
	return list
}

// Call makes the calls and returns 0, or the number of the first that did not end as in the recording, from 1.
func (r *replay) Call(uint32) (bad uint32, err error) {
	for i := range r.calls {
		c := &r.calls[i]
		if c.do == nil {
			continue // the host has no part in it
		}
		if err := c.do(r, c); (err != nil) != c.Failed && bad == 0 && moves[c.Name] {
			bad = uint32(i + 1)
		}
	}
	return bad, nil
}

// moves are the calls whose end matters to those that follow, as in the module.
var moves = map[string]bool{"fd_read": true, "fd_pread": true, "fd_write": true, "fd_pwrite": true, "path_open": true}

func (r *replay) Close() {
	for _, fd := range r.files {
		unix.Close(fd)
	}
}

// fd returns the host's descriptor for the one in a slot; what is not open in the recording is not open here.
func (r *replay) fd(c *step, slot int) int {
	if fd, ok := r.files[uint32(c.Args[slot])]; ok {
		return fd
	}
	return -1
}

func (c *step) path(slot int) string { return string(c.Inputs[slot]) }

// follow returns the flags of a look-up that preview 1's stand for.
func (c *step) follow(slot int) int {
	if c.Args[slot]&1 != 0 {
		return 0
	}
	return unix.AT_SYMLINK_NOFOLLOW
}

// hostcalls is what makes the system calls, by the names of hostcalls; nil is none, since the host has no part in it.
var hostcalls = map[string]func(*replay, *step) error{
	"args_get": nil, "args_sizes_get": nil, "environ_get": nil, "environ_sizes_get": nil, "fd_prestat_get": nil, "fd_prestat_dir_name": nil,
	"fd_advise": nil, "fd_fdstat_set_rights": nil, "sched_yield": nil, "poll_oneoff": nil,
	"clock_time_get": func(r *replay, _ *step) error { _, err := turns["clock_time_get"](nil); return err },
	"clock_res_get":  nil,
	"random_get": func(r *replay, c *step) error {
		_, err := turns["random_get"](&world{buf: r.buf})
		return err
	},
	"fd_read":   func(r *replay, c *step) error { return readv(r.fd(c, 0), c.buffers) },
	"fd_write":  func(r *replay, c *step) error { return writev(r.fd(c, 0), c.buffers) },
	"fd_pread":  func(r *replay, c *step) error { return each(c, unix.Pread, r.fd(c, 0)) },
	"fd_pwrite": func(r *replay, c *step) error { return each(c, unix.Pwrite, r.fd(c, 0)) },
	"fd_seek": func(r *replay, c *step) error {
		_, err := unix.Seek(r.fd(c, 0), int64(c.Args[1]), int(c.Args[2]))
		return err
	},
	"fd_tell": func(r *replay, c *step) error { _, err := unix.Seek(r.fd(c, 0), 0, unix.SEEK_CUR); return err },
	"fd_close": func(r *replay, c *step) error {
		err := unix.Close(r.fd(c, 0))
		delete(r.files, uint32(c.Args[0]))
		return err
	},
	"fd_sync":              func(r *replay, c *step) error { return unix.Fsync(r.fd(c, 0)) },
	"fd_datasync":          func(r *replay, c *step) error { return unix.Fsync(r.fd(c, 0)) },
	"fd_filestat_get":      func(r *replay, c *step) error { return unix.Fstat(r.fd(c, 0), &r.stat) },
	"fd_filestat_set_size": func(r *replay, c *step) error { return unix.Ftruncate(r.fd(c, 0), int64(c.Args[1])) },
	"fd_fdstat_get": func(r *replay, c *step) error {
		_, err := unix.FcntlInt(uintptr(r.fd(c, 0)), unix.F_GETFL, 0)
		return err
	},
	"fd_fdstat_set_flags": func(r *replay, c *step) error {
		_, err := unix.FcntlInt(uintptr(r.fd(c, 0)), unix.F_SETFL, appends(c.Args[1]))
		return err
	},
	"fd_readdir": func(r *replay, c *step) error {
		if c.Args[3] == 0 {
			if _, err := unix.Seek(r.fd(c, 0), 0, unix.SEEK_SET); err != nil {
				return err
			}
		}
		_, err := unix.ReadDirent(r.fd(c, 0), r.buf)
		return err
	},
	"path_open":             pathOpen,
	"path_filestat_get":     func(r *replay, c *step) error { return unix.Fstatat(r.fd(c, 0), c.path(2), &r.stat, c.follow(1)) },
	"path_create_directory": func(r *replay, c *step) error { return unix.Mkdirat(r.fd(c, 0), c.path(1), 0o777) },
	"path_unlink_file":      func(r *replay, c *step) error { return unix.Unlinkat(r.fd(c, 0), c.path(1), 0) },
	"path_remove_directory": func(r *replay, c *step) error { return unix.Unlinkat(r.fd(c, 0), c.path(1), unix.AT_REMOVEDIR) },
	"path_rename":           func(r *replay, c *step) error { return unix.Renameat(r.fd(c, 0), c.path(1), r.fd(c, 3), c.path(4)) },
	"path_filestat_set_times": func(r *replay, c *step) error {
		times := []unix.Timespec{unix.NsecToTimespec(int64(c.Args[4])), unix.NsecToTimespec(int64(c.Args[5]))}
		return unix.UtimesNanoAt(r.fd(c, 0), c.path(2), times, c.follow(1))
	},
}

// appends returns the flags of open that preview 1's for descriptors stand for.
func appends(flags uint64) int {
	if flags&1 != 0 {
		return unix.O_APPEND
	}
	return 0
}

func pathOpen(r *replay, c *step) error {
	const read, write = 1 << 1, 1 << 6
	flags := unix.O_RDONLY
	switch rights := c.Args[5]; {
	case rights&read != 0 && rights&write != 0 && c.Args[4]&2 == 0:
		flags = unix.O_RDWR
	case rights&write != 0 && c.Args[4]&2 == 0:
		flags = unix.O_WRONLY
	}
	for bit, flag := range []int{unix.O_CREAT, unix.O_DIRECTORY, unix.O_EXCL, unix.O_TRUNC} {
		if c.Args[4]>>bit&1 != 0 {
			flags |= flag
		}
	}
	if c.follow(1) != 0 {
		flags |= unix.O_NOFOLLOW
	}
	fd, err := unix.Openat(r.fd(c, 0), c.path(2), flags|appends(c.Args[7])|unix.O_CLOEXEC, 0o666)
	if err == nil && !c.Failed {
		r.files[c.Opened] = fd
	}
	return err
}

func readv(fd int, bufs [][]byte) error {
	for _, b := range bufs {
		n, err := unix.Read(fd, b)
		if n < len(b) || err != nil {
			return err
		}
	}
	return nil
}

func writev(fd int, bufs [][]byte) error {
	for _, b := range bufs {
		if _, err := unix.Write(fd, b); err != nil {
			return err
		}
	}
	return nil
}

// each moves buffers from or to an offset on.
func each(c *step, move func(int, []byte, int64) (int, error), fd int) error {
	at := int64(c.Args[3])
	for _, b := range c.buffers {
		n, err := move(fd, b, at)
		if n < len(b) || err != nil {
			return err
		}
		at += int64(n)
	}
	return nil
}
