package wasi_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos/sandbox"
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos/sandbox/sandboxtest"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// TestSystemCalls runs the tests of this package, the sequences of hostcalls of the corpus among them, under a log of their system
// calls, and compares it with the table of package sandbox: no hostcall makes a call that the table does not say it makes or that
// the Go runtime needs, and each call that the table says guests reach is made.
func TestSystemCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("takes many seconds: every system call is stopped at")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command(self, "-test.short", "-test.run=^Test", "-test.skip=^(TestSystemCalls|TestFaults)$") // the latter makes the same calls, many times
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")                                                           // each call of the Go runtime costs a stop
	cmd.Stdout, cmd.Stderr = out, out
	rows := map[uint64]*sandbox.Call{}
	for c := range sandbox.Calls() {
		rows[uint64(c.Number)] = c
	}
	hostcalls := slices.Collect(wasi.Hostcalls())
	seen := map[sandboxtest.Logged]bool{} // without arguments
	err = sandboxtest.Log(cmd, func(l sandboxtest.Logged) {
		if l.Work >= 0 {
			seen[sandboxtest.Logged{Number: l.Number, Work: l.Work}] = true
		}
	})
	if errors.Is(err, sandboxtest.ErrNoTrace) {
		t.Skip(err)
	}
	if err != nil {
		text, _ := os.ReadFile(out.Name())
		t.Fatalf("%v\n%s", err, text)
	}
	var pairs []string
	reached := map[uint64]bool{}
	for l := range seen {
		c, h := rows[l.Number], hostcalls[l.Work]
		switch {
		case c == nil:
			t.Errorf("%s makes system call %d, which is not in the table", h.Name, l.Number)
		case c.ReachedFrom(h.Name):
			reached[l.Number] = true
			pairs = append(pairs, fmt.Sprintf("%s: %s", c.Name, h.Name))
		case c.Runtime == "":
			t.Errorf("%s makes the system call %s; the table does not say so", h.Name, c.Name)
		}
	}
	slices.Sort(pairs)
	t.Logf("%d pairs of system call and hostcall:\n%s", len(pairs), strings.Join(pairs, "\n"))
	for _, c := range rows {
		// The vDSO reads clocks without a system call on most hosts.
		if len(c.From) > 0 && (c.Phase == sandbox.Inside || c.Phase == sandbox.Network) && c.Name != "clock_gettime" && !reached[uint64(c.Number)] {
			t.Errorf("the table says that guests reach %s by %q, but no test does", c.Name, c.From)
		}
	}
}

// TestTableNamesHostcalls: what the table says calls are reached from are hostcalls.
func TestTableNamesHostcalls(t *testing.T) {
	for c := range sandbox.Calls() {
		for _, pattern := range c.From {
			one := sandbox.Call{From: []string{pattern}}
			if !slices.ContainsFunc(slices.Collect(wasi.Hostcalls()), func(h *wasi.Hostcall) bool { return one.ReachedFrom(h.Name) }) {
				t.Errorf("%s is reached from %q, which is no hostcall", c.Name, pattern)
			}
		}
	}
}
