package regressions

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corpus "github.com/touchstone-wasm/touchstone/corpus/regressions"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/tree"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Verdict says whether what must hold of a regression does.
type Verdict string

// The verdicts. Open means that nothing can be said: the engine lacks something, or did not come as far as the dangerous step.
const (
	Holds Verdict = "holds"
	Fails Verdict = "FAILS"
	Open  Verdict = "open"
)

// Kind is a kind of demand.
type Kind struct {
	Name string
	Doc  string // for people: what must hold
	// Always says that the demand is made of every guest.
	Always bool
	// Check returns why the demand is not met, or "".
	Check func(o *Outcome, e *corpus.Expectation) string
}

// Kinds are all kinds of demands.
var Kinds = []Kind{
	{"survives", "the engine neither crashes nor hangs", true, survives},
	{"confined", "nothing outside the guest's directories is changed", true, func(o *Outcome, _ *corpus.Expectation) string { return unchanged(o, outside) }},
	{"secret", "nothing that lies outside the guest's directories comes out of it", true, secret},
	{"rejected", "the module is malformed or invalid, and is refused before anything of it runs", false, stage(engine.StageRejected)},
	{"unlinkable", "the module is not linked", false, stage(engine.StageUnlinkable)},
	{"start-traps", "instantiation ends in a trap (trap: its class)", false, startTraps},
	{"refused", "step fails with an errno or a trap", false, refused},
	{"succeeds", "step returns errno 0", false, succeeds},
	{"returns", "step returns values", false, returns},
	{"traps", "step traps (trap: its class)", false, traps},
	{"within", "all is done in ms milliseconds", false, within},
	{"memory", "the engine takes no more than mib MiB for it", false, memory},
	{"unchanged", "the file or folder path is as it was", false, func(o *Outcome, e *corpus.Expectation) string { return unchanged(o, e.Path) }},
}

// kindOf returns the kind of a name, or nil.
func kindOf(name string) *Kind {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return nil
	}
	return &Kinds[i]
}

// Demands returns all that is demanded of a regression: of every guest, and its own.
func Demands(r *corpus.Regression) (list []corpus.Expectation) {
	for _, k := range Kinds {
		if k.Always {
			list = append(list, corpus.Expectation{Kind: k.Name})
		}
	}
	return append(list, r.Expect...)
}

// Judge says whether an outcome is as it must be, and if not, why.
func Judge(r *corpus.Regression, o *Outcome) (Verdict, string) {
	why := lacks(r, o)
	for _, d := range Demands(r) {
		k := kindOf(d.Kind)
		if k == nil {
			return Fails, fmt.Sprintf("there is no kind of demand %q", d.Kind)
		}
		if why != "" && !k.Always && d.Kind != "memory" {
			continue
		}
		if breach := k.Check(o, &d); breach != "" {
			return Fails, d.Kind + ": " + breach
		}
	}
	if why != "" {
		return Open, why
	}
	return Holds, ""
}

// lacks says why the dangerous part of a guest was not reached, or is "".
func lacks(r *corpus.Regression, o *Outcome) string {
	f := o.Features
	for _, need := range r.Needs {
		if need == "simd" && !f.SIMD || need == "tail-call" && !f.TailCall {
			return "no " + need
		}
	}
	readOnly := slices.ContainsFunc(r.Dirs, func(d string) bool { return strings.HasSuffix(d, ":ro") })
	switch {
	case readOnly && !f.ReadOnlyDirs:
		return "no read-only directories"
	case o.Result.Stage.Inconclusive():
		return words(string(o.Result.Stage), o.Result.Message)
	}
	for _, name := range r.Setup {
		if why := succeeds(o, &corpus.Expectation{Step: name}); why != "" {
			return "not reached: " + why
		}
	}
	return ""
}

func survives(o *Outcome, _ *corpus.Expectation) string {
	if s := o.Result.Stage; s == engine.StageCrash || s == engine.StageHang {
		return words(string(s), o.Result.Message)
	}
	for _, c := range o.Result.Calls {
		// A host function that panics is caught by some engines, and reported as the failure of the call.
		if c.Outcome == engine.Failed && (strings.Contains(c.Message, "panic") || strings.Contains(c.Message, "runtime error")) {
			return fmt.Sprintf("%s: %s", c.Export, c.Message)
		}
	}
	return ""
}

func secret(o *Outcome, _ *corpus.Expectation) string {
	for name, out := range map[string][]byte{"stdout": o.Result.Stdout, "stderr": o.Result.Stderr} {
		if strings.Contains(string(out), Secret) {
			return "the content of a file outside is on " + name
		}
	}
	return ""
}

