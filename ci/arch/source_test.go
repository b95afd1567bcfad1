package arch

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// modulePath is the path of the module whose architecture is checked.
const modulePath = "github.com/touchstone-wasm/touchstone"

// generatedMarker begins the first line of a generated file; its end is generatedEnd.
const (
	generatedMarker = "// Code generated "
	generatedEnd    = " DO NOT EDIT."
)

// source is one Go file.
type source struct {
	path      string // slash-separated, from the module's root
	dir       string // the folder of path
	test      bool
	generated bool
	lines     int
	imports   []string
	fset      *token.FileSet
	syntax    *ast.File
}

// ours returns the folder of this module that an import path names.
func ours(importPath string) (string, bool) {
	if importPath == modulePath {
		return ".", true
	}
	return strings.CutPrefix(importPath, modulePath+"/")
}

// root is the folder of the module, seen from this package.
const root = "../.."

// sources returns all Go files of the module; it reads them once.
var sources = sync.OnceValues(func() ([]*source, error) {
	var list []*source
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			base := entry.Name()
			if name != root && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || !entry.Type().IsRegular() {
			return nil
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		src, err := readSource(name, filepath.ToSlash(rel))
		list = append(list, src)
		return err
	})
	return list, err
})

func readSource(name, rel string) (*source, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, rel, text, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return nil, err
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	s := &source{
		path:      rel,
		dir:       path.Dir(rel),
		test:      strings.HasSuffix(rel, "_test.go"),
		generated: strings.HasPrefix(string(first), generatedMarker) && strings.HasSuffix(string(first), generatedEnd),
		lines:     bytes.Count(text, []byte("\n")),
		fset:      fset,
		syntax:    syntax,
	}
	for _, spec := range syntax.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		s.imports = append(s.imports, p)
	}
	return s, nil
}

// allSources returns the sources or ends the test.
func allSources(t *testing.T) []*source {
	t.Helper()
	list, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("no Go files found: the tests look in the wrong folder")
	}
	return list
}

// matches reports whether dir fits a pattern: a folder, "folder/..." for it and all below, or with "*" for any one
// element of the path.
func matches(pattern, dir string) bool {
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		n := strings.Count(base, "/") + 1
		if parts := strings.Split(dir, "/"); len(parts) >= n {
			return matches(base, strings.Join(parts[:n], "/"))
		}
		return false
	}
	ok, err := path.Match(pattern, dir)
	return err == nil && ok
}

func matchesAny(patterns []string, dir string) bool {
	for _, p := range patterns {
		if matches(p, dir) {
			return true
		}
	}
	return false
}
