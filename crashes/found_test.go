package main

import (
	"errors"
	"testing"

	"github.com/touchstone-wasm/touchstone/crashes/finding"
	"github.com/touchstone-wasm/touchstone/crashes/replay"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
)

// TestFound replays every finding on every engine that it expects something of. A change for the better fails too: the
// finding then needs a new status.
func TestFound(t *testing.T) {
	list, err := finding.List("found")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d findings", len(list))
	for _, c := range all.ByDefault() {
		var of []*finding.Finding
		for _, f := range list {
			if f.Expectation(c.Name) != nil {
				of = append(of, f)
			}
		}
		if len(of) == 0 {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			e, err := c.Open(t.Context())
			if skip := (*engine.Unavailable)(nil); errors.As(err, &skip) {
				t.Skip(skip)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			for _, f := range of {
				changes, err := replay.Replay(t.Context(), f, e)
				if err != nil {
					t.Fatalf("%s: %v", f.ID, err)
				}
				for _, change := range changes {
					t.Errorf("%s %s: %s %s, seen with %s: %v", f.ID, f.Title, e.Name(), e.Version(), f.Expectation(c.Name).Version, change)
				}
			}
		})
	}
}

// TestKnownEngines: a finding that expects something of an engine that there is not would never be replayed.
func TestKnownEngines(t *testing.T) {
	list, err := finding.List("found")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, c := range all.ByDefault() {
		known[c.Name] = true
	}
	for _, f := range list {
		for _, e := range f.Expect {
			if !known[e.Engine] {
				t.Errorf("%s expects something of %q, which is not in the list of engines", f.ID, e.Engine)
			}
		}
	}
}
