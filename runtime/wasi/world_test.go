package wasi

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos/sandbox/sandboxtest"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// memoryModule is (module (memory (export "memory") 1)).
const memoryModule = "\x00asm\x01\x00\x00\x00\x05\x03\x01\x00\x01\x07\x0a\x01\x06memory\x02\x00"

// world is a System with an instance whose memory the calls use, and a tree of the host.
type world struct {
	t      testing.TB
	ctx    context.Context
	sys    *System
	in     *runtime.Instance
	top    string // holds box and what is outside
	box    string // preopened as descriptor 3, "/"
	ro     string // preopened as descriptor 4, "ro", read-only
	out    bytes.Buffer
	stderr bytes.Buffer
	rows   map[string]*Hostcall
	canary map[string]string // what lies outside the box, by path
}

// Descriptors and addresses that tests use.
const (
	boxFD = 3
	roFD  = 4

	pathAt  = 1000 // first path
	path2At = 9000 // second path
	outAt   = 20000
	bufAt   = 30000
)

// newWorld makes a world. change may change the Config.
func newWorld(t testing.TB, resolver hostos.Resolver, change func(*Config)) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), top: t.TempDir(), rows: map[string]*Hostcall{}}
	w.box, w.ro = filepath.Join(w.top, "box"), filepath.Join(w.top, "ro")
	for _, dir := range []string{"box/dir", "ro/dir"} {
		w.must(os.MkdirAll(filepath.Join(w.top, dir), 0o777))
	}
	for path, content := range map[string]string{"secret": "outside", "box/file": "0123456789", "ro/file": "readonly"} {
		w.must(os.WriteFile(filepath.Join(w.top, path), []byte(content), 0o666))
	}
	w.must(os.Symlink("file", filepath.Join(w.box, "toFile")))
	w.must(os.Symlink("../secret", filepath.Join(w.box, "escape")))
	w.must(os.Symlink("../ro", filepath.Join(w.box, "toRo")))
	w.must(os.Symlink("../box", filepath.Join(w.ro, "toBox")))
	cfg := &Config{
		Args:   []string{"prog", "one", ""},
		Env:    []string{"A=1", "LONGER=value"},
		Stdin:  strings.NewReader("input"),
		Stdout: &w.out, Stderr: &w.stderr,
		Preopens: []Preopen{{Host: w.box, Guest: "/"}, {Host: w.ro, Guest: "ro", ReadOnly: true}},
		Strict:   true,
	}
	if change != nil {
		change(cfg)
	}
	var err error
	w.sys, err = newSystem(cfg, resolver)
	w.must(err)
	w.canary = w.outside()
	t.Cleanup(func() {
		w.untouched()
		w.sys.Close()
	})
	m, err := runtime.Compile([]byte(memoryModule))
	w.must(err)
	w.in, err = runtime.New(nil).Instantiate(w.ctx, m, nil)
	w.must(err)
	for h := range Hostcalls() {
		w.rows[h.ID()] = h
	}
	return w
}

