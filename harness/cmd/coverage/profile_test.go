package main

import (
	"path/filepath"
	"strings"
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

// TestAims finds files of the project for all that targets aim at.
func TestAims(t *testing.T) {
	for target, aim := range aims() {
		for _, pattern := range append([]string{"*.go"}, aim.Files...) {
			files, err := filepath.Glob(filepath.Join("../../..", aim.Package, strings.TrimPrefix(pattern, "!")))
			if err != nil || len(files) == 0 {
				t.Errorf("%s: %s/%s is no file: %v", target, aim.Package, pattern, err)
			}
		}
	}
}
