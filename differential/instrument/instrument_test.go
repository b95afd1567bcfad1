package instrument_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
	"bare":      {NaNs: instrument.Exact, Bare: true},
	"runs":      {NaNs: instrument.Exact, Runs: true},
	"foldruns":  {NaNs: instrument.Folded, Runs: true},
	"canonical": {NaNs: instrument.Canonical},
	"values":    {NaNs: instrument.Folded, Values: true, Open: true},
	"stop":      {NaNs: instrument.Folded, Stops: true, Stop: 1 << 62, Open: true},
	"samples":   {NaNs: instrument.Folded, Stops: true, Stop: 1 << 62, Samples: &instrument.Samples{From: 3, Every: 4, Slots: 16}},
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
	for i := range modules(t, 1000) {
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
	other, err := wazero.Open(context.Background(), engine.ParseVariant(wazero.Interpreter))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	counted, untouched := uint64(0), 0
	for i := range modules(t, 200) {
		original := generate(i)
		want := run(t, ours, &engine.Job{Module: original})
		counts := map[string]uint64{}
		for _, variant := range []string{"count", "folded", "bare", "runs", "foldruns", "canonical", "samples", "record", "dense"} {
			if i%8 == 5 && variant != "folded" && variant != "foldruns" {
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
				counts[variant] = reading.Count
			}
			if i%8 != 5 && i/2%len(features) == 0 {
				theirs := run(t, other, &engine.Job{Module: m.Bytes})
				if r, ok := m.Read(theirs); ok && (r.Hash != reading.Hash || r.Count != reading.Count) {
					t.Errorf("module %d, %s: count %d and hash %x, on the other engine %d and %x", i, variant, reading.Count, reading.Hash, r.Count, r.Hash)
				}
			}
			same(t, fmt.Sprintf("module %d, %s", i, variant), m, want, got)
		}
		if untrapped(want) {
			untouched++
			for variant, n := range counts {
				if n != counts["folded"] {
					t.Errorf("module %d: %d events as %s, %d as folded", i, n, variant, counts["folded"])
				}
			}
		}
	}
	if counted == 0 || untouched == 0 {
		t.Errorf("%d events counted, %d modules without traps", counted, untouched)
	}
}

// untrapped reports whether nothing cut a run short.
func untrapped(r *engine.Result) bool {
	return r.Stage == engine.StageRun && !slices.ContainsFunc(r.Calls, func(c engine.CallResult) bool { return c.Outcome != engine.Returned })
}

// TestSamples: a sample is the hash that is there when the module stops at its event.
func TestSamples(t *testing.T) {
	e, err := touchstone.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	read := func(o instrument.Options) *instrument.Reading {
		m, err := instrument.Rewrite(turns(100), o)
		if err != nil {
			t.Fatal(err)
		}
		r, ok := m.Read(run(t, e, &engine.Job{Module: m.Bytes}))
		if !ok {
			t.Fatal("no reading")
		}
		return r
	}
	all := read(instrument.Options{Samples: &instrument.Samples{From: 2, Every: 40, Slots: 64}})
	if want := (int(all.Count)-2)/40 + 1; len(all.Samples) != want {
		t.Fatalf("%d samples of %d events, want %d", len(all.Samples), all.Count, want)
	}
	for k, hash := range all.Samples {
		if r := read(instrument.Options{Stops: true, Stop: uint64(2 + 40*k)}); r.Hash != hash {
			t.Errorf("sample %d is %x, and the hash at its event %x", k, hash, r.Hash)
		}
	}
}

// same compares what an original and a module rewritten from it did; got is robbed of what was added.
func same(t *testing.T, name string, m *instrument.Module, want, got *engine.Result) {
	t.Helper()
	got.Globals = slices.DeleteFunc(got.Globals, func(g engine.NamedGlobal) bool { return m.Added(g.Name) })
	a, b := compare.Side{Engine: "original", Result: want}, compare.Side{Engine: "rewritten", Result: got}
	if out := compare.Pair(&a, &b); len(out.Differences) > 0 {
		t.Errorf("%s: %+v", name, out.Differences)
	}
}

// TestSuite rewrites the valid modules of the specification's tests, from the copy in a Go module that this one depends on.
func TestSuite(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatal(err)
	}
	ours, err := touchstone.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	root := filepath.Join(strings.TrimSpace(string(dir)), "internal", "integration_test", "spectest")
	err = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".wasm") {
			return err
		}
		original, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		m, err := wasm.Decode(original)
		if err != nil || wasm.Validate(m) != nil {
			return nil
		}
		if n++; testing.Short() && n%10 != 0 {
			return nil
		}
		name := filepath.Base(path)
		valid(t, name, original)
		rewritten, err := instrument.Rewrite(original, variants["folded"])
		if err != nil {
			return err
		}
		same(t, name, rewritten, run(t, ours, &engine.Job{Module: original}), run(t, ours, &engine.Job{Module: rewritten.Bytes}))
		return nil
	})
	if err != nil || n < 1000 {
		t.Errorf("%d modules: %v", n, err)
	}
	t.Logf("%d modules", n)
}
