//go:build linux

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPagesAreFresh fails when a table has changed since its page was written.
func TestPagesAreFresh(t *testing.T) {
	for name, page := range pages {
		got, err := os.ReadFile(filepath.Join(docs, name))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, page()) {
			t.Errorf("%s is stale: run go generate ./runtime/cmd/manual", name)
		}
	}
}

// named finds the tests that a page names, with the package in which they are: "`TestA` and `TestB` in runtime/x".
var (
	named    = regexp.MustCompile("((?:`(?:Test|Fuzz)\\w+`(?:, | and )?)+) in ([a-z/]*[a-z])")
	testName = regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
)

// TestNamedTestsExist: the pages say what tests promises; the tests must be there, in the package that is said.
func TestNamedTestsExist(t *testing.T) {
	entries, err := os.ReadDir(docs)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(docs, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		page := strings.Join(strings.Fields(string(text)), " ")
		found := 0
		for _, m := range named.FindAllStringSubmatch(page, -1) {
			for _, name := range testName.FindAllStringSubmatch(m[1], -1) {
				found++
				if !hasTest(t, m[2], name[1]) {
					t.Errorf("%s names %s in %s, where it is not", e.Name(), name[1], m[2])
				}
			}
		}
		if all := len(testName.FindAllString(page, -1)); found != all {
			t.Errorf("%s names %d tests, but only of %d where they are", e.Name(), all, found)
		}
	}
}

// hasTest reports whether a folder of the module has a test function.
func hasTest(t *testing.T, dir, name string) bool {
	files, err := filepath.Glob(filepath.Join("../../..", dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("\nfunc "+name+"(")) {
			return true
		}
	}
	return false
}
