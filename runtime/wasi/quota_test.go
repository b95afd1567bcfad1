package wasi

import (
	"errors"
	"io"
	"math"
	"os"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// quotaWorld makes a world with quotas; refusals go to *refused.
func quotaWorld(t *testing.T, quota string, refused *[]string) *world {
	t.Helper()
	rule, err := policy.ParseQuota(quota)
	if err != nil {
		t.Fatal(err)
	}
	return newWorld(t, hostos.Auto, func(cfg *Config) {
		cfg.Quotas, cfg.Clock = rule.Quotas, new(VirtualClock)
		cfg.Refused = func(r *policy.Refusal) { *refused = append(*refused, r.Rule) }
	})
}

// wantRefused fails unless exactly one refusal by a rule was reported since the last call.
func wantRefused(t *testing.T, refused *[]string, rule string) {
	t.Helper()
	if got := *refused; len(got) != 1 || got[0] != rule {
		t.Errorf("refusals %q, want one by %s", got, rule)
	}
	*refused = nil
}

func TestQuotaOfBytes(t *testing.T) {
	var refused []string
	w := quotaWorld(t, "written=20,stdout=8", &refused)
	fd := w.mustOpen(boxFD, "file", OTrunc, readWrite, 0)
	for _, step := range []struct {
		fd      uint64
		text    string
		want    Errno
		written uint32
		rule    string
	}{
		{fd, "0123456789", ESUCCESS, 10, ""},
		{1, "abcde", ESUCCESS, 5, ""},
		{1, "fghij", ESUCCESS, 3, "quota-stdout"}, // what fits is written
		{1, "k", ENOSPC, 0, "quota-stdout"},
		{1, "", ESUCCESS, 0, ""},
		{fd, "xyz", ESUCCESS, 2, "quota-written"},
		{fd, "z", EDQUOT, 0, "quota-written"},
		{2, "z", EDQUOT, 0, "quota-written"},
	} {
		if errno := w.write(step.fd, step.text); errno != step.want || errno == ESUCCESS && w.u32(outAt) != step.written {
			t.Errorf("writing %q to %d = %s, %d", step.text, step.fd, errno, w.u32(outAt))
		}
		if step.rule != "" {
			wantRefused(t, &refused, step.rule)
		}
	}
	if len(refused) > 0 || w.host("box/file") != "0123456789xy" || w.out.String() != "abcdefgh" {
		t.Errorf("%q, %q, refused %q", w.host("box/file"), w.out.String(), refused)
	}

	// A cut goes through several buffers, at an offset, too.
	w = quotaWorld(t, "written=7", &refused)
	fd = w.mustOpen(boxFD, "file", 0, readWrite, 0)
	copy(w.mem(bufAt, 12), "abcdefghijkl")
	p, n := w.iovecs(3, 0, 4, 5)
	w.want(ESUCCESS, "fd_pwrite", fd, p, n, 1, outAt)
	wantRefused(t, &refused, "quota-written")
	if w.u32(outAt) != 7 || w.host("box/file") != "0abcdefg89" {
		t.Errorf("%d, %q", w.u32(outAt), w.host("box/file"))
	}

	// What is refused for another reason, or fails, costs nothing.
	w = quotaWorld(t, "written=7", &refused)
	ro := w.mustOpen(boxFD, "file", 0, uint64(RightFdRead), 0)
	fd = w.mustOpen(boxFD, "file", OTrunc, readWrite, 0)
	for range 10 {
		p, n = w.iovecs(7)
		w.want(EBADF, "fd_write", ro, p, n, outAt)
		w.want(EFAULT, "fd_write", fd, p, n, 1<<32-2)
		w.want(EINVAL, "fd_pwrite", fd, p, n, 1<<63, outAt)
	}
	if errno := w.write(fd, "1234567"); errno != ESUCCESS || w.u32(outAt) != 7 || len(refused) > 0 {
		t.Errorf("%s, %d, refused %q", errno, w.u32(outAt), refused)
	}
}

// halfWriter takes half of what it is given, or fails.
type halfWriter struct{ fail bool }

func (w *halfWriter) Write(b []byte) (int, error) {
	if w.fail = !w.fail; w.fail {
		return len(b) / 2, errors.New("half is enough")
	}
	return 0, io.ErrClosedPipe
}

// TestQuotaOfShortWrites: only what was written counts.
func TestQuotaOfShortWrites(t *testing.T) {
	var q policy.Quotas
	q.Bound(policy.Written, 10)
	q.Bound(policy.Stdout, 9)
	w := newWorld(t, hostos.Auto, func(cfg *Config) { cfg.Quotas, cfg.Stdout = q, new(halfWriter) })
	for i, want := range []struct {
		errno Errno
		n     uint32
	}{{ESUCCESS, 4}, {EIO, 0}, {ESUCCESS, 2}, {EIO, 0}, {ESUCCESS, 1}} {
		errno := w.write(1, "12345678")
		if errno != want.errno || errno == ESUCCESS && w.u32(outAt) != want.n {
			t.Errorf("write %d = %s, %d; want %v", i, errno, w.u32(outAt), want)
		}
	}
	if left := w.sys.budget.left; left[policy.Written] != 3 || left[policy.Stdout] != 2 {
		t.Errorf("left: %v", left)
	}
}

func TestQuotaOfFiles(t *testing.T) {
	var refused []string
	w := quotaWorld(t, "files=4", &refused)
	link := func(name, path string) Errno {
		pa, na, pb, nb := w.twoPaths("file", path)
		if name == "path_symlink" {
			return w.call(name, pa, na, boxFD, pb, nb)
		}
		return w.call(name, boxFD, 0, pa, na, boxFD, pb, nb)
	}
	create := func(path string, oflags OFlags) Errno { return w.openAndClose(boxFD, path, OCreat|oflags, RightFdRead) }
	for i, step := range []struct{ got, want Errno }{
		{create("file", 0), ESUCCESS},      // it is there
		{create("toFile", 0), ESUCCESS},    // what it leads to is there
		{create("file", OExcl), EEXIST},    // and fails
		{create("nowhere/new", 0), ENOENT}, // fails
		{create("../new", 0), ENOTCAPABLE}, // fails
		{link("path_symlink", "file"), EEXIST},
		{link("path_link", "file"), EEXIST},
		{w.pathCall("path_create_directory", boxFD, "dir"), EEXIST},
		{create("new", OExcl), ESUCCESS},
		{create("new", 0), ESUCCESS},
		{link("path_symlink", "s"), ESUCCESS},
		{link("path_link", "l"), ESUCCESS},
		{w.pathCall("path_create_directory", boxFD, "d"), ESUCCESS},
	} {
		if step.got != step.want {
			t.Errorf("step %d = %s, want %s", i, step.got, step.want)
		}
	}
	wantRefused(t, &refused, "beneath-preopen") // of ../new
	for _, call := range []func() Errno{
		func() Errno { return create("newer", 0) },
		func() Errno { return link("path_symlink", "s2") },
		func() Errno { return link("path_link", "l2") },
		func() Errno { return w.pathCall("path_create_directory", boxFD, "d2") },
	} {
		if errno := call(); errno != EDQUOT {
			t.Errorf("beyond the quota: %s", errno)
		}
		wantRefused(t, &refused, "quota-files")
	}
	if errno := create("new", 0); errno != ESUCCESS {
		t.Errorf("what is there can be opened: %s", errno)
	}
}

func TestQuotaOfDescriptors(t *testing.T) {
	var refused []string
	w := quotaWorld(t, "fds=6", &refused)
	fd := w.mustOpen(boxFD, "file", 0, readWrite, 0)
	if _, errno := w.open(boxFD, "file", 0, readWrite, 0); errno != EMFILE {
		t.Errorf("the seventh descriptor: %s", errno)
	}
	wantRefused(t, &refused, "quota-fds")
	w.want(ESUCCESS, "fd_renumber", fd, 1)
	fd = w.mustOpen(boxFD, "file", 0, readWrite, 0)
	w.want(ESUCCESS, "fd_close", fd)
	w.mustOpen(boxFD, "file", 0, readWrite, 0)
}

func TestQuotaOfSleep(t *testing.T) {
	var refused []string
	w := quotaWorld(t, "sleep=1s", &refused)
	sleep := func(nanos uint64) Errno {
		w.sub(0, 7, eventClock, uint32(ClockMonotonic), nanos, 0)
		return w.call("poll_oneoff", bufAt, bufAt+1000, 1, outAt)
	}
	for i, step := range []struct {
		nanos uint64
		want  Errno
	}{{0, ESUCCESS}, {4e8, ESUCCESS}, {5e8, ESUCCESS}, {2e8, EDQUOT}, {1, EDQUOT}, {math.MaxUint64, EDQUOT}, {0, ESUCCESS}} {
		if errno := sleep(step.nanos); errno != step.want {
			t.Errorf("step %d: sleeping %d = %s, want %s", i, step.nanos, errno, step.want)
		}
		if step.want == EDQUOT {
			wantRefused(t, &refused, "quota-sleep")
		}
	}
}

// TestMonitorHasItsOwnAccount: a handler that forgets what was spent is stopped by the monitor.
func TestMonitorHasItsOwnAccount(t *testing.T) {
	var refused []string
	for _, r := range []policy.Resource{policy.Written, policy.Stdout} {
		w := quotaWorld(t, r.String()+"=3", &refused)
		if errno := w.write(1, "abc"); errno != ESUCCESS {
			t.Fatal(errno)
		}
		w.sys.budget.left[r] = 100
		copy(w.mem(bufAt, 1), "d")
		p, n := w.iovecs(1)
		_, err := w.try("fd_write", 1, p, n, outAt)
		if isViolation(t, err, r.Rule()); w.out.String() != "abc" {
			t.Errorf("written: %q", w.out.String())
		}
	}
	w := quotaWorld(t, "files=1", &refused)
	w.sys.budget.left[policy.Files] = 2
	w.pathCall("path_create_directory", boxFD, "one")
	p, n := w.path("two")
	_, err := w.try("path_create_directory", boxFD, p, n)
	isViolation(t, err, "quota-files")
	w = quotaWorld(t, "fds=6", &refused)
	w.sys.fds.max = 10
	w.mustOpen(boxFD, "file", 0, readWrite, 0)
	p, n = w.path("file")
	_, err = w.try("path_open", boxFD, 0, p, n, 0, readWrite, 0, 0, outAt)
	isViolation(t, err, "quota-fds")
}

// TestQuotaOfWaiting: waiting for input that does not come is sleep, too.
func TestQuotaOfWaiting(t *testing.T) {
	r, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer write.Close()
	var q policy.Quotas
	q.Bound(policy.SleepTime, 20e6)
	w := newWorld(t, hostos.Auto, func(cfg *Config) { cfg.Stdin, cfg.Quotas = r, q })
	w.sub(0, 7, eventFdRead, 0, 0, 0)
	w.want(EDQUOT, "poll_oneoff", bufAt, bufAt+1000, 1, outAt) // without a quota this does not return
	if left := w.sys.budget.left[policy.SleepTime]; left != 0 {
		t.Errorf("left: %d", left)
	}
	if _, err := write.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	w.want(ESUCCESS, "poll_oneoff", bufAt, bufAt+1000, 1, outAt)
	if got, errno := w.read(0, 1); errno != ESUCCESS || got != "x" {
		t.Errorf("read %q, %s", got, errno)
	}
}
