package coverage

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// uninstrumented are packages that no target may import, nor a test beside the targets. Go's fuzzing engine instruments what the tested package depends on, and uses
// these itself: each message between its processes is JSON with the coverage in it, and takes milliseconds if encoding/json is
// instrumented. Besides, each execution takes longer by 2 or 3 ns for each block of code that is linked in, executed or not.
var uninstrumented = []string{"encoding/json", "regexp", "go/parser", "go/ast", "text/template", "os/exec"}

func TestUninstrumented(t *testing.T) {
	list := func(args ...string) []string {
		cmd := exec.Command("go", append([]string{"list"}, args...)...)
		cmd.Dir = ".." // where the targets are
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		return strings.Fields(string(out))
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skipf("dependencies cannot be listed: %v", err)
	}
	const imports = `{{join .Imports "\n"}}{{"\n"}}{{join .TestImports "\n"}}{{"\n"}}{{join .XTestImports "\n"}}`
	deps := list(append([]string{"-deps"}, list("-f", imports, ".")...)...)
	if len(deps) < len(uninstrumented) {
		t.Fatalf("go list knows %d dependencies only", len(deps))
	}
	for _, pkg := range uninstrumented {
		if slices.Contains(deps, pkg) {
			t.Errorf("%s is imported, so that the fuzzing engine's own use of it is instrumented", pkg)
		}
	}
}
