package arch

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The bounds on hand-written files and functions, in lines. Tests may have long tables, so that only their files are bounded.
const (
	maxFileLines = 800
	maxFuncLines = 80
)

// folders are the folders of the top level; each has a README.md.
var folders = []string{"bench", "ci", "corpus", "crashes", "differential", "generators", "harness", "runtime"}

// others is what else the top level may hold.
var others = []string{"go.mod", "go.sum", "LICENSE", "README.md", ".ci", ".github", ".clusterfuzzlite", ".gitignore", ".git"}

func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	ignored := ignoredNames(t)
	for _, e := range entries {
		if slices.ContainsFunc(ignored, func(pattern string) bool { return matches(pattern, e.Name()) }) {
			continue
		}
		if !slices.Contains(folders, e.Name()) && !slices.Contains(others, e.Name()) {
			t.Errorf("the top level holds %s, which is not in its list", e.Name())
		}
	}
	for _, dir := range folders {
		if _, err := os.Stat(filepath.Join(root, dir, "README.md")); err != nil {
			t.Errorf("each folder says what it is: %v", err)
		}
	}
}

// ignoredNames returns the patterns of .gitignore that can match in the top level: what builds and runs leave behind.
func ignoredNames(t *testing.T) []string {
	text, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	var patterns []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "/")
		if line != "" && !strings.HasPrefix(line, "#") && !strings.Contains(line, "/") {
			patterns = append(patterns, line)
		}
	}
	return patterns
}

// TestThinCommands: a command's root is its main package and no more; what it does is in packages that tests can import.
func TestThinCommands(t *testing.T) {
	lines := map[string]int{}
	for _, src := range allSources(t) {
		if !src.test && src.syntax.Name.Name == "main" && !strings.Contains(src.dir, "/") {
			lines[src.dir] += src.lines
		}
	}
	for dir, n := range lines {
		if n > 200 {
			t.Errorf("%s: its main package has %d lines; move what it does into packages below it", dir, n)
		}
	}
}

func TestLengths(t *testing.T) {
	for _, src := range allSources(t) {
		if src.generated {
			continue
		}
		if src.lines > maxFileLines {
			t.Errorf("%s has %d lines, more than %d", src.path, src.lines, maxFileLines)
		}
		if src.test {
			continue
		}
		for _, decl := range src.syntax.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := src.fset.Position(f.End()).Line - src.fset.Position(f.Pos()).Line + 1; n > maxFuncLines {
				t.Errorf("%s: function %s has %d lines, more than %d", src.path, f.Name.Name, n, maxFuncLines)
			}
		}
	}
}

// TestGeneratedMarker: what is generated says so in its first line and in its name, and nothing else does.
func TestGeneratedMarker(t *testing.T) {
	for _, src := range allSources(t) {
		base := strings.TrimSuffix(strings.TrimSuffix(path.Base(src.path), ".go"), "_test")
		named := strings.HasSuffix(base, "_gen")
		if named != src.generated {
			t.Errorf("%s: named as generated: %v, marked as generated: %v", src.path, named, src.generated)
		}
	}
}
