//go:build !mutate

package wasi

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMutationScore runs TestMutants in a build in which guards can be taken away.
func TestMutationScore(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the package once more")
	}
	out, err := exec.CommandContext(t.Context(), "go", "test", "-tags", "mutate", "-run", "^TestMutants$", "-count", "1", "-v", ".").CombinedOutput()
	t.Logf("%s", out)
	if err != nil || !strings.Contains(string(out), "--- PASS: TestMutants") {
		t.Errorf("a guard is missed by nobody, or by the monitor: %v", err)
	}
}

// TestNoMutantsInBinary looks for the guards in the command as it is built for people: nothing is left of them. In a build of
// mutants they are found.
func TestNoMutantsInBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("links the command twice")
	}
	for tags, want := range map[string]bool{"": false, "mutate": true} {
		exe := filepath.Join(t.TempDir(), "touchstone")
		if out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", tags, "-o", exe, "../cmd/touchstone").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		symbols, err := exec.CommandContext(t.Context(), "go", "tool", "nm", exe).Output()
		if err != nil || !strings.Contains(string(symbols), "runtime/wasi.") {
			t.Fatalf("the symbols cannot be read: %v", err)
		}
		if got := strings.Contains(string(symbols), "runtime/internal/guard."); got != want {
			t.Errorf("-tags %q: guards in the binary: %v, want %v", tags, got, want)
		}
	}
}
