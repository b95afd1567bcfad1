package coverage

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/touchstone-wasm/touchstone/harness"
)

func TestStatements(t *testing.T) {
	profile := []byte(strings.ReplaceAll("mode: set\nM/a/decode.go:1.2,3.4 5 1\nM/a/decode.go:4.2,5.4 2 0\nM/a/decode.go:4.35,6.3 9 0\nM/a/other.go:1.1,1.2 100 1\nM/a/b/decode.go:1.1,1.2 1000 1\n",
		"M/", ModulePath))
	sources, file := fstest.MapFS{}, &fstest.MapFile{Data: []byte("package a\n\nfunc f() {\n\tif planted.Selected == planted.A {\n\t\tf()\n\t}\n}\n")}
	for _, name := range []string{"a/decode.go", "a/other.go", "a/x.go"} {
		sources[name] = file
	}
	for _, c := range []struct {
		files []string
		want  Part
	}{{nil, Part{107, 105}}, {[]string{"decode*.go"}, Part{7, 5}}, {[]string{"x.go", "other.go"}, Part{100, 100}},
		{[]string{"*.go", "!other.go"}, Part{7, 5}}} {
		if got, err := Statements(profile, harness.Aim{Package: "a", Files: c.files}, sources); err != nil || got != c.want {
			t.Errorf("%v: %+v, %v; want %+v", c.files, got, err, c.want)
		}
	}
	if _, err := Statements(profile, harness.Aim{Package: "a"}, fstest.MapFS{}); err == nil {
		t.Error("that the sources are not there is no error")
	}
	if _, err := Statements(profile, harness.Aim{Package: "a", Files: []string{"gone.go"}}, sources); err == nil {
		t.Error("a pattern without files is no error")
	}
	if _, err := Statements([]byte(ModulePath+"a/x.go:1.1,2.2 many 1\n"), harness.Aim{Package: "a"}, sources); err == nil {
		t.Error("a line whose number is none is no error")
	}
}

// TestPlanted finds in a source what is done only with a planted bug.
func TestPlanted(t *testing.T) {
	const source = `package a
func f(x int) {
	if planted.Selected == planted.A && x > 1 {
		x++
	} else {
		x--
	}
	if x > 1 && planted.Selected != planted.A {
		x++
	}
	if x > 1 || planted.Selected == planted.A {
		x++
	}
	switch planted.Selected {
	case planted.A:
		x++
	default:
		x--
	}
	switch {
	case x > 1 && (planted.Selected == planted.A || planted.Selected == planted.B):
		x++
	case x > 2, planted.Selected == planted.A:
		x--
	}
}
`
	list, err := planted([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(source, "\n")
	for i, line := range lines {
		column := len(line) - len(strings.TrimLeft(line, "\t")) + 1
		found := slices.ContainsFunc(list, func(s span) bool { return s.has(place{i + 1, column}) })
		if want := strings.TrimSpace(line) == "x++" && !slices.Contains([]int{9, 12}, i+1); found != want && strings.HasPrefix(strings.TrimSpace(line), "x") {
			t.Errorf("line %d, %q: %v", i+1, line, found)
		}
	}
	if _, err := planted([]byte("package")); err == nil {
		t.Error("what is no Go is no error")
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
