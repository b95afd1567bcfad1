package regressions

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// maxBytes bounds all texts together: they are part of every clone.
const maxBytes = 256 << 10

func TestAll(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 45 {
		t.Errorf("%d regressions", len(all))
	}
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	total := 0
	for _, r := range all {
		total += len(r.Guest)
		if !name.MatchString(r.ID) {
			t.Errorf("%s: ids are lower-case words with hyphens", r.ID)
		}
		if r.Title == "" || r.Summary == "" || len(r.Public) == 0 || len(r.Affected) == 0 {
			t.Errorf("%s: a title, a summary, public identifiers and affected engines are needed", r.ID)
		}
		g, err := r.Build(0, "/outside")
		if err != nil {
			t.Errorf("%s: %v", r.ID, err)
			continue
		}
		for _, s := range r.Setup {
			if !slices.Contains(g.Steps, s) {
				t.Errorf("%s: setup %q is no step", r.ID, s)
			}
		}
		for _, need := range r.Needs {
			if need != "simd" && need != "tail-call" {
				t.Errorf("%s: nothing is known of the need %q", r.ID, need)
			}
		}
		if !g.WASI && len(r.Dirs)+len(r.Tree)+len(r.Args)+len(r.Env) > 0 {
			t.Errorf("%s: the guest makes no hostcalls and can see nothing of its world", r.ID)
		}
	}
	if total > maxBytes {
		t.Errorf("the guests have %d bytes, more than %d", total, maxBytes)
	}
}

// TestFolders: a folder without one of its files would not be embedded, and be missed by nobody.
func TestFolders(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "guest" {
			continue
		}
		for _, name := range []string{metaFile, guestFile} {
			if _, err := os.Stat(filepath.Join(e.Name(), name)); err != nil {
				t.Error(err)
			}
		}
	}
}
