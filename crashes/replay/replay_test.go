package replay

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/crashes/finding"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// fake is an engine that returns a number from the call "f".
type fake struct {
	engine.Engine
	value   uint64
	message string
	err     error
}

func (*fake) Name() string              { return "fake" }
func (*fake) Features() engine.Features { return engine.Features{} }

func (e *fake) Run(context.Context, *engine.Job) (*engine.Result, error) {
	if e.err != nil {
		return nil, e.err
	}
	return &engine.Result{Stage: engine.StageRun, Calls: []engine.CallResult{{
		Export: "f", Outcome: engine.Returned, Message: e.message,
		Values: []engine.Value{{Type: wasm.I32, Bits: e.value}},
	}}}, nil
}

func TestReplay(t *testing.T) {
	f := &finding.Finding{Module: []byte("\x00asm\x01\x00\x00\x00")}
	saw, err := Saw(t.Context(), &fake{value: 5, message: "first"}, f.Module)
	if err != nil {
		t.Fatal(err)
	}
	f.Expect = []finding.Expectation{{Engine: "fake", Saw: saw}}

	// The engine's own words may change; what it does may not.
	changes, err := Replay(t.Context(), f, &fake{value: 5, message: "second"})
	if err != nil || len(changes) != 0 {
		t.Errorf("unchanged engine: %v, %v", changes, err)
	}
	changes, err = Replay(t.Context(), f, &fake{value: 6})
	want := Change{Engine: "fake", Was: "call 0 f: (i32 5)", Is: "call 0 f: (i32 6)"}
	if err != nil || !slices.Equal(changes, []Change{want}) {
		t.Errorf("changed engine: %v, %v; want %v", changes, err, want)
	}
	broken := errors.New("broken")
	if _, err := Replay(t.Context(), f, &fake{err: broken}); !errors.Is(err, broken) {
		t.Errorf("broken engine: %v", err)
	}
	f.Expect[0].Engine = "other"
	if _, err := Replay(t.Context(), f, &fake{}); err == nil {
		t.Error("an engine of which nothing is expected: no error")
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
