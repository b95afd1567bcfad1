package harness

import (
	"flag"
	"os"
	"testing"
)

// minimizeTime is the time that the fuzzing engine may take to make one input smaller. Its own default of a minute also
// applies to every input that is merely new, during which it executes nothing else; and its minimiser keeps any failure,
// not the same one.
const minimizeTime = "1s"

func TestMain(m *testing.M) {
	flag.Parse()
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "test.fuzzminimizetime" })
	if !set {
		if err := flag.Set("test.fuzzminimizetime", minimizeTime); err != nil {
			panic("harness: the testing package has no fuzzminimizetime")
		}
	}
	os.Exit(m.Run())
}
