package harness

import (
	"flag"
	"os"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// hostcallOracle returns the oracle of hostcalls in a temporary sandbox.
func hostcallOracle(t testing.TB) *oracle.Hostcalls {
	h, remove, err := NewHostcalls("")
	if err != nil {
		t.Fatal(err)
	}
	removed(t, remove)
	return h
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
	report(t, hostcallOracle(t).Program(t.Context(), calls, oracle.Setup(*setup), t.Output()))
}