// worlds runs f with both ways to resolve paths.
func worlds(t *testing.T, f func(t *testing.T, w *world)) {
	for name, r := range map[string]hostos.Resolver{"kernel": hostos.Kernel, "walk": hostos.Walk} {
		t.Run(name, func(t *testing.T) {
			if _, err := hostos.NewFS(r); err != nil {
				t.Skipf("this kernel has no openat2, or a filter forbids it: %v", err)
			}
			f(t, newWorld(t, r, nil))
		})
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// try makes a hostcall and returns what it ended with.
func (w *world) try(name string, args ...uint64) (Errno, error) {
	w.t.Helper()
	h := w.rows[name]
	if h == nil {
		h = w.rows[name+".wasmedge"]
	}
	if h == nil || len(h.Type().Params) != len(args) {
		w.t.Fatalf("%s with %d arguments", name, len(args))
	}
	stack := append(make([]uint64, 0, 10), args...)
	if len(stack) == 0 {
		stack = append(stack, 0xdead)
	}
	end := sandboxtest.Begin(slices.IndexFunc(hostcalls[:], func(row Hostcall) bool { return row.Name == name }))
	defer end()
	err := w.sys.Func(h)(w.ctx, w.in, stack)
	return Errno(stack[0]), err
}

// call makes a hostcall that must return.
func (w *world) call(name string, args ...uint64) Errno {
	w.t.Helper()
	errno, err := w.try(name, args...)
	if err != nil {
		w.t.Fatalf("%s%x: %v", name, args, err)
	}
	return errno
}

// want makes a hostcall that must return an errno.
func (w *world) want(want Errno, name string, args ...uint64) {
	w.t.Helper()
	if got := w.call(name, args...); got != want {
		w.t.Errorf("%s%x = %s, want %s", name, args, got, want)
	}
}

// mem returns guest memory.
func (w *world) mem(addr, n uint64) []byte {
	w.t.Helper()
	b, ok := w.in.Memory().Slice(addr, n)
	if !ok {
		w.t.Fatalf("[%#x, +%d) is outside the memory", addr, n)
	}
	return b
}

func (w *world) u32(addr uint64) uint32 { return binary.LittleEndian.Uint32(w.mem(addr, 4)) }
func (w *world) u64(addr uint64) uint64 { return binary.LittleEndian.Uint64(w.mem(addr, 8)) }

// path puts a path into memory and returns the two arguments.
func (w *world) path(s string) (uint64, uint64) {
	copy(w.mem(pathAt, uint64(len(s))), s)
	return pathAt, uint64(len(s))
}

// pathCall calls name(fd, path, rest...).
func (w *world) pathCall(name string, fd uint64, path string, rest ...uint64) Errno {
	w.t.Helper()
	p, n := w.path(path)
	return w.call(name, append([]uint64{fd, p, n}, rest...)...)
}

const readWrite = uint64(RightFdRead | RightFdWrite)

// open opens a path, following links.
func (w *world) open(fd uint64, path string, oflags OFlags, rights uint64, fdflags FDFlags) (uint64, Errno) {
	w.t.Helper()
	p, n := w.path(path)
	errno := w.call("path_open", fd, lookupFollow, p, n, uint64(oflags), rights, uint64(allRights), uint64(fdflags), outAt)
	return uint64(w.u32(outAt)), errno
}

// mustOpen is open that must succeed.
func (w *world) mustOpen(fd uint64, path string, oflags OFlags, rights uint64, fdflags FDFlags) uint64 {
	w.t.Helper()
	got, errno := w.open(fd, path, oflags, rights, fdflags)
	if errno != ESUCCESS {
		w.t.Fatalf("path_open(%q) = %s", path, errno)
	}
	return got
}

// iovecs puts buffers of the given sizes at bufAt, one after the other, and returns the two arguments.
func (w *world) iovecs(sizes ...uint32) (uint64, uint64) {
	const at = 15000
	buf := uint32(bufAt)
	for i, n := range sizes {
		b := w.mem(at+8*uint64(i), 8)
		binary.LittleEndian.PutUint32(b, buf)
		binary.LittleEndian.PutUint32(b[4:], n)
		buf += n
	}
	return at, uint64(len(sizes))
}

// write writes s with fd_write.
func (w *world) write(fd uint64, s string) Errno {
	w.t.Helper()
	copy(w.mem(bufAt, uint64(len(s))), s)
	p, n := w.iovecs(uint32(len(s)))
	return w.call("fd_write", fd, p, n, outAt)
}

// read reads up to n bytes with fd_read.
func (w *world) read(fd uint64, n uint32) (string, Errno) {
	w.t.Helper()
	p, k := w.iovecs(n)
	errno := w.call("fd_read", fd, p, k, outAt)
	if errno != ESUCCESS {
		return "", errno
	}
	return string(w.mem(bufAt, uint64(w.u32(outAt)))), errno
}

// host returns the content of a file of the host.
func (w *world) host(path string) string {
	w.t.Helper()
	b, err := os.ReadFile(filepath.Join(w.top, path))
	w.must(err)
	return string(b)
}

// isViolation fails unless err is a violation of a rule.
func isViolation(t testing.TB, err error, rule string) {
	t.Helper()
	v, ok := err.(*policy.Violation)
	if !ok || v.Rule != rule {
		t.Errorf("got %v, want a violation of %s", err, rule)
	}
}
