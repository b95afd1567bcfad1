package hostos

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestOnlyPlaceWithSystemCalls reads the imports of every file below runtime: packages that can make system calls at will
// are for this package alone, for commands (which set limits on their own process), and for tests.
func TestOnlyPlaceWithSystemCalls(t *testing.T) {
	const root = "../.."
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		must(t, err)
		rel, err := filepath.Rel(root, path)
		must(t, err)
		rel = filepath.ToSlash(rel)
		switch {
		case d.IsDir() && (rel == "internal/hostos" || rel == "cmd" || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files++
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		must(t, err)
		for _, spec := range f.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			must(t, err)
			if name == "syscall" || name == "plugin" || strings.HasPrefix(name, "golang.org/x/sys/") {
				t.Errorf("runtime/%s imports %s: system calls for guests belong into internal/hostos", rel, name)
			}
		}
		return nil
	})
	must(t, err)
	if files < 20 {
		t.Errorf("only %d files were read: is runtime still at %s?", files, root)
	}
}
