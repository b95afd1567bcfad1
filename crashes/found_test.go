package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/crashes/replay"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
	"github.com/touchstone-wasm/touchstone/differential/finding"
)

func kept(t *testing.T) []*finding.Finding {
	list, err := finding.List("found")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestFound replays every finding: one that is fixed must not show any more, any other must still show the same, in the same
// bucket. Where the engines part is not searched for; go run ./crashes replay does that.
func TestFound(t *testing.T) {
	engines := map[string]engine.Engine{}
	for _, c := range all.ByDefault() {
		e, err := c.Open(t.Context())
		if skip := (*engine.Unavailable)(nil); errors.As(err, &skip) {
			t.Logf("not here: %v", skip)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		engines[c.Name] = e
	}
	for _, f := range kept(t) {
		t.Run(f.ID, func(t *testing.T) {
			var list []engine.Engine
			for _, want := range f.Expect {
				if e := engines[want.Engine]; e != nil {
					list = append(list, e)
				}
			}
			out, err := replay.Replay(t.Context(), f, list, replay.Options{})
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case out.Runs == 0:
				t.Skip("none of its engines is on this machine")
			case !out.Complete:
				t.Log("the bucket is not compared: not all of its engines are on this machine")
			}
			for _, change := range out.Changes {
				if f.Origin.Flaky {
					t.Logf("flaky when it was found, and now: %v", change)
					continue
				}
				t.Errorf("%s, %s: %v", f.Title, f.State, change)
			}
		})
	}
}

// TestKept: what is derived from a finding's header and module is as it would be written today, and a finding names only engines that
// there are.
func TestKept(t *testing.T) {
	var known []string
	for _, c := range all.ByDefault() {
		known = append(known, c.Name)
	}
	buckets := map[string]string{}
	for _, f := range kept(t) {
		for name, want := range map[string][]byte{finding.ReadmeFile: []byte(f.Readme()), finding.ListingFile: finding.Listing(f.Module)} {
			have, err := os.ReadFile(filepath.Join("found", f.ID, name))
			if want == nil && errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err != nil || !bytes.Equal(have, want) {
				t.Errorf("%s of %s is stale (%v): go run ./crashes close -as %s %s writes it anew", name, f.ID, err, f.State, f.ID)
			}
		}
		for _, e := range f.Expect {
			if name := engine.ParseVariant(e.Engine).Name; !slices.Contains(known, name) {
				t.Errorf("%s expects something of %q, which is not in the list of engines", f.ID, e.Engine)
			}
		}
		if twin := buckets[f.Bucket.String()]; twin != "" && f.State.Shows() {
			t.Errorf("%s and %s are in one bucket: %s", twin, f.ID, f.Bucket)
		}
		buckets[f.Bucket.String()] = f.ID
	}
}
