package wasi

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/trace"
)

func TestClocks(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	w.want(ESUCCESS, "clock_time_get", 0, 0, outAt)
	if d := time.Since(time.Unix(0, int64(w.u64(outAt)))).Abs(); d > time.Minute {
		t.Errorf("realtime is off by %v", d)
	}
	w.want(ESUCCESS, "clock_time_get", 1, 0, outAt)
	before := w.u64(outAt)
	w.want(ESUCCESS, "clock_time_get", 1, 0, outAt)
	if now := w.u64(outAt); now < before || before == 0 {
		t.Errorf("monotonic time went from %d to %d", before, now)
	}
	for id := range uint64(2) {
		if w.want(ESUCCESS, "clock_res_get", id, outAt); w.u64(outAt) == 0 {
			t.Errorf("clock %d has the resolution 0", id)
		}
	}
	for _, id := range []uint64{2, 3, 4, 1<<32 - 1} {
		w.want(EINVAL, "clock_time_get", id, 0, outAt)
		w.want(EINVAL, "clock_res_get", id, outAt)
	}
	w.want(EFAULT, "clock_time_get", 0, 0, 65529)
}

func TestRandom(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	b := w.mem(0, 65536)
	clear(b)
	b[100], b[100+40000] = '?', '?'
	w.want(ESUCCESS, "random_get", 101, 39999)
	if b[100] != '?' || b[100+40000] != '?' || bytes.Count(b[101:40100], []byte{0}) > 1000 {
		t.Error("not the 39999 bytes were filled")
	}
	w.want(ESUCCESS, "random_get", 65536, 0)
	w.want(EFAULT, "random_get", 0, 65537)
	w.want(EFAULT, "random_get", 0, 1<<32-1)
	w = newWorld(t, hostos.Auto, func(c *Config) { c.Random = strings.NewReader("abcde") })
	w.want(ESUCCESS, "random_get", outAt, 4)
	if got := string(w.mem(outAt, 4)); got != "abcd" {
		t.Errorf("got %q", got)
	}
	w.want(EIO, "random_get", outAt, 4)
}

func TestExit(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	var exit *runtime.ExitError
	if _, err := w.try("proc_exit", 1<<32-1); !errors.As(err, &exit) || exit.Code != 1<<32-1 {
		t.Errorf("got %v", err)
	}
	w.want(ESUCCESS, "sched_yield")
}

// TestAllSupported: there is no hostcall that only fails.
func TestAllSupported(t *testing.T) {
	for h := range Hostcalls() {
		if h.Support == Unsupported || h.Declares(ENOSYS) {
			t.Errorf("%s is not supported", h.ID())
		}
	}
}

func TestRaise(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	for sig, name := range signalNames {
		errno, err := w.try("proc_raise", uint64(sig))
		var exit *runtime.ExitError
		switch name {
		case "none", "chld", "cont", "urg", "winch":
			if errno != ESUCCESS || err != nil {
				t.Errorf("%s: %s, %v", name, errno, err)
			}
		case "stop", "tstp", "ttin", "ttou":
			if errno != ENOTSUP || err != nil {
				t.Errorf("%s: %s, %v", name, errno, err)
			}
		default:
			if !errors.As(err, &exit) || exit.Code != uint32(128+sig) {
				t.Errorf("%s: %s, %v", name, errno, err)
			}
		}
	}
	w.want(EINVAL, "proc_raise", 31)
	if len(signalNames) != 31 || signalNames[9] != "kill" || signalNames[15] != "term" || signalNames[30] != "sys" {
		t.Error("the signals are not numbered as in preview 1")
	}
}

func TestNoSockets(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	p, n := w.iovecs(1)
	for fd, want := range map[uint64]Errno{boxFD: ENOTSOCK, 1: ENOTSOCK, 77: EBADF} {
		w.want(want, "sock_accept", fd, 0, outAt)
		w.want(want, "sock_recv", fd, p, n, 0, outAt, outAt+8)
		w.want(want, "sock_send", fd, p, n, 0, outAt)
		w.want(want, "sock_shutdown", fd, 3)
	}
}

func TestStreamErrors(t *testing.T) {
	w := newWorld(t, hostos.Auto, func(c *Config) {
		c.Stdin = iotest.ErrReader(errors.New("broken"))
		c.Stdout = &limited{room: 3}
	})
	if _, errno := w.read(0, 1); errno != EIO {
		t.Errorf("read = %s", errno)
	}
	if errno := w.write(1, "abcde"); errno != ESUCCESS || w.u32(outAt) != 3 {
		t.Errorf("write = %s, %d", errno, w.u32(outAt))
	}
	if errno := w.write(1, "de"); errno != EIO {
		t.Errorf("write = %s", errno)
	}
}

// limited is a Writer with room for some bytes.
type limited struct{ room int }

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.room)
	if l.room -= n; n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

