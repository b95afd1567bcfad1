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

// bugs are planted defects, and what the bucket of each must say. The first two are in one target. The first is seen by an oracle.
var bugs = []struct {
	bug            planted.Bug
	target, bucket string
	per            string // the time for it: the engine of go test first runs all seeds
}{
	{planted.PathUTF8, "FuzzHostcall", "failure | touchstone | hostcall: violation | - | path_", "3s"},
	{planted.IovecLast, "FuzzHostcall", "failure | touchstone | panic | runtime error: slice bounds out of range", "3s"},
	{planted.DivideOverflow, "FuzzInstruction", "failure | touchstone | ", "12s"},
}

// programs are the command ci, built with and without planted bugs.
type programs struct{ planted, plain string }

var built = sync.OnceValues(func() (*programs, error) {
	dir, err := os.MkdirTemp("", "touchstone-planted-")
	if err != nil {
		return nil, err
	}
	p := &programs{filepath.Join(dir, "planted"), filepath.Join(dir, "plain")}
	for name, tags := range map[string]string{p.planted: "planted", p.plain: ""} {
		cmd := exec.Command("go", "build", "-tags", tags, "-o", name, "./ci")
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w\n%s", err, out)
		}
	}
	return p, nil
})

const root = "../.."

func TestMain(m *testing.M) {
	status := m.Run()
	if usedPrograms {
		if p, err := built(); err == nil {
			_ = os.RemoveAll(filepath.Dir(p.plain))
		}
	}
	os.Exit(status)
}

// usedPrograms says that a test built them.
var usedPrograms bool

// need returns the programs, or skips the test.
func need(t *testing.T) *programs {
	if testing.Short() {
		t.Skip("builds and runs whole loops, for minutes")
	}
	usedPrograms = true
	p, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return p
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

// TestPlanted: the whole pipeline finds planted bugs, puts each into a bucket of its own, and reduces it; what it keeps shows the bug where
// it is, and nothing where it is not. With silent oracles it finds nothing.
func TestPlanted(t *testing.T) {
	p := need(t)
	for _, engine := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			out := t.TempDir()
			buckets := map[string]string{}
			for i, b := range bugs {
				bug := planted.Variable + "=" + b.bug.String()
				args := []string{"loop", "-engine", engine, "-per", b.per, "-rounds", "1", "-reduce", "3s", "-targets", b.target, "-out", out}
				before := len(records(t, out))
				if status, text := ci(t, p.planted, []string{bug}, args...); status != 1 {
					t.Errorf("%v: status %d, want 1\n%s", b.bug, status, text)
					continue
				}
				r := records(t, out)[before]
				for n, bucket := range r.Buckets {
					if !strings.HasPrefix(bucket, b.bucket) {
						t.Errorf("%v is in the bucket %q, want %q", b.bug, bucket, b.bucket)
					}
					if other := buckets[bucket]; other != "" {
						t.Errorf("%v and %s are in one bucket: %s", b.bug, other, bucket)
					}
					buckets[bucket] = b.bug.String()
					shows(t, p, bug, &r, r.Folders[n])
					t.Logf("%v: %s", b.bug, bucket)
				}
				if i > 0 {
					continue
				}
				if status, text := ci(t, p.planted, []string{bug}, args...); status == 2 {
					t.Errorf("%v the second time: status %d\n%s", b.bug, status, text)
				} else if again := records(t, out)[before+1]; again.Known == 0 {
					t.Errorf("%v is not found again", b.bug)
				}
			}
			blind := []string{planted.Variable + "=" + bugs[0].bug.String(), planted.BlindVariable + "=1"}
			args := []string{"loop", "-engine", engine, "-per", "3s", "-rounds", "1", "-targets", bugs[0].target, "-out", t.TempDir()}
			if status, text := ci(t, p.planted, blind, args...); status != 0 {
				t.Errorf("with silent oracles: status %d\n%s", status, text)
			}
		})
	}
}

// shows checks the input of a finding: it is small, and shows the bug where it is and nothing elsewhere.
func shows(t *testing.T, p *programs, bug string, r *Record, folder string) {
	t.Helper()
	input := filepath.Join(folder, "input")
	reduced, err := os.Stat(input)
	if err != nil {
		t.Fatal(err)
	}
	original, err := os.Stat(filepath.Join(folder, "original")) // if it could be reduced
	if err != nil && reduced.Size() > 64 || err == nil && reduced.Size() >= original.Size() {
		t.Errorf("%s: the input has %d bytes, and was not reduced: %v", bug, reduced.Size(), err)
	}
	if status, text := ci(t, p.planted, []string{bug}, "replay", r.Target, input); status != 1 {
		t.Errorf("%s: the finding does not show it: status %d\n%s", bug, status, text)
	}
	if status, text := ci(t, p.plain, nil, "replay", r.Target, input); status != 0 {
		t.Errorf("%s: the finding shows something without it: status %d\n%s", bug, status, text)
	}
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
