package wasi

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
)

// hot returns a function that makes a hostcall as the runtime does, without the runtime's own call.
func (w *world) hot(name string, args ...uint64) func() {
	f := w.sys.Func(w.rows[name])
	stack := make([]uint64, 10)
	return func() {
		copy(stack, args)
		if err := f(w.ctx, w.in, stack[:max(len(args), 1)]); err != nil || stack[0] != 0 {
			w.t.Fatal(name, err, Errno(stack[0]))
		}
	}
}

// BenchmarkHostcall compares hostcalls with the system calls that they make.
func BenchmarkHostcall(b *testing.B) {
	null, err := os.OpenFile("/dev/null", os.O_RDWR, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer null.Close()
	w := newWorld(b, hostos.Auto, func(c *Config) {
		c.Stdout, c.Stdin = null, null
		c.Strict = false // it looks for where every path leads
	})
	fd := w.mustOpen(boxFD, "file", 0, readWrite, 0)
	hostNull, err := hostos.Dup(null)
	w.must(err)
	defer hostos.Close(hostNull)
	host := w.sys.fds.get(int32(fd)).host
	root := w.sys.fds.get(boxFD).host
	iov, n := w.iovecs(64)
	p, pn := w.path("file")
	buf := [][]byte{make([]byte, 64)}
	run := func(name, impl string, f func()) {
		b.Run("call="+name+"/impl="+impl, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		})
	}
	run("sched_yield", "wasi", w.hot("sched_yield"))
	run("clock_time_get", "wasi", w.hot("clock_time_get", 1, 0, outAt))
	start := time.Now()
	run("clock_time_get", "raw", func() { _ = time.Since(start) })
	run("fd_write_null", "wasi", w.hot("fd_write", 1, iov, n, outAt))
	run("fd_write_null", "raw", func() { hostos.Writev(hostNull, buf) })
	run("fd_pread", "wasi", w.hot("fd_pread", fd, iov, n, 0, outAt))
	run("fd_pread", "raw", func() { hostos.Preadv(host, buf, 0) })
	run("fd_filestat_get", "wasi", w.hot("fd_filestat_get", fd, outAt))
	run("fd_filestat_get", "raw", func() { hostos.Fstat(host) })
	run("path_filestat_get", "raw", func() {
		var st unix.Stat_t
		w.must(unix.Fstatat(int(root), "file", &st, unix.AT_SYMLINK_NOFOLLOW))
	})
	run("path_filestat_get", "wasi", w.hot("path_filestat_get", boxFD, 1, p, pn, outAt))
	open := w.hot("path_open", boxFD, 1, p, pn, 0, uint64(RightFdRead), 0, 0, outAt)
	next := uint64(w.sys.fds.next())
	shut := w.hot("fd_close", next)
	run("path_open_close", "wasi", func() { open(); shut() })
	run("path_open_close", "raw", func() {
		f, err := unix.Openat(int(root), "file", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		w.must(err)
		unix.Close(f)
	})
}
