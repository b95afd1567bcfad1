package behaviour

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestMixed: what our engine does with modules that compute and make hostcalls is allowed, and hostcalls are made.
func TestMixed(t *testing.T) {
	n := int64(150)
	if testing.Short() {
		n = 20
	}
	e, calls := open(t), 0
	made := map[string]bool{}
	for i := range n {
		a, s, err := RunMixed(context.Background(), e, temp(t), 3, i)
		if err != nil {
			t.Fatal(err)
		}
		if a.Breach != nil || a.Lacks != "" {
			t.Errorf("%s: %v %s\n%s", s.Name, a.Breach, a.Lacks, hostcall.Format(s.Calls))
		}
		calls += a.Judged
		for _, c := range s.Calls {
			made[c.Row.Name] = true
		}
	}
	if calls < int(n) || len(made) < 20 {
		t.Errorf("only %d hostcalls of %d kinds were judged in %d modules", calls, len(made), n)
	}
	t.Logf("%d hostcalls of %d kinds in %d modules", calls, len(made), n)
}

// TestWatch: what is made of a module is valid, and the original stays as it is.
func TestWatch(t *testing.T) {
	for i := range int64(50) {
		m := Mixed(5, i, placeholder)
		before := string(wasm.Encode(m))
		out, err := wasm.Decode(wasm.Encode(watch(m)))
		if err == nil {
			err = wasm.Validate(out)
		}
		if err != nil {
			t.Errorf("module %d: %v", i, err)
		}
		if string(wasm.Encode(m)) != before {
			t.Errorf("module %d was changed", i)
		}
	}
}

// TestWaits: who was not done in time is at fault unless it was waiting, as the module asked.
func TestWaits(t *testing.T) {
	told := func(names ...string) (log []engine.HostCall) {
		for _, name := range names {
			log = append(log, engine.HostCall{Module: logModule, Name: name})
		}
		return log
	}
	module := func(hostcalls ...string) *wasm.Module {
		m := &wasm.Module{}
		for _, name := range hostcalls {
			m.Imports = append(m.Imports, wasm.Import{Module: wasi.Module, Name: name})
		}
		return m
	}
	both := module("poll_oneoff", "fd_read")
	for name, c := range map[string]struct {
		module *wasm.Module
		log    []engine.HostCall
		want   bool
	}{
		"in poll_oneoff":      {both, told(logBefore+"fd_read", logAfter, logBefore+"poll_oneoff"), true},
		"in fd_read":          {both, told(logBefore+"poll_oneoff", logAfter, logBefore+"fd_read"), false},
		"behind poll_oneoff":  {both, told(logBefore+"poll_oneoff", logAfter), false},
		"nothing is left":     {both, nil, true},
		"without poll_oneoff": {module("fd_read"), nil, false},
	} {
		if got := waits(c.module, c.log); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestMixedLies: wrong behaviour between computations is noticed.
func TestMixedLies(t *testing.T) {
	for name, c := range map[string]struct {
		lie func(job *engine.Job, res *engine.Result)
		key string
	}{
		"errno": {func(_ *engine.Job, res *engine.Result) {
			for i := range res.HostCalls {
				if c := &res.HostCalls[i]; c.Module == logModule && c.Name == logAfter {
					c.Args[0].Bits = 18 // EDOM
					return
				}
			}
		}, "errno not allowed"},
		"outside": {func(job *engine.Job, _ *engine.Result) {
			_ = os.WriteFile(filepath.Join(job.WASI.Dirs[0].Host, "escape", hostcall.Secret), []byte("else"), 0o644)
		}, keyEscape},
		"file": {func(job *engine.Job, _ *engine.Result) {
			_ = os.WriteFile(filepath.Join(job.WASI.Dirs[0].Host, "unheard of"), []byte("else"), 0o644)
		}, "tree: a file that should not be"},
	} {
		a, _, err := RunMixed(context.Background(), liar{open(t), c.lie}, temp(t), 3, 1)
		if err != nil {
			t.Fatal(err)
		}
		if a.Breach == nil || a.Breach.Key != c.key {
			t.Errorf("%s: %v", name, a.Breach)
		}
	}
}
