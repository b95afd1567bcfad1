package harness

import (
	"flag"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
)

// minimizeTime bounds how often the fuzzing engine may run one input to make it smaller. Its own default of a minute also
// applies to every input that is merely new, during which it executes nothing else; any other time is not much better, because
// the engine kills and restarts a worker whose time is over. Its minimiser keeps any failure, not the same one.
const minimizeTime = "100x"

// gcPercent lets the heap grow to several times of what is alive, which is little: inputs allocate a megabyte each, and
// with the default a third of the time goes into collecting it.
const (
	gcPercent = 800
	softLimit = 512 << 20 // bytes; close to it, the heap is collected as often as need be
)

func TestMain(m *testing.M) {
	flag.Parse()
	setDefault("test.fuzzminimizetime", minimizeTime)
	if pattern := flag.Lookup("test.fuzz").Value.String(); pattern != "" {
		// Before -fuzz, only the seeds of the target are tested. All else takes half a minute in a binary that is slow by the
		// instrumentation; go test without -fuzz tests it.
		setDefault("test.run", pattern)
	}
	if isWorker() && os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(1)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
		debug.SetMemoryLimit(softLimit)
	}
	os.Exit(m.Run())
}

// isWorker reports whether this process executes inputs for the fuzzing engine. It executes one at a time: a second processor would
// be woken for each, and sleep again.
func isWorker() bool { return flag.Lookup("test.fuzzworker").Value.String() == "true" }

// setDefault sets a flag of package testing that the command line does not set.
func setDefault(name, value string) {
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	if set {
		return
	}
	if err := flag.Set(name, value); err != nil {
		panic("harness: " + err.Error())
	}
}
