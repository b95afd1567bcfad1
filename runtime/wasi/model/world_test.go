package model

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// world makes outcomes by hand: the arguments and the memory are laid out from words.
type world struct {
	t *testing.T
	m *Model
}

// Where the words of an outcome are put in the memory.
const (
	textAt   = 0x100 // paths, 0x100 apart
	iovAt    = 0x800
	dataAt   = 0x1000
	resultAt = 0x2000
	memory   = 0x4000
)

func newWorld(t *testing.T, change ...func(*Config)) *world {
	cfg := &Config{OS: "linux", Args: []string{"guest", "-x"}, Env: []string{"A=b"}, Stdin: "input", MaxFDs: 12, Listeners: []uint32{5},
		Preopens: []Preopen{{FD: 3, Name: "/", Access: policy.Read | policy.Stat | policy.Change, Tree: NewTree(treeOfTests)},
			{FD: 4, Name: "frozen", Access: policy.Read | policy.Stat, Tree: NewTree(treeOfTests)}}}
	for _, f := range change {
		f(cfg)
	}
	return &world{t, New(cfg)}
}

var treeOfTests = []Entry{{Name: "file", Data: "0123456789"}, {Name: "empty"}, {Name: "dir", Dir: true}, {Name: "dir/file", Data: "x"},
	{Name: "dir/sub", Dir: true}, {Name: "hollow", Dir: true}, {Name: "link", Target: "file"}, {Name: "up", Target: ".."}, {Name: "loop", Target: "loop"},
	{Name: "dangling", Target: "nowhere"}, {Name: "absolute", Target: "/etc"}, {Name: "inward", Target: "dir/../file"}}

// does is one outcome. Of the arguments, a string becomes its address and length, as buf and iov do, and out the address of the results.
type does struct {
	call  string
	args  []any
	in    string // what the buffers hold before
	out   string // and after
	res   []any  // results as numbers of their size, at the address "out"
	errno wasi.Errno
	fault bool
}

// iov is the lengths of buffers, and buf that of one.
type (
	iov []uint32
	buf uint32
	out struct{}
)

// outcome lays d out.
func (w *world) outcome(d does) *Outcome {
	o := &Outcome{Row: rowOf(w.t, d.call), Before: make([]byte, memory), Errno: d.errno, Fault: d.fault}
	texts := uint64(textAt)
	for _, a := range d.args {
		switch a := a.(type) {
		case int:
			o.Args = append(o.Args, uint64(a))
		case wasi.Rights:
			o.Args = append(o.Args, uint64(a))
		case string:
			copy(o.Before[texts:], a)
			o.Args = append(o.Args, texts, uint64(len(a)))
			texts += 0x100
		case iov:
			at := uint32(dataAt)
			for i, n := range a {
				binary.LittleEndian.PutUint32(o.Before[iovAt+8*i:], at)
				binary.LittleEndian.PutUint32(o.Before[iovAt+8*i+4:], n)
				at += n
			}
			o.Args = append(o.Args, iovAt, uint64(len(a)))
		case buf:
			o.Args = append(o.Args, dataAt, uint64(a))
		case out:
			o.Args = append(o.Args, resultAt)
		}
	}
	copy(o.Before[dataAt:], d.in)
	o.After = append([]byte(nil), o.Before...)
	copy(o.After[dataAt:], d.out)
	res := o.After[resultAt:resultAt]
	for _, r := range d.res {
		switch r := r.(type) {
		case int:
			res = binary.LittleEndian.AppendUint32(res, uint32(r))
		case uint64:
			res = binary.LittleEndian.AppendUint64(res, r)
		case string:
			res = append(res, r...)
		}
	}
	return o
}

func rowOf(t *testing.T, id string) *wasi.Hostcall {
	for row := range wasi.Hostcalls() {
		if row.ID() == id {
			return row
		}
	}
	t.Fatalf("no hostcall %s", id)
	return nil
}

// judge judges d.
func (w *world) judge(d does) *Breach { return w.m.Judge(w.outcome(d)) }

// allowed asserts that outcomes are allowed one after the other.
func (w *world) allowed(list ...does) {
	w.t.Helper()
	for _, d := range list {
		if b := w.judge(d); b != nil {
			w.t.Errorf("%s%v: %v", d.call, d.args, b)
		}
	}
}

// refused asserts that an outcome is a breach with a key. The state is to be used no more.
func (w *world) refused(key string, d does) {
	w.t.Helper()
	if b := w.judge(d); b == nil || b.Key != key {
		w.t.Errorf("%s%v = %v: got %v, want %q", d.call, d.args, d.errno, b, key)
	}
}

// opens is path_open of a path beneath 3 that returns fd.
func opens(path string, fd int, oflags wasi.OFlags, rights wasi.Rights, flags wasi.FDFlags) does {
	return does{call: "path_open", args: []any{3, 1, path, int(oflags), rights, rights, int(flags), out{}}, res: []any{fd}}
}

// all is what programs ask for that ask for everything.
const all = wasi.Rights(1<<30 - 1)

func reads(fd int, n uint32, got string) does {
	return does{call: "fd_read", args: []any{fd, iov{n}, out{}}, out: got, res: []any{len(got)}}
}

func writes(fd int, data string) does {
	return does{call: "fd_write", args: []any{fd, iov{uint32(len(data))}, out{}}, in: data, res: []any{len(data)}}
}

// failing is d with an errno in place of results.
func failing(d does, errno wasi.Errno) does {
	d.errno, d.res, d.out = errno, nil, ""
	return d
}

// stat is a filestat structure.
func stat(ino uint64, typ filetype, links, size, mtime uint64) string {
	b := make([]byte, 64)
	binary.LittleEndian.PutUint64(b[8:], ino)
	b[16] = byte(typ)
	binary.LittleEndian.PutUint64(b[24:], links)
	binary.LittleEndian.PutUint64(b[32:], size)
	binary.LittleEndian.PutUint64(b[48:], mtime)
	return string(b)
}

// dirents are entries of names with types, with the position behind each as its cookie.
func dirents(first int, names string) string {
	var b []byte
	for i, name := range strings.Fields(names) {
		typ := regular
		if rest, ok := strings.CutSuffix(name, "/"); ok || name == "." || name == ".." {
			name, typ = rest, directory
		} else if rest, ok := strings.CutSuffix(name, "@"); ok {
			name, typ = rest, symlink
		}
		b = binary.LittleEndian.AppendUint64(b, uint64(first+i+1))
		b = binary.LittleEndian.AppendUint64(b, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(name)))
		b = append(append(b, byte(typ), 0, 0, 0), name...)
	}
	return string(b)
}
