package harness

import (
	"os"
	"strings"
	"testing"
)

// targets returns the names of the fuzz targets of this package, each with its file. It reads lines: package go/parser would be linked into
// every target, and what is linked is instrumented.
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
		text, err := os.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, "func Fuzz"); ok {
				name, _, _ := strings.Cut(rest, "(")
				names["Fuzz"+name] = e.Name()
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