// unchanged compares the entries at and below a path.
func unchanged(o *Outcome, path string) string {
	at := func(snap tree.Snapshot) map[string]string {
		m := map[string]string{}
		for _, e := range snap {
			if e.Path == path || strings.HasPrefix(e.Path, path+"/") {
				m[e.Path] = e.String()
			}
		}
		return m
	}
	before, after := at(o.Before), at(o.After)
	if len(before) == 0 {
		return fmt.Sprintf("%s is not in the tree", path)
	}
	for p, was := range before {
		if is, ok := after[p]; !ok {
			return p + " is gone"
		} else if is != was {
			return fmt.Sprintf("%s was a %s, is a %s", p, was, is)
		}
	}
	for p, is := range after {
		if _, ok := before[p]; !ok {
			return fmt.Sprintf("%s is new, a %s", p, is)
		}
	}
	return ""
}

// stage demands that a job ends at a stage.
func stage(s engine.Stage) func(*Outcome, *corpus.Expectation) string {
	return func(o *Outcome, _ *corpus.Expectation) string {
		if o.Result.Stage == s {
			return ""
		}
		return words("ended as "+string(o.Result.Stage), o.Result.Message)
	}
}

func startTraps(o *Outcome, e *corpus.Expectation) string {
	if o.Result.Stage != engine.StageStart || o.Result.Trap == wasm.NoTrap {
		return words("ended as "+string(o.Result.Stage), o.Result.Message)
	}
	return trapIs(o, o.Result.Trap, e.Trap)
}

// step finds the result of the step of e, or says why there is none.
func step(o *Outcome, e *corpus.Expectation) (*engine.CallResult, string) {
	if o.Result.Stage != engine.StageRun {
		return nil, words("ended as "+string(o.Result.Stage), o.Result.Message)
	}
	c := o.Step(e.Step)
	if c == nil {
		return nil, fmt.Sprintf("step %q was not reached", e.Step)
	}
	return c, ""
}

func succeeds(o *Outcome, e *corpus.Expectation) string {
	c, why := step(o, e)
	if c == nil {
		return why
	}
	if errno, ok := errnoOf(c); !ok {
		return describe(c)
	} else if errno != wasi.ESUCCESS {
		return fmt.Sprintf("%s: %v", c.Export, errno)
	}
	return ""
}

func refused(o *Outcome, e *corpus.Expectation) string {
	c, why := step(o, e)
	if c == nil {
		return why
	}
	if errno, ok := errnoOf(c); ok && errno == wasi.ESUCCESS || c.Outcome == engine.Exited {
		return c.Export + ": ESUCCESS"
	}
	return ""
}

// errnoOf returns the errno that a step of hostcalls returned, if it returned.
func errnoOf(c *engine.CallResult) (wasi.Errno, bool) {
	if c.Outcome != engine.Returned || len(c.Values) != 1 {
		return 0, false
	}
	return wasi.Errno(c.Values[0].Bits), true
}

func returns(o *Outcome, e *corpus.Expectation) string {
	c, why := step(o, e)
	if c == nil {
		return why
	}
	var got []string
	for _, v := range c.Values {
		got = append(got, Value(v))
	}
	if c.Outcome == engine.Returned && slices.Equal(got, e.Values) {
		return ""
	}
	return fmt.Sprintf("%s, not (%s)", describe(c), strings.Join(e.Values, ", "))
}

func traps(o *Outcome, e *corpus.Expectation) string {
	c, why := step(o, e)
	if c == nil {
		return why
	}
	if c.Outcome != engine.Trapped {
		return describe(c)
	}
	return trapIs(o, c.Trap, e.Trap)
}

// trapIs compares classes of traps as far as the engine tells them apart. Out of memory or of stack are not the guest's traps, so that
// an unnamed class does not include being stopped.
func trapIs(o *Outcome, got wasm.TrapCode, want string) string {
	if want == "" && got != wasm.Interrupted {
		return ""
	}
	if code, ok := engine.TrapByText(want); ok && o.Features.Partition().Same(code, got) {
		return ""
	}
	return fmt.Sprintf("trap %q, not %q", got.Error(), want)
}

func within(o *Outcome, e *corpus.Expectation) string {
	limit := time.Duration(e.MS) * time.Millisecond
	if o.Result.Elapsed <= limit {
		return ""
	}
	return fmt.Sprintf("took %v, not %v", o.Result.Elapsed.Round(time.Millisecond), limit)
}

func memory(o *Outcome, e *corpus.Expectation) string {
	switch {
	case o.OutOfMemory:
		return words("the worker ended itself", o.Result.Message)
	case o.Memory > e.MiB<<20:
		return fmt.Sprintf("took %d MiB, not %d", o.Memory>>20, e.MiB)
	}
	return ""
}
