package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestHazards: each row names files and a test that there are.
func TestHazards(t *testing.T) {
	text, err := os.ReadFile("hazards.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testNames(t)
	file, test := regexp.MustCompile("`([a-z/]+\\.go)`"), regexp.MustCompile("`([a-z]+\\.Test[A-Za-z]+)`")
	rows := 0
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || strings.HasPrefix(line, "| hazard") || strings.HasPrefix(line, "|---") {
			continue
		}
		rows++
		named := file.FindAllStringSubmatch(cells[3], -1)
		if named == nil {
			t.Errorf("no file: %s", line)
		}
		for _, m := range named {
			if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
				t.Error(err)
			}
		}
		if m := test.FindStringSubmatch(cells[4]); m == nil || !tests[m[1]] {
			t.Errorf("no such test: %s", cells[4])
		}
	}
	if rows < 25 {
		t.Errorf("%d rows", rows)
	}
}

// testNames returns the tests of the packages beside this one, as "package.Test".
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test[A-Za-z]+)\(t \*testing\.T\)`)
	err := filepath.WalkDir("..", func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range declared.FindAllStringSubmatch(string(source), -1) {
			names[filepath.Base(filepath.Dir(path))+"."+m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
