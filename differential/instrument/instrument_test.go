package instrument_test

import (
	"context"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/engine/wazero"
	"github.com/touchstone-wasm/touchstone/differential/instrument"
	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// features are sets of features that modules are generated with.
var features = []wasm.FeatureSet{0, wasm.Features(wasm.SIMD), wasm.Features(wasm.TailCall, wasm.ExtendedConst), wasm.AllFeatures}

// generate makes module i; every second one has host functions, and the NaNs of every eighth are left as they come.
func generate(i int) []byte {
	tape := source.Tape(7, int64(i))
	return wasm.Encode(module.Generate(tape, module.Options{Imports: i%2 == 1, RawNaN: i%8 == 5, Features: features[i/2%len(features)]}))
}

// variants are what modules are rewritten to.
var variants = map[string]instrument.Options{
	"count":     {NaNs: instrument.Exact},
	"folded":    {NaNs: instrument.Folded},
	"canonical": {NaNs: instrument.Canonical},
	"values":    {NaNs: instrument.Folded, Values: true, Open: true},
	"stop":      {NaNs: instrument.Folded, Stops: true, Stop: 1 << 62, Open: true},
	"record":    {NaNs: instrument.Folded, Stops: true, Stop: 1 << 62, Record: &instrument.Record{From: 10, Slots: 5}},
	"dense":     {NaNs: instrument.Folded, Stops: true, Stop: 1 << 62, Record: &instrument.Record{From: 10, Slots: 40, Dense: true}},
}

func valid(t *testing.T, name string, original []byte) {
	t.Helper()
	for variant, o := range variants {
		m, err := instrument.Rewrite(original, o)
		if err != nil {
			t.Fatalf("%s, %s: %v", name, variant, err)
		}
		out, err := wasm.Decode(m.Bytes)
		if err == nil {
			err = wasm.Validate(out)
		}
		if err != nil {
			t.Fatalf("%s, %s: what was made of it is not valid: %v", name, variant, err)
		}
	}
}

func modules(t *testing.T, long int) int {
	if testing.Short() {
		return long / 10
	}
	return long
}

// TestValid: what is made of a valid module is valid.
func TestValid(t *testing.T) {
	for i := range modules(t, 2000) {
		valid(t, "generated module", generate(i))
	}
}

func run(t *testing.T, e engine.Engine, job *engine.Job) *engine.Result {
	t.Helper()
	res, err := e.Run(context.Background(), job)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TestSame: a rewritten module does what the original does, and all engines that count agree.
func TestSame(t *testing.T) {
	ours, err := touchstone.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	other, err := wazero.OpenInterpreter(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	counted := uint64(0)
	for i := range modules(t, 300) {
		original := generate(i)
		want := run(t, ours, &engine.Job{Module: original})
		for _, variant := range []string{"count", "folded", "canonical", "record", "dense"} {
			if i%8 == 5 && variant != "folded" {
				continue // its NaNs are open
			}
			m, err := instrument.Rewrite(original, variants[variant])
			if err != nil {
				t.Fatal(err)
			}
			got := run(t, ours, &engine.Job{Module: m.Bytes})
			reading, ok := m.Read(got)
			if got.Stage == engine.StageRun && !ok {
				t.Fatalf("module %d, %s: no reading", i, variant)
			}
			if ok {
				counted += reading.Count
			}
			if i%8 != 5 && i/2%len(features) == 0 {
				theirs := run(t, other, &engine.Job{Module: m.Bytes})
				if r, ok := m.Read(theirs); ok && (r.Hash != reading.Hash || r.Count != reading.Count) {
					t.Errorf("module %d, %s: count %d and hash %x, on the other engine %d and %x", i, variant, reading.Count, reading.Hash, r.Count, r.Hash)
				}
			}
			own := got.Globals[:0:0]
			for _, g := range got.Globals {
				if !m.Added(g.Name) {
					own = append(own, g)
				}
			}
			got.Globals = own
			a, b := compare.Side{Engine: "original", Result: want}, compare.Side{Engine: variant, Result: got}
			if out := compare.Pair(&a, &b); len(out.Differences) > 0 {
				t.Errorf("module %d, %s: %+v", i, variant, out.Differences)
			}
		}
	}
	if counted == 0 {
		t.Error("no event was counted")
	}
	_ = time.Second
}
