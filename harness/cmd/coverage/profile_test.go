package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

func TestParse(t *testing.T) {
	profile := []byte("mode: set\nm/a/decode.go:1.2,3.4 5 1\nm/a/decode.go:4.2,5.4 2 0\nm/a/other.go:1.1,1.2 100 1\n")
	for _, c := range []struct {
		files []string
		want  covered
	}{{nil, covered{107, 105}}, {[]string{"decode*.go"}, covered{7, 5}}, {[]string{"x.go", "other.go"}, covered{100, 100}},
		{[]string{"*.go", "!other.go"}, covered{7, 5}}} {
		if got, err := parse(profile, c.files); err != nil || got != c.want {
			t.Errorf("%v: %+v, %v; want %+v", c.files, got, err, c.want)
		}
	}
	if _, err := parse(profile, []string{"gone.go"}); err == nil {
		t.Error("a pattern without files is no error")
	}
}

// TestAims finds the targets in the sources of the harness: each is in the table, but for those of single hostcalls.
func TestAims(t *testing.T) {
	files, err := filepath.Glob("../../*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	declared := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(f \*testing\.F\)`)
	for _, file := range files {
		if filepath.Base(file) == "hostcalls_gen_test.go" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllSubmatch(text, -1) {
			if !slices.ContainsFunc(aims, func(a aim) bool { return a.target == string(m[1]) }) {
				t.Errorf("%s has no row in aims", m[1])
			}
		}
	}
}
