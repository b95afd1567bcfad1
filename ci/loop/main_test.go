package loop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/store"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

const root = "../.."

// programs are the command ci, built with and without planted bugs, and the folder of what the former builds for its loops: it is linked
// once for all tests.
type programs struct{ dir, planted, plain, built string }

var built = sync.OnceValues(func() (*programs, error) {
	dir, err := os.MkdirTemp("", "touchstone-planted-")
	if err != nil {
		return nil, err
	}
	p := &programs{dir, filepath.Join(dir, "planted"), filepath.Join(dir, "plain"), filepath.Join(dir, "built")}
	if err := os.Mkdir(p.built, 0o755); err != nil {
		return nil, err
	}
	for name, tags := range map[string]string{p.planted: "planted", p.plain: ""} {
		cmd := exec.Command("go", "build", "-tags", tags, "-o", name, "./ci")
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w\n%s", err, out)
		}
	}
	return p, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if usedPrograms {
		if p, err := built(); err == nil {
			_ = os.RemoveAll(p.dir)
		}
	}
	os.Exit(status)
}

// usedPrograms says that a test built them.
var usedPrograms bool

// need returns the programs, or skips the test.
func need(t *testing.T) *programs {
	if testing.Short() {
		t.Skip("-short: it builds and runs whole loops, for minutes")
	}
	usedPrograms = true
	p, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// folder returns a folder for a loop, where everything is built.
func (p *programs) folder(t *testing.T) string {
	t.Helper()
	out := t.TempDir()
	if err := os.Symlink(p.built, filepath.Join(out, "build")); err != nil {
		t.Fatal(err)
	}
	return out
}

// engines are the engines that are here.
func engines(t *testing.T) []string {
	if _, err := build.Find(t.Context()); err != nil {
		t.Logf("without libFuzzer: %v", err)
		return []string{"go"}
	}
	return []string{"libfuzzer", "go"}
}

// ci runs the command and returns its exit status and what it says.
func ci(t *testing.T, program string, env []string, args ...string) (int, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = root
	cmd.Env = append(append(os.Environ(), planted.Variable+"=", planted.BlindVariable+"="), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// records reads the file of statistics of a loop, whose sums must be right.
func records(t *testing.T, out string) (list []Record) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(out, StatsFile))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var r Record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if r.Artifacts != r.New+r.Known+r.Flaky || r.New != len(r.Buckets) || r.New != len(r.Folders) {
			t.Errorf("it does not add up: %+v", r)
		}
		list = append(list, r)
	}
	return list
}

// inputs returns the inputs of a corpus, whose names must be what their bytes give.
func inputs(t *testing.T, dir string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	if err := store.Inputs(dir, func(name string, data []byte) error {
		if name != build.FileName(data) {
			t.Errorf("%s is not whole", filepath.Join(dir, name))
		}
		all[name] = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}
