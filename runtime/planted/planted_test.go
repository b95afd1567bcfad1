package planted

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// areas are the parts of the runtime that have bugs.
var areas = []string{"decoder", "validator", "lowering", "numeric", "SIMD", "memory", "tables", "calls", "hostcall memory", "path", "fd",
	"rights", "network", "quota", "poll", "monitor", "linking", "trace"}

func TestTable(t *testing.T) {
	name, target := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`), regexp.MustCompile(`^Fuzz[A-Z]\w+$`)
	count, sequences, seen := map[string]int{}, 0, map[string]bool{}
	for b := range All() {
		row := b.Row()
		if !name.MatchString(row.Name) || !target.MatchString(row.Target) || row.Doc == "" || !slices.Contains(areas, row.Area) {
			t.Errorf("bug %d: %+v", b, row)
		}
		if seen[row.Name] {
			t.Errorf("%s is there twice", row.Name)
		}
		seen[row.Name] = true
		if other, ok := Named(row.Name); !ok || other != b {
			t.Errorf("%s is not found by its name", row.Name)
		}
		count[row.Area]++
		if row.Sequence {
			sequences++
		}
	}
	for _, area := range areas {
		if count[area] < 3 {
			t.Errorf("%s has %d bugs, and should have three", area, count[area])
		}
	}
	if len(seen) < 60 || sequences < 15 {
		t.Errorf("%d bugs, %d of which need a sequence", len(seen), sequences)
	}
	t.Logf("%d bugs, %d of which need a sequence: %v", len(seen), sequences, count)
}

// TestPlanted finds in the sources of the runtime where each bug is planted, and checks that all of them are, and that nothing but a
// comparison with Selected asks for one.
func TestPlanted(t *testing.T) {
	used := map[string]int{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && isPackage(s.X) {
				used[s.Sel.Name]++
			}
			if s, ok := n.(*ast.BasicLit); ok && s.Kind == token.STRING { // the templates of the loop
				for _, m := range regexp.MustCompile(`planted\.(\w+)`).FindAllStringSubmatch(s.Value, -1) {
					used[m[1]]++
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	selected := used["Selected"]
	delete(used, "Selected")
	all := 0
	for _, c := range constants(t) {
		if used[c] == 0 {
			t.Errorf("%s is not planted anywhere", c)
		}
		all += used[c]
		delete(used, c)
	}
	if len(used) > 0 {
		t.Errorf("the runtime uses %v of this package", used)
	}
	t.Logf("%d places, %d comparisons", all, selected)
}

func isPackage(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "planted"
}

// constants returns the names of the bugs in Go.
func constants(t *testing.T) (names []string) {
	file, err := parser.ParseFile(token.NewFileSet(), "bugs.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		for _, s := range d.(*ast.GenDecl).Specs {
			for _, n := range s.(*ast.ValueSpec).Names {
				if n.IsExported() && n.Name != "None" {
					names = append(names, n.Name)
				}
			}
		}
	}
	if len(names) != int(end)-1 {
		t.Fatalf("%d names of %d bugs", len(names), end-1)
	}
	return names
}
