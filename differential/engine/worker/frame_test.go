package worker

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func TestRequestKeepsNilAndEmptyApart(t *testing.T) {
	var pipe bytes.Buffer
	w, r := newWriter(&pipe), newReader(&pipe)
	for _, job := range []*engine.Job{
		{Module: []byte{1, 2}},
		{Calls: []engine.Call{}},
		{Calls: []engine.Call{{Export: "f", Args: []engine.Value{{Type: wasm.F64, Bits: 1 << 63}}}}, WASI: &engine.WASI{}},
		{WASI: &engine.WASI{Args: []string{"a"}, Dirs: []engine.Dir{{Host: "h", Guest: "g", ReadOnly: true}}}, MaxMemory: 7, Timeout: 9},
	} {
		if err := w.send(newRequest(job)); err != nil {
			t.Fatal(err)
		}
		var req request
		if err := r.receive(&req); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(job, req.job()); diff != "" {
			t.Errorf("job (-sent +received):\n%s", diff)
		}
	}
	if err := r.receive(new(request)); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestTooBigMessage(t *testing.T) {
	var pipe bytes.Buffer
	w, r := newWriter(&pipe), newReader(&pipe)
	if err := w.send(&response{}); err != nil {
		t.Fatal(err)
	}
	before := pipe.Len()
	if err := w.send(&response{Result: engine.Result{Stdout: make([]byte, maxFrame)}}); !errors.Is(err, errFrameTooBig) {
		t.Fatalf("error %v", err)
	}
	if pipe.Len() != before {
		t.Error("a part of it was written")
	}
	if err := w.send(&response{Result: engine.Result{Message: "after"}}); err != nil {
		t.Fatal(err)
	}
	var first, second response
	if err := errors.Join(r.receive(&first), r.receive(&second)); err != nil || second.Result.Message != "after" {
		t.Errorf("the stream is broken: %+v, %v", second, err)
	}
}

func TestHostileFrames(t *testing.T) {
	for name, in := range map[string][]byte{
		"too long":    {0xff, 0xff, 0xff, 0xff},
		"truncated":   {0, 0, 0, 9, 1, 2},
		"half a head": {0, 0},
		"no message":  {0, 0, 0, 0},
		"garbage":     {0, 0, 0, 4, 0xde, 0xad, 0xbe, 0xef},
	} {
		if err := newReader(bytes.NewReader(in)).receive(new(response)); err == nil || err == io.EOF {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
