package coverage

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/harness"
)

func TestStatements(t *testing.T) {
	profile := []byte(strings.ReplaceAll("mode: set\nM/a/decode.go:1.2,3.4 5 1\nM/a/decode.go:4.2,5.4 2 0\nM/a/other.go:1.1,1.2 100 1\nM/a/b/decode.go:1.1,1.2 1000 1\n",
		"M/", ModulePath))
	for _, c := range []struct {
		files []string
		want  Part
	}{{nil, Part{107, 105}}, {[]string{"decode*.go"}, Part{7, 5}}, {[]string{"x.go", "other.go"}, Part{100, 100}},
		{[]string{"*.go", "!other.go"}, Part{7, 5}}} {
		if got, err := Statements(profile, harness.Aim{Package: "a", Files: c.files}); err != nil || got != c.want {
			t.Errorf("%v: %+v, %v; want %+v", c.files, got, err, c.want)
		}
	}
	if _, err := Statements(profile, harness.Aim{Package: "a", Files: []string{"gone.go"}}); err == nil {
		t.Error("a pattern without files is no error")
	}
	if _, err := Statements([]byte(ModulePath+"a/x.go:1.1,2.2 many 1\n"), harness.Aim{Package: "a"}); err == nil {
		t.Error("a line whose number is none is no error")
	}
}

// TestAims finds files of the project for all that targets aim at.
func TestAims(t *testing.T) {
	for _, target := range harness.Targets() {
		if len(target.Concerns()) == 0 {
			t.Errorf("%s concerns nothing", target.Name)
		}
		for _, aim := range target.Concerns() {
			for _, pattern := range append([]string{"*.go"}, aim.Files...) {
				files, err := filepath.Glob(filepath.Join("../..", aim.Package, strings.TrimPrefix(pattern, "!")))
				if err != nil || len(files) == 0 {
					t.Errorf("%s: %s/%s is no file: %v", target.Name, aim.Package, pattern, err)
				}
			}
		}
	}
}
