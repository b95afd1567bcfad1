//go:build !planted

package wasi

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMutationScore runs TestMutants in a build with planted bugs, of which those count that take a guard away.
func TestMutationScore(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the package once more")
	}
	out, err := exec.CommandContext(t.Context(), "go", "test", "-tags", "planted", "-run", "^TestMutants$", "-count", "1", "-v", ".").CombinedOutput()
	t.Logf("%s", out)
	if err != nil || !strings.Contains(string(out), "--- PASS: TestMutants") {
		t.Errorf("a guard is missed by nobody, or by the monitor: %v", err)
	}
}

// TestNothingPlantedInBinary looks for planted bugs in the command as it is built for people: nothing is left of their package, not
// even their names. In a build with them they are found.
func TestNothingPlantedInBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("links the command twice")
	}
	for tags, want := range map[string]bool{"": false, "planted": true} {
		exe := filepath.Join(t.TempDir(), "touchstone")
		if out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", tags, "-o", exe, "../cmd/touchstone").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		symbols, err := exec.CommandContext(t.Context(), "go", "tool", "nm", exe).Output()
		if err != nil || !strings.Contains(string(symbols), "runtime/wasi.") {
			t.Fatalf("the symbols cannot be read: %v", err)
		}
		if got := strings.Contains(string(symbols), "runtime/planted."); got != want {
			t.Errorf("-tags %q: planted bugs in the binary: %v, want %v", tags, got, want)
		}
	}
}
