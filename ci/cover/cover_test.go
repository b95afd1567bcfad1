package cover

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/ci/command"
)

func call(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), args, &out, &errs)
	return status, out.String(), errs.String()
}

// TestCover: the seeds execute more than an empty input does, and the profile has what both targets execute.
func TestCover(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: it builds a binary with coverage")
	}
	dir := t.TempDir()
	profile, page := filepath.Join(dir, "profile"), filepath.Join(dir, "page.html")
	status, out, errs := call(t, "-targets", "FuzzTrace,FuzzPolicy", "-profile", profile, "-html", page)
	if status != command.OK {
		t.Fatalf("status %d: %s", status, errs)
	}
	text, err := os.ReadFile(profile)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"runtime/trace/", "runtime/policy/"} {
		executed := false
		for line := range strings.Lines(string(text)) {
			executed = executed || strings.Contains(line, file) && !strings.HasSuffix(line, " 0\n")
		}
		if !executed {
			t.Errorf("nothing of %s is executed in the profile", file)
		}
	}
	if html, err := os.ReadFile(page); err != nil || !bytes.Contains(html, []byte("runtime/trace/")) {
		t.Errorf("the page has no sources: %v", err)
	}
	corpora := filepath.Join(dir, "corpora")
	if err := os.MkdirAll(filepath.Join(corpora, "FuzzTrace"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(corpora, "FuzzTrace", "empty"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	status, less, errs := call(t, "-corpus", corpora)
	if status != command.OK || !strings.Contains(errs, "have no corpus") {
		t.Fatalf("status %d: %s", status, errs)
	}
	if strings.Contains(less, "FuzzPolicy") || row(t, less)[3] != row(t, out)[3] || len(row(t, less)[4]) >= len(row(t, out)[4]) && row(t, less)[4] >= row(t, out)[4] {
		t.Errorf("an empty input executes as much as the seeds:\n%s\n%s", less, out)
	}
}

// row returns the cells of the line of FuzzTrace.
func row(t *testing.T, table string) []string {
	t.Helper()
	for line := range strings.Lines(table) {
		if cells := strings.Split(line, "│"); len(cells) > 6 && strings.TrimSpace(cells[1]) == "FuzzTrace" {
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			return cells[1:]
		}
	}
	t.Fatalf("no line of FuzzTrace in\n%s", table)
	return nil
}

// TestWrongUsage: each is refused with the reason before anything is built.
func TestWrongUsage(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"more", "no argument"},
		{"-targets FuzzNothing", "no target"},
		{"-corpus " + t.TempDir(), "no folder with the name of a target"},
		{"-targets FuzzTrace -corpus " + t.TempDir(), "no folder FuzzTrace"},
	} {
		if status, out, errs := call(t, strings.Fields(test.args)...); status != command.Failure || out != "" || !strings.Contains(errs, test.want) || strings.Contains(errs, "building") {
			t.Errorf("%s: status %d, %q, %q", test.args, status, out, errs)
		}
	}
}
