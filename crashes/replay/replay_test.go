package replay

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// fake is an engine that returns a number from the call "f".
type fake struct {
	engine.Engine
	name    string
	value   uint64
	step    uint64 // is added to the value each time
	message string
	err     error
}

func (e *fake) Name() string            { return e.name }
func (*fake) Version() string           { return "1" }
func (*fake) Features() engine.Features { return engine.Features{} }

func (e *fake) Run(context.Context, *engine.Job) (*engine.Result, error) {
	if e.err != nil {
		return nil, e.err
	}
	e.value += e.step
	return &engine.Result{Stage: engine.StageRun, Calls: []engine.CallResult{{
		Export: "f", Outcome: engine.Returned, Message: e.message,
		Values: []engine.Value{{Type: wasm.I32, Bits: e.value}},
	}}}, nil
}

// example is a finding of which "fake" gives 5 and "other" 6.
func example(t *testing.T, state finding.State) *finding.Finding {
	f := &finding.Finding{Kind: finding.Divergence, State: state, Module: empty, ID: finding.ModuleID(empty)}
	seen, err := Observe(t.Context(), f, f.Module, engines(5, 6), false, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"fake", "other"} {
		f.Expect = append(f.Expect, finding.Expectation{Engine: name, Saw: finding.Lines(&seen.Sides[i])})
	}
	f.Bucket = seen.Bucket()
	return f
}

var empty = []byte("\x00asm\x01\x00\x00\x00")

func engines(fakes, other uint64) []engine.Engine {
	return []engine.Engine{&fake{name: "fake", value: fakes, message: "words"}, &fake{name: "other", value: other}}
}

func TestReplay(t *testing.T) {
	f := example(t, finding.Open)
	if want := "divergence | fake, other | call | value | - | -"; f.Bucket.String() != want {
		t.Errorf("bucket %q, want %q", f.Bucket, want)
	}
	f.Bucket.At = "i32.add: results" // is not compared when nobody looks for it
	out, err := Replay(t.Context(), f, engines(5, 6), Options{Times: 3})
	if err != nil || !out.OK() || out.Runs != 6 || out.Flaky || !out.Complete {
		t.Errorf("unchanged engines: %+v, %v", out, err)
	}
	out, err = Replay(t.Context(), f, engines(7, 6), Options{})
	want := Change{Engine: "fake", Was: "call 0 f: (i32 5)", Is: "call 0 f: (i32 7)"}
	if err != nil || !slices.Equal(out.Changes, []Change{want}) {
		t.Errorf("another result: %+v, %v; want %v", out, err, want)
	}
	out, err = Replay(t.Context(), f, engines(6, 6), Options{})
	if err != nil || len(out.Changes) != 2 || out.Changes[1].Engine != "bucket" || out.Changes[1].Is != "" {
		t.Errorf("engines that agree: %+v, %v", out, err)
	}
	out, err = Replay(t.Context(), f, engines(5, 6)[:1], Options{})
	if err != nil || !out.OK() || out.Complete {
		t.Errorf("an engine is missing: %+v, %v", out, err)
	}
	if out, err = Replay(t.Context(), f, nil, Options{}); err != nil || out.Runs != 0 {
		t.Errorf("all engines are missing: %+v, %v", out, err)
	}
	broken := errors.New("broken")
	if _, err := Replay(t.Context(), f, []engine.Engine{&fake{name: "fake", err: broken}}, Options{}); !errors.Is(err, broken) {
		t.Errorf("broken engine: %v", err)
	}
	flaky := engines(5, 6)
	flaky[0].(*fake).step = 1
	if out, err = Replay(t.Context(), f, flaky, Options{Times: 3}); err != nil || !out.Flaky {
		t.Errorf("a result that changes: %+v, %v", out, err)
	}
}

// TestFixed: what is fixed must not show again in our engine; what others do is no matter.
func TestFixed(t *testing.T) {
	f := example(t, finding.Fixed)
	if out, err := Replay(t.Context(), f, engines(5, 6), Options{}); err != nil || !out.OK() {
		t.Errorf("others differ: %+v, %v", out, err)
	}
	f.Expect[0].Engine = "touchstone"
	list := engines(5, 6)
	list[0].(*fake).name = "touchstone"
	if out, err := Replay(t.Context(), f, list, Options{}); err != nil || out.OK() {
		t.Errorf("we differ again: %+v, %v", out, err)
	}
}

// TestTarget: what a target says of an input, that it panics and that it does not come back are failures in buckets of their own.
func TestTarget(t *testing.T) {
	check := func(ctx context.Context, input []byte) *oracle.Failure {
		switch string(input) {
		case "key":
			return &oracle.Failure{Key: "hostcall: blocks", Detail: "fd_read[3 5] took 2s, after path_open\nmore"}
		case "other":
			return &oracle.Failure{Key: "hostcall: blocks", Detail: "sock_accept.v1[3] took 2s"}
		case "panic":
			var list []int
			_ = list[len(input)]
		case "hang":
			select {}
		}
		return nil
	}
	target := &Target{name: "FuzzDecode", check: check, close: func() error { return nil }, Patience: 100 * time.Millisecond}
	for _, test := range []struct{ input, bucket string }{
		{"fine", " | - | - | - | - | -"},
		{"key", "failure | touchstone | hostcall: blocks | - | fd_read | -"},
		{"other", "failure | touchstone | hostcall: blocks | - | sock_accept.v1 | -"},
		{"panic", "failure | touchstone | panic | runtime error: index out of range [N] with length N | - | -"},
		{"hang", "failure | touchstone | hang | - | - | -"},
	} {
		failed, err := target.Run(t.Context(), []byte(test.input), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := failed.Bucket.String(); got != test.bucket {
			t.Errorf("%s: %q, want %q", test.input, got, test.bucket)
		}
	}
	if _, err := target.Run(t.Context(), []byte("fine"), nil); err != nil || target.stuck {
		t.Errorf("the target is not opened anew behind a hang: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := target.Run(ctx, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestCompare(t *testing.T) {
	want := &finding.Expectation{Engine: "e", Saw: []string{"a", "b"}}
	for _, test := range []struct {
		saw  []string
		text []string
	}{
		{[]string{"a", "b"}, nil},
		{[]string{"a"}, []string{"e: gone: b"}},
		{[]string{"a", "b", "c"}, []string{"e: new: c"}},
		{[]string{"x", "b"}, []string{`e: was "a", is "x"`}},
	} {
		var got []string
		for _, c := range Compare(want, test.saw) {
			got = append(got, c.String())
		}
		if !slices.Equal(got, test.text) {
			t.Errorf("Compare(%q) = %q, want %q", test.saw, got, test.text)
		}
	}
}

// TestAbout: what an error says tells failures of one property apart; what varies in it does not.
func TestAbout(t *testing.T) {
	for about, want := range map[string]string{"": "", "offset 12: no \"such\" thing\nmore": "offset N: no S thing"} {
		check := func(context.Context, []byte) *oracle.Failure { return &oracle.Failure{Key: "key", About: about} }
		if f := Check(t.Context(), check, nil); f.Bucket.At != want || f.Bucket.Stage != "key" {
			t.Errorf("%q: %s, want %q", about, f.Bucket, want)
		}
	}
}
