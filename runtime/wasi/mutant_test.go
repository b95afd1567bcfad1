//go:build planted

package wasi

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// attempt is what a guest does that one guard keeps from harm.
type attempt struct {
	rule     string          // of the monitor, that stops it when the guard is gone
	resolver hostos.Resolver // Auto unless it matters
	config   func(*Config)
	do       func(w *world) call // sets the scene and says which call it is
	twice    bool                // it is made twice
	early    bool                // the guard is gone when the System is made
}

// call is a hostcall with its arguments.
type call struct {
	name string
	args []uint64
}

func hostcall(name string, args ...uint64) call { return call{name, args} }

// attempts has one for every planted.
var attempts = map[planted.Bug]attempt{
	planted.MemoryBounds: {rule: "memory-bounds", do: func(w *world) call { return hostcall("fd_filestat_get", boxFD, 65535) }},
	planted.MemoryProtect: {
		rule:   "memory-readonly",
		config: func(c *Config) { c.ProtectedMemory = []policy.Range{{Addr: outAt + 63, Len: 1}} },
		do:     func(w *world) call { return hostcall("fd_filestat_get", boxFD, outAt) },
	},
	planted.IovecBuffers:  {rule: "moved-within", do: readSome},
	planted.IovecWrites:   {rule: "moved-within", do: readSome},
	planted.ResultPointer: {rule: "stored-as-told", do: func(w *world) call { return hostcall("fd_tell", w.file(), outAt) }},
	planted.BufferLength: {rule: "stored-as-told", do: func(w *world) call {
		return hostcall("fd_readdir", boxFD, bufAt, 100, 0, outAt)
	}},
	planted.FDForget: {rule: "fd-owned", twice: true, do: func(w *world) call { return hostcall("fd_close", w.file()) }},
	planted.FDFree:   {rule: "fd-fresh", do: openFile("file", 0, 0)},
	planted.FDLimit: {rule: "fd-fresh", config: func(c *Config) { c.MaxFDs = 5 },
		do: openFile("file", 0, 0)},
	planted.FDRights: {rule: "fd-rights", do: func(w *world) call {
		p, n := w.iovecs(4)
		return hostcall("fd_write", w.mustOpen(boxFD, "file", 0, uint64(RightFdRead), 0), p, n, outAt)
	}},
	planted.FDRightsOther: {rule: "fd-rights", do: func(w *world) call {
		pa, na, pb, nb := w.twoPaths("file", "moved")
		return hostcall("path_rename", boxFD, pa, na, roFD, pb, nb)
	}},
	planted.PollRights: {rule: "fd-rights", do: func(w *world) call {
		sub := w.mem(bufAt, sizeOfSubscription)
		clear(sub)
		sub[8], sub[16] = eventFdWrite, 0 // standard input, to be written
		return hostcall("poll_oneoff", bufAt, outAt, 1, outAt+sizeOfEvent)
	}},
	planted.SetRights: {rule: "rights-narrowed", do: func(w *world) call {
		return hostcall("fd_fdstat_set_rights", roFD, uint64(allRights), 0)
	}},
	planted.OpenRights:   {rule: "fd-rights", do: openNarrowed(dirRights&^RightPathFilestatSetSize, allRights, OTrunc, RightFdWrite)},
	planted.OpenInherit:  {rule: "rights-asked", do: openNarrowed(dirRights, allRights&^RightFdWrite, 0, RightFdWrite)},
	planted.GrantInherit: {rule: "rights-inherited", do: openNarrowed(dirRights, allRights&^RightFdSync, 0, RightFdRead)},
	planted.ReadOnly: {rule: "access-mode", early: true, do: func(w *world) call {
		p, n := w.path("made")
		return hostcall("path_create_directory", roFD, p, n)
	}},
	planted.PathEmpty:    {rule: "path-relative", do: openFile("", 0, 0)},
	planted.PathLength:   {rule: "path-relative", do: openFile(strings.Repeat("a", MaxPath), 0, 0)},
	planted.PathUTF8:     {rule: "path-relative", do: openFile("\xff", OCreat, RightFdWrite)},
	planted.PathNUL:      {rule: "path-relative", do: openFile("..\x00x", 0, 0)},
	planted.PathAbsolute: {rule: "path-relative", do: openFile("/etc/passwd", 0, 0)},
	planted.LinkTarget: {rule: "path-relative", do: func(w *world) call {
		pa, na, pb, nb := w.twoPaths("/etc/passwd", "made")
		return hostcall("path_symlink", pa, na, boxFD, pb, nb)
	}},
	planted.LinkShown: {rule: "path-relative", do: func(w *world) call {
		w.must(os.Symlink(w.top, filepath.Join(w.box, "host")))
		p, n := w.path("host")
		return hostcall("path_readlink", boxFD, p, n, bufAt, 100, outAt)
	}},
	planted.RenumberClose: {rule: "fd-move-target", do: func(w *world) call {
		a, b := w.file(), w.file()
		return hostcall("fd_renumber", a, b)
	}},
	planted.RenumberOpen: {rule: "fd-move-target", do: func(w *world) call {
		return hostcall("fd_renumber", w.file(), 1<<20)
	}},
	planted.PrestatLength: {rule: "stored-as-told", do: func(w *world) call {
		return hostcall("fd_prestat_dir_name", roFD, bufAt, 1)
	}},
	planted.StreamLength: {rule: "moved-within", config: func(c *Config) { c.Stdin = liar{} }, do: func(w *world) call {
		p, n := w.iovecs(16)
		return hostcall("fd_read", 0, p, n, outAt)
	}},
	planted.Devices: {
		rule:   "no-devices",
		config: func(c *Config) { c.Preopens = append(c.Preopens, Preopen{Host: "/dev", ReadOnly: true}) },
		do: func(w *world) call {
			p, n := w.path("zero")
			return hostcall("path_open", roFD+1, 0, p, n, 0, uint64(RightFdRead), 0, 0, outAt)
		},
	},
	planted.KernelBeneath: {rule: "resolved-beneath", resolver: hostos.Kernel, do: openFile("../secret", 0, RightFdRead)},
	planted.WalkUp:        {rule: "resolved-beneath", resolver: hostos.Walk, do: openFile("dir/../../secret", 0, RightFdRead)},
	planted.WalkLink: {rule: "resolved-beneath", resolver: hostos.Walk, do: func(w *world) call {
		w.must(os.Symlink(w.top, filepath.Join(w.box, "host")))
		return openFile("host/secret", 0, RightFdRead)(w)
	}},
	planted.WalkNoFollow: {rule: "resolved-beneath", resolver: hostos.Walk, do: openFile("toRo/file", 0, RightFdRead)},
}

