package finding

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func example() *Finding {
	module := []byte("\x00asm\x01\x00\x00\x00")
	return &Finding{
		ID: ID(module), Module: module,
		Title: "empty module", Class: Divergence, Status: Open, Wrong: []string{"b"},
		Expect: []Expectation{
			{Engine: "a", Version: "1", Saw: []string{"instantiation: instantiated"}},
			{Engine: "b", Version: "2", Saw: []string{"instantiation: rejected"}},
		},
	}
}

func TestRoundTrip(t *testing.T) {
	root := t.TempDir()
	want := example()
	if err := want.Save(root); err != nil {
		t.Fatal(err)
	}
	list, err := List(root)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]*Finding{want}, list); diff != "" {
		t.Errorf("List after Save (-want +got):\n%s", diff)
	}
}

func TestListOfNothing(t *testing.T) {
	list, err := List(filepath.Join(t.TempDir(), "none"))
	if err != nil || len(list) != 0 {
		t.Errorf("List = %v, %v", list, err)
	}
}

// TestListGoesOn: one folder that is broken hides no other.
func TestListGoesOn(t *testing.T) {
	root := t.TempDir()
	if err := example().Save(root); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "000000000000"), 0o755); err != nil {
		t.Fatal(err)
	}
	list, err := List(root)
	if len(list) != 1 || err == nil || !strings.Contains(err.Error(), "000000000000") {
		t.Errorf("List = %d findings, error %v", len(list), err)
	}
}

func TestCheck(t *testing.T) {
	for want, change := range map[string]func(*Finding){
		"title":          func(f *Finding) { f.Title = "two\nlines" },
		"unknown class":  func(f *Finding) { f.Class = "odd" },
		"unknown status": func(f *Finding) { f.Status = "" },
		"needs a note":   func(f *Finding) { f.Status = Accepted },
		"of any engine":  func(f *Finding) { f.Expect, f.Wrong = nil, nil },
		"of its own":     func(f *Finding) { f.Expect[1].Engine = "a" },
		"c is said":      func(f *Finding) { f.Wrong = []string{"c"} },
		"module's id":    func(f *Finding) { f.Module = append(f.Module, 0) },
	} {
		f := example()
		change(f)
		if err := f.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error = %v", want, err)
		}
		if err := f.Save(t.TempDir()); err == nil {
			t.Errorf("%s: was saved", want)
		}
	}
	if err := example().Check(); err != nil {
		t.Error(err)
	}
}

func TestLoadRefusesUnknownFields(t *testing.T) {
	root := t.TempDir()
	f := example()
	if err := f.Save(root); err != nil {
		t.Fatal(err)
	}
	header := filepath.Join(root, f.ID, HeaderFile)
	if err := os.WriteFile(header, []byte(`{"title": "x", "colour": "red"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(filepath.Join(root, f.ID)); err == nil || !strings.Contains(err.Error(), "colour") {
		t.Errorf("error = %v", err)
	}
}