func TestTrace(t *testing.T) {
	var out bytes.Buffer
	var events []byte
	w := newWorld(t, hostos.Auto, func(c *Config) {
		c.Trace, c.Events = &out, func(e *trace.Event) { events = append(e.Append(events), '\n') }
	})
	w.mustOpen(boxFD, "new", OCreat|OExcl, uint64(RightFdRead), FDAppend)
	w.open(boxFD, "\x1b[31m\"", 0, 1<<40, 0)
	p, n := w.iovecs(2, 3)
	w.call("fd_pread", 5, p, n, 4, outAt)
	w.call("fd_seek", 5, ^uint64(0), 1, outAt)
	w.call("fd_close", 1<<32-1)
	w.try("proc_exit", 3)
	w.must(w.sys.Close())
	want := `path_open fd=3 dirflags=symlink_follow path="new" oflags=creat|excl fs_rights_base=0x2 fs_rights_inheriting=0x3fffffff fdflags=append -> ESUCCESS opened=5
path_open fd=3 dirflags=symlink_follow path="\x1b[31m\"" oflags=0 fs_rights_base=0x10000000000 fs_rights_inheriting=0x3fffffff fdflags=0 -> ENOENT
fd_pread fd=5 iovs=0x3a98+2 offset=4 nread=0
fd_seek fd=5 offset=-1 whence=cur -> EINVAL
fd_close fd=-1 -> EBADF
proc_exit rval=3 -> exit
`
	want = strings.Replace(want, "offset=4 nread=0", "offset=4 -> ESUCCESS nread=0", 1)
	if got := out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if string(events) != want {
		t.Errorf("events\n%swant\n%s", events, want)
	}
}

func TestTraceEffects(t *testing.T) {
	var out bytes.Buffer
	w := newWorld(t, hostos.Auto, func(c *Config) { c.Trace, c.TraceEffects = &out, true })
	w.open(boxFD, "file", 0, readWrite, 0)
	w.must(w.sys.Close())
	want := ` | read_mem:0x3e8+4 write_mem:0x4e20+4 path_at:3:read+write:follow:"file" fd_open:5` + "\n"
	if got := out.String(); !strings.HasSuffix(got, want) {
		t.Errorf("got  %swant %s", got, want)
	}
}

// TestMonitorIsIndependent breaks the runtime's own tables and checks: the monitor must stop the guest each time.
func TestMonitorIsIndependent(t *testing.T) {
	for name, tt := range map[string]struct {
		rule  string
		spoil func(w *world)
		call  func(w *world) (Errno, error)
	}{
		"another host descriptor": {"fd-owned", func(w *world) { w.sys.fds.get(boxFD).host++ }, mkdir(boxFD, "x")},
		"rights grown":            {"fd-rights", func(w *world) { w.sys.fds.get(roFD).rights = allRights }, mkdir(roFD, "x")},
		"grant grown": {"fd-rights", func(w *world) {
			f := w.sys.fds.get(roFD)
			f.rights, f.access = allRights, ^policy.Access(0)
		}, mkdir(roFD, "x")},
		"stream as directory": {"fd-rights", func(w *world) {
			f := *w.sys.fds.get(boxFD)
			f.fd = 1
			f.host = hostos.NoFD
			w.sys.fds.files[1] = &f
		}, mkdir(1, "x")},
		"descriptor from nowhere": {"fd-owned", func(w *world) {
			f := *w.sys.fds.get(boxFD)
			f.fd = 9
			w.sys.fds.put(&f)
		}, mkdir(9, "x")},
		"more memory than there is": {"memory-bounds", func(w *world) {}, func(w *world) (Errno, error) {
			c := &w.sys.call
			w.sys.monitor.Begin("random_get", w.rows["random_get"].ops, w.in.Memory())
			c.mem, c.fail = make([]byte, 1<<17), nil
			errno := c.touch(true, 65000, 1000)
			return errno, c.fail
		}},
		"undeclared effect": {"declared-effect", func(w *world) {}, func(w *world) (Errno, error) {
			c := &w.sys.call
			w.sys.monitor.Begin("sched_yield", w.rows["sched_yield"].ops, w.in.Memory())
			c.fail = nil
			c.allow(&policy.Effect{Op: policy.Sleep, Num: 1})
			return 0, c.fail
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, hostos.Auto, nil)
			tt.spoil(w)
			_, err := tt.call(w)
			isViolation(t, err, tt.rule)
			w.sys.fds.get(boxFD).host = hostos.NoFD // it may not be ours to close
		})
	}
}

func mkdir(fd uint64, path string) func(*world) (Errno, error) {
	return func(w *world) (Errno, error) {
		p, n := w.path(path)
		return w.try("path_create_directory", fd, p, n)
	}
}

// TestDistrust: the monitor ends a guest for an effect that is distrusted before anything is done, and for no other one.
func TestDistrust(t *testing.T) {
	w := newWorld(t, hostos.Auto, nil)
	clear(w.mem(outAt, 8))
	restore := Distrust(policy.Ops(policy.Random))
	_, err := w.try("random_get", outAt, 8)
	isViolation(t, err, "declared-effect")
	if w.u64(outAt) != 0 {
		t.Error("random bytes were stored all the same")
	}
	w.want(ESUCCESS, "clock_time_get", 0, 0, outAt)
	restore()
	w.want(ESUCCESS, "random_get", outAt, 8)
}