// file opens a file to read and write.
func (w *world) file() uint64 { return w.mustOpen(boxFD, "file", 0, readWrite, 0) }

func readSome(w *world) call {
	p, n := w.iovecs(8)
	return hostcall("fd_read", w.file(), p, n, outAt)
}

func openFile(path string, oflags OFlags, rights Rights) func(*world) call {
	return func(w *world) call {
		p, n := w.path(path)
		return hostcall("path_open", boxFD, lookupFollow, p, n, uint64(oflags), uint64(rights), uint64(allRights), 0, outAt)
	}
}

// openNarrowed opens a file through a directory that has given rights up.
func openNarrowed(base, inherit Rights, oflags OFlags, rights Rights) func(*world) call {
	return func(w *world) call {
		w.want(ESUCCESS, "fd_fdstat_set_rights", boxFD, uint64(base), uint64(inherit))
		return openFile("file", oflags, rights)(w)
	}
}

// liar is a Reader that claims more than it was asked for.
type liar struct{}

func (liar) Read(p []byte) (int, error) { return len(p) + 100, nil }

// TestMutants takes one guard away at a time. With it, the attempt is refused or harmless, and no matter for the monitor;
// without it, the monitor stops the guest. The score is printed.
func TestMutants(t *testing.T) {
	caught, tried := 0, 0
	for g := range planted.All() {
		if !g.Row().Guard {
			continue
		}
		a, ok := attempts[g]
		if !ok {
			t.Errorf("%-15s no attempt shows what it is for", g)
			continue
		}
		if _, err := hostos.NewFS(a.resolver); err != nil {
			t.Logf("%-15s cannot be tried: this kernel has no openat2", g)
			continue
		}
		tried++
		if _, err := a.mutant(t, planted.None); err != nil {
			t.Errorf("%-15s with the guard: %v", g, err)
		}
		errno, err := a.mutant(t, g)
		v, ok := err.(*policy.Violation)
		switch {
		case !ok:
			t.Errorf("%-15s SURVIVES: %v, %v", g, errno, err)
		case v.Rule != a.rule:
			t.Errorf("%-15s caught by %s, which was to be %s", g, v.Rule, a.rule)
		default:
			caught++
			t.Logf("%-15s caught by %s", g, v.Rule)
		}
	}
	t.Logf("score: %d of %d mutants caught", caught, tried)
}

// mutant makes the attempt without a planted.
func (a *attempt) mutant(t *testing.T, g planted.Bug) (Errno, error) {
	defer func() { planted.Selected = planted.None }()
	if a.early {
		planted.Selected = g
	}
	w := newWorld(t, a.resolver, a.config)
	defer w.untouched()
	c := a.do(w)
	planted.Selected = g
	if a.twice {
		w.must(second(w.try(c.name, c.args...)))
	}
	return w.try(c.name, c.args...)
}

func second(_ Errno, err error) error { return err }
