package harness

import (
	"errors"
	"flag"
	"os"
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// hostcallOracle returns the oracle of hostcalls in a temporary sandbox. Most calls are of the hostcall with the ID only, if it is
// not empty.
func hostcallOracle(t testing.TB, only string) *oracle.Hostcalls {
	box, err := oracle.NewSandbox(sandboxDir(t))
	if err != nil {
		t.Fatal(err)
	}
	h, err := oracle.NewHostcalls(box, only)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(h.Close(), box.Close()); err != nil {
			t.Error(err)
		}
	})
	return h
}

// sandboxDir returns an empty directory that is removed at the end. It is on a file system in memory if there is one, because
// sequences sync files and make links, which takes milliseconds on a disk; TMPDIR overrides that.
func sandboxDir(t testing.TB) string {
	const inMemory = "/dev/shm" // Linux
	if os.Getenv("TMPDIR") != "" {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(inMemory, "touchstone-sandbox-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("the sandbox is not removed: %v", err)
		}
	})
	return dir
}

// FuzzHostcall makes sequences of WASI hostcalls with real effects in a temporary directory; see [oracle.Hostcalls.Run].
func FuzzHostcall(f *testing.F) { fuzzHostcall(f, "") }

// fuzzHostcall is the target of all hostcalls, or of the one with the ID only.
func fuzzHostcall(f *testing.F, only string) {
	corpus.Seeds(f, "hostcall")
	h := hostcallOracle(f, only)
	f.Fuzz(func(t *testing.T, tape []byte) {
		report(t, h.Run(t.Context(), tape))
	})
}

var (
	program = flag.String("program", "", "a file with a sequence of hostcalls in its text form, for TestProgram")
	setup   = flag.Uint64("setup", 0, "the world of the sequence, as a failure says it, for TestProgram")
)

// TestProgram runs a sequence of hostcalls that somebody wrote, or took from a failure and changed, as FuzzHostcall would, and shows
// its trace: go test ./harness -run TestProgram -v -args -program FILE -setup N.
func TestProgram(t *testing.T) {
	if *program == "" {
		t.Skip("no -program: there is nothing to run")
	}
	text, err := os.ReadFile(*program)
	if err != nil {
		t.Fatal(err)
	}
	calls, err := hostcall.Parse(string(text))
	if err != nil {
		t.Fatalf("%s: %v", *program, err)
	}
	report(t, hostcallOracle(t, "").Program(t.Context(), calls, oracle.Setup(*setup), t.Output()))
}
