package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/harness"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		args string
		want int
		says string
	}{
		{"-list", 0, "data-drop"},
		{"-list -area monitor", 0, "monitor-hosts"},
		{"-list -bug poll-count,data-drop", 0, "poll-count"},
		{"-h", 0, "-per"},
		{"-area nowhere", exitUsage, "hostcall memory"},
		{"-bug nothing", exitUsage, `"nothing"`},
		{"-bug data-drop -area memory", exitUsage, "exclude"},
		{"-per 0s", exitUsage, "-per"},
		{"-jobs 0", exitUsage, "-jobs"},
		{"-what", exitUsage, "-what"},
		{"data-drop", exitUsage, "only flags"},
	} {
		var stdout, stderr bytes.Buffer
		if got := run(t.Context(), strings.Fields(c.args), &stdout, &stderr); got != c.want {
			t.Errorf("%s: exit status %d, want %d", c.args, got, c.want)
		}
		if out := stdout.String() + stderr.String(); !strings.Contains(out, c.says) {
			t.Errorf("%s: says nothing of %q:\n%s", c.args, c.says, out)
		}
	}
}

func TestRead(t *testing.T) {
	for name, c := range map[string]struct {
		out  string
		want attempt
	}{
		"nothing": {"fuzz: elapsed: 3s, execs: 957 (319/sec), new interesting: 7 (total: 129)\nPASS\n", attempt{Executions: 957}},
		"seed": {`fuzz: elapsed: 0s, gathering baseline coverage: 0/146 completed
failure while testing seed corpus entry: FuzzHostcall/seed#2
fuzz: elapsed: 0s, gathering baseline coverage: 2/146 completed
--- FAIL: FuzzHostcall (0.11s)
    --- FAIL: FuzzHostcall (0.00s)
        hostcall_test.go:60: the detail
            panic: a guest wrote this
        hostcall_test.go:60: hostcall: violation
`, attempt{Found: true, Seeds: true, Executions: 2, Key: "hostcall: violation"}},
		"input": {`fuzz: elapsed: 1s, gathering baseline coverage: 651/651 completed, now fuzzing with 1 workers
fuzz: elapsed: 3s, execs: 1012 (4/sec), new interesting: 7 (total: 129)
fuzz: minimizing 31-byte failing input file
fuzz: elapsed: 4s, minimizing
--- FAIL: FuzzLower (4.11s)
    --- FAIL: FuzzLower (0.01s)
        lower_test.go:18: run: other result
`, attempt{Found: true, Executions: 1012, Key: "run: other result"}},
		"panic": {`fuzz: elapsed: 1s, gathering baseline coverage: 651/651 completed, now fuzzing with 1 workers
--- FAIL: FuzzLower (4.11s)
    --- FAIL: FuzzLower (0.01s)
        testing.go:2036: panic: runtime error: index out of range [8] with length 8
            goroutine 1
        lower_test.go:18: later
`, attempt{Found: true, Crash: true, Executions: 651, Key: "panic: runtime error: index out of range [8] with length 8"}},
		"worker": {`fuzz: elapsed: 0s, gathering baseline coverage: 0/146 completed
--- FAIL: FuzzLower (4.11s)
        fuzzing process hung or terminated unexpectedly: exit status 2
`, attempt{Found: true, Crash: true, Seeds: true, Key: "fuzzing process hung or terminated unexpectedly: exit status 2"}},
	} {
		var got attempt
		got.read(strings.NewReader(c.out), time.Now())
		got.Took = 0
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestReport(t *testing.T) {
	missed := planted.Devices
	results := []*result{
		{planted.CloseLeak, []*attempt{{Target: "FuzzFdClose", Found: true, Seeds: true, Key: "the key", Executions: 3, Took: time.Second}}},
		{planted.ShortI64, []*attempt{{Target: "FuzzExecute", Executions: 7}, {Target: "FuzzLower", Found: true, Crash: true, Key: "panic: x", Executions: 8}}},
		{missed, []*attempt{{Target: "FuzzDecode", Executions: 9}}},
	}
	for _, c := range []struct {
		o    options
		says []string
	}{
		{options{}, []string{"FuzzFdClose", "the key (seed)", "15", "crash: panic: x", "found: 2 of 3 (66.7 %), 1 of them by crashes, 1 by seeds", "missed: devices", missed.Row().Missed}},
		{options{control: true}, []string{"found without oracles: close-leak"}},
		{options{json: true}, []string{`"Executions": 15`, `"Bug": "devices"`, `"Found": false`}},
	} {
		var out bytes.Buffer
		if err := report(&out, &c.o, results); err != nil {
			t.Fatal(err)
		}
		for _, s := range c.says {
			if !strings.Contains(out.String(), s) {
				t.Errorf("%+v: does not say %q:\n%s", c.o, s, &out)
			}
		}
	}
	for i, want := range []struct{ found, control bool }{{false, true}, {false, false}, {false, false}} {
		if got := results[i].wrong(false); got != want.found {
			t.Errorf("%s is wrong: %v", results[i].bug, got)
		}
		if got := results[i].wrong(true); got != want.control {
			t.Errorf("%s is wrong in the control: %v", results[i].bug, got)
		}
	}
}

// TestTargets looks for the targets that the table of bugs names.
func TestTargets(t *testing.T) {
	for b := range planted.All() {
		if _, err := harness.Find(b.Row().Target); err != nil {
			t.Errorf("%s: %v", b.Row().Name, err)
		}
	}
}

// TestDetect finds a few bugs that seeds find, each in another part, and none of them when the oracles are silent.
func TestDetect(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the targets with the instrumentation of fuzzing")
	}
	b, err := build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := b.remove(); err != nil {
			t.Error(err)
		}
	}()
	const limit = 10 * time.Second
	for _, bug := range []planted.Bug{planted.ShortI64, planted.FloatOpposite, planted.CloseLeak, planted.ReadOnly} {
		a, err := b.try(t.Context(), bug, bug.Row().Target, limit, false)
		if err != nil || !a.Found || a.Crash || a.Key == "" {
			t.Errorf("%s: %+v, %v", bug, a, err)
		}
	}
	for _, bug := range []planted.Bug{planted.None, planted.CloseLeak} {
		a, err := b.try(t.Context(), bug, "FuzzFdClose", 2*time.Second, bug != planted.None)
		if err != nil || a.Found || a.Executions == 0 {
			t.Errorf("%s with silent oracles: %+v, %v", bug, a, err)
		}
	}
}
