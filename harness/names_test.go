package harness

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// targets returns the names of the fuzz targets of this package, each with its file.
func targets(t *testing.T) map[string]string {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Fuzz") {
				names[fn.Name.Name] = e.Name()
			}
		}
	}
	return names
}

// TestTargetNames keeps `go test -fuzz=NAME` usable: the pattern matches every target whose name contains it, and the
// command refuses to fuzz more than one. The targets of single hostcalls have the names of those, so fd_read needs -fuzz='FdRead$'.
func TestTargetNames(t *testing.T) {
	names := targets(t)
	if len(names) == 0 {
		t.Fatal("no fuzz target found")
	}
	files := map[string]string{}
	for name, file := range names {
		for other, where := range names {
			if name != other && strings.Contains(other, name) && (file != hostcallTargets || where != hostcallTargets) {
				t.Errorf("-fuzz=%s also matches %s: rename one", name, other)
			}
		}
		if files[file] != "" && file != hostcallTargets {
			t.Errorf("%s and %s are both in %s: give each its own file", name, files[file], file)
		}
		files[file] = name
	}
}
