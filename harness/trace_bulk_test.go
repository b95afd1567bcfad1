package harness

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
	"github.com/touchstone-wasm/touchstone/runtime/trace"
)

// TestTraceProperty mutates the seeds of FuzzTrace. It counts how many records are read, since a target whose inputs are refused
// at their first byte says little.
func TestTraceProperty(t *testing.T) {
	const inputs = 5000
	seeds, err := corpus.Inputs("trace")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(13, 13))
	records, start := 0, time.Now()
	for i := range inputs {
		data := mutate(r, seeds[i%len(seeds)].Data)
		n, f := oracle.Trace(data)
		if f != nil {
			t.Logf("%q", data)
		}
		report(t, f)
		records += n
	}
	t.Logf("%d inputs, %d records, %.0f a second", inputs, records, inputs/time.Since(start).Seconds())
	if records < inputs {
		t.Errorf("only %d records in %d inputs are read", records, inputs)
	}
}

// TestHostcallTraces traces sequences of hostcalls: each line is read, in the form that has a meaning for it.
func TestHostcallTraces(t *testing.T) {
	h := hostcallOracle(t)
	lines, quoted := 0, 0
	for seed := range uint64(150) {
		var b bytes.Buffer
		report(t, h.Program(t.Context(), hostcall.Generate(tape.Random(seed, 30), hostcall.Options{}), 0, &b))
		for r, err := range trace.NewReader(&b).All() {
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if lines++; r.Event == nil || hostcall.Find(r.Event.Hostcall) == nil {
				t.Fatalf("seed %d: %q is read as no hostcall", seed, r)
			}
			for _, f := range r.Event.Args {
				if f.Kind == trace.Bytes {
					quoted++
				}
			}
		}
	}
	t.Logf("%d lines with %d strings", lines, quoted)
	if lines < 1000 || quoted < 100 {
		t.Error("too little is traced for this to show much")
	}
}
