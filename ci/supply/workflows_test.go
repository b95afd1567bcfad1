package supply

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	uses   = regexp.MustCompile(`(?m)^\s*(?:- )?uses: (\S+)(.*)$`)
	pinned = regexp.MustCompile(`^[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}$`)
)

// TestWorkflows: every action is pinned by its commit and names the release; what is not said may read the repository and no more.
func TestWorkflows(t *testing.T) {
	for path, text := range workflows(t) {
		if !strings.Contains(text, "\npermissions:\n  contents: read\n") {
			t.Errorf("%s: permissions are not those to read", path)
		}
		for _, m := range uses.FindAllStringSubmatch(text, -1) {
			if !pinned.MatchString(m[1]) || !strings.HasPrefix(m[2], " # v") {
				t.Errorf("%s: %s is not pinned by a commit with its release behind it", path, m[1])
			}
		}
		if jobs, limits := strings.Count(text, "runs-on:"), strings.Count(text, "timeout-minutes:"); jobs != limits {
			t.Errorf("%s: %d jobs and %d limits of time", path, jobs, limits)
		}
	}
}

// TestActionlint checks the workflows with actionlint, which needs no network.
func TestActionlint(t *testing.T) {
	lint, err := exec.LookPath("actionlint")
	if err != nil {
		t.Skip("actionlint is not on PATH: go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12")
	}
	cmd := exec.CommandContext(t.Context(), lint)
	cmd.Dir = root
	for path := range workflows(t) {
		cmd.Args = append(cmd.Args, path)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// workflows returns the workflows by their paths in the project.
func workflows(t *testing.T) map[string]string {
	const folder = ".github/workflows"
	found := map[string]string{}
	paths, err := filepath.Glob(filepath.Join(root, folder, "*.yml"))
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found[folder+"/"+filepath.Base(path)] = string(text)
	}
	return found
}
