package build

import (
	"os"
	"path/filepath"
	"testing"
)

// TestUnlessCurrent: a program is made again if something of what it is made of has changed, and only then.
func TestUnlessCurrent(t *testing.T) {
	root, dir := t.TempDir(), t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example.com/m\n\ngo 1.26\n")
	write("main.go", "package main\n\nimport _ \"embed\"\n\n//go:embed text\nvar text string\n\nfunc main() {}\n")
	write("main_test.go", "package main\n")
	write("text", "a")
	b, program := &Builder{Root: root}, filepath.Join(dir, "program")
	r := &recipe{pkg: "."}
	for _, step := range []struct {
		name   string
		change func()
		makes  bool
	}{
		{"it is not there", func() {}, true},
		{"nothing has changed", func() {}, false},
		{"a source", func() {
			write("main.go", "package main\n\nimport _ \"embed\"\n\n//go:embed text\nvar other string\n\nfunc main() {}\n")
		}, true},
		{"a test", func() { write("main_test.go", "package main\n\nvar x int\n") }, true},
		{"an embedded file", func() { write("text", "b") }, true},
		{"nothing again", func() {}, false},
		{"the flags", func() { r.args = []string{"-O1"} }, true},
		{"the tags", func() { b.Tags = "planted" }, true},
		{"the program", func() { _ = os.Remove(program) }, true},
		{"nothing at last", func() {}, false},
	} {
		step.change()
		made := false
		err := b.unlessCurrent(t.Context(), program, r, func() error {
			made = true
			return os.WriteFile(program, nil, 0o755)
		})
		if err != nil || made != step.makes {
			t.Errorf("%s: made %v, %v", step.name, made, err)
		}
	}
}

// TestNotMade: a program that could not be made is not taken for current afterwards.
func TestNotMade(t *testing.T) {
	program := filepath.Join(t.TempDir(), "program")
	b, r := &Builder{Root: filepath.Join("..", "..")}, &recipe{pkg: "./ci/store"}
	made := 0
	for _, err := range []error{nil, os.ErrInvalid, nil} {
		r.args = append(r.args, "changed")
		if got := b.unlessCurrent(t.Context(), program, r, func() error { made++; return err }); got != err {
			t.Errorf("%v, want %v", got, err)
		}
		if _, stat := os.Stat(program + stampSuffix); (stat == nil) != (err == nil) {
			t.Errorf("the stamp after %v: %v", err, stat)
		}
	}
	if made != 3 {
		t.Errorf("made %d times", made)
	}
}
