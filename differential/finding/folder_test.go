package finding

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func example() *Finding {
	module := []byte("\x00asm\x01\x00\x00\x00")
	return &Finding{
		ID: ModuleID(module), Module: module,
		Title: "empty module", Kind: Divergence, State: Open, Wrong: []string{"b"},
		Bucket: Bucket{Kind: Divergence, Engines: []string{"b"}, Stage: "instantiation", Traps: []string{"instantiated", "rejected"}},
		Expect: []Expectation{
			{Engine: "a", Version: "1", Saw: []string{"instantiation: instantiated"}},
			{Engine: "b", Version: "2", Saw: []string{"instantiation: rejected"}},
		},
	}
}

func failing() *Finding {
	input := []byte{1, 2, 3}
	return &Finding{ID: InputID("FuzzX", input), Input: input, Target: "FuzzX", Title: "x", Kind: Failure, State: Open, Bucket: Bucket{Kind: Failure}}
}

func TestRoundTrip(t *testing.T) {
	root, tree := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(tree, "file"), []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	seed := int64(3)
	want := example()
	want.Files = map[string][]byte{"trace-a.txt": []byte("# a\n")}
	want.Origin = Origin{Command: "go run", Seed: &seed, Level: 2, Timeout: time.Second}
	want.World = &World{Args: []string{"x"}, Stdin: []byte{0, 255}, Dirs: []Dir{{Guest: "/"}, {Guest: "/ro", ReadOnly: true}}}
	want.Trees = []string{tree, ""}
	reduced := failing()
	reduced.Original, reduced.Input = reduced.Input, []byte{1}
	for _, f := range []*Finding{want, reduced} {
		for range 2 { // the second time in place of the first
			if err := f.Save(root); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Load(filepath.Join(root, f.ID))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(f, got, cmpopts.IgnoreFields(Finding{}, "Trees"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Load after Save (-want +got):\n%s", diff)
		}
	}
	got, err := Load(filepath.Join(root, want.ID))
	if err != nil || len(got.Trees) != 1 {
		t.Fatalf("trees %q, %v", got.Trees, err)
	}
	if text, err := os.ReadFile(filepath.Join(got.Trees[0], "file")); err != nil || string(text) != "text" {
		t.Errorf("the tree holds %q, %v", text, err)
	}
	if err := got.Save(root); err != nil { // from its own tree
		t.Error(err)
	}
	if list, err := List(root); err != nil || len(list) != 2 {
		t.Errorf("%d findings, %v", len(list), err)
	}
}

// TestLarge: what is too large to be kept loses no finding; what is missing is said.
func TestLarge(t *testing.T) {
	root, large := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(large, "file"), make([]byte, maxTree+1), 0o644); err != nil {
		t.Fatal(err)
	}
	f := example()
	f.Module = append(f.Module, 0, 0x81, 0x80, 0x80, 9, 0) // a custom section of 18 MiB
	f.Module = append(f.Module, make([]byte, 9<<21)...)
	f.ID = ModuleID(f.Module)
	f.Files = map[string][]byte{"results.json": bytes.Repeat([]byte{'x'}, maxText+5), "difference.txt": []byte("d")}
	f.World, f.Trees = &World{Dirs: []Dir{{Guest: "/large"}}}, []string{large}
	if err := f.Save(root); err != nil {
		t.Fatal(err)
	}
	got, err := Load(filepath.Join(root, f.ID))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Module, f.Module) || len(got.Files["results.json"]) != maxText || len(got.Files["difference.txt"]) != 1 || len(got.Trees) != 0 {
		t.Errorf("kept %d bytes of the module, %d of results.json, trees %q", len(got.Module), len(got.Files["results.json"]), got.Trees)
	}
	for _, want := range []string{"results.json had", "Folder 0 of the program has"} {
		if !strings.Contains(got.Note, want) {
			t.Errorf("the note does not say %q: %s", want, got.Note)
		}
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
		"title":         func(f *Finding) { f.Title = "two\nlines" },
		"unknown kind":  func(f *Finding) { f.Kind = "odd" },
		"in a bucket":   func(f *Finding) { f.Bucket.Kind = Crash },
		"unknown state": func(f *Finding) { f.State = "" },
		"foreign needs": func(f *Finding) { f.State = Foreign },
		"wontfix needs": func(f *Finding) { f.State = WontFix },
		"of any engine": func(f *Finding) { f.Expect, f.Wrong = nil, nil },
		"of its own":    func(f *Finding) { f.Expect[1].Engine = "a" },
		"c is said":     func(f *Finding) { f.Wrong = []string{"c"} },
		"id of what":    func(f *Finding) { f.Module = append(f.Module, 0) },
		"no target":     func(f *Finding) { f.Target = "FuzzX" },
		"can be added":  func(f *Finding) { f.Files = map[string][]byte{"../x": nil} },
		"are kept":      func(f *Finding) { f.World, f.Trees = &World{Dirs: []Dir{{}}}, []string{"", ""} },
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
	for want, change := range map[string]func(*Finding){
		"needs the target": func(f *Finding) { f.Target = "" },
		"id of what":       func(f *Finding) { f.Target = "FuzzY" },
		"of no engine":     func(f *Finding) { f.Expect = example().Expect },
	} {
		f := failing()
		change(f)
		if err := f.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error = %v", want, err)
		}
	}
	for _, f := range []*Finding{example(), failing()} {
		if err := f.Check(); err != nil {
			t.Error(err)
		}
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
