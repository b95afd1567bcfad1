package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// programs are the programs that the scripts call.
var programs = map[string]func(){
	"touchstone": main,
	"mkwasm":     mkwasm,
	"status":     status,
}

// sandboxVariable is the default of -sandbox in scripts on hosts that cannot give all: what they could not give would be said on
// stderr of every script.
const sandboxVariable = "TOUCHSTONE_TEST_SANDBOX"

// TestMain makes the test binary serve as the programs.
func TestMain(m *testing.M) {
	if mode := os.Getenv(sandboxVariable); mode != "" {
		defaultSandbox = mode
	}
	testscript.Main(m, programs)
}

// hostGap returns what this host cannot give of the sandbox, or "".
func hostGap(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "hello.wasm")
	if err := os.WriteFile(file, testModules["hello"](), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "run", "-sandbox", "strict", file)
	cmd.Args[0] = "touchstone"
	if out, err := cmd.CombinedOutput(); err != nil {
		return strings.TrimSpace(string(out))
	}
	return ""
}

// quietSandbox returns the mode of -sandbox in which this host adds no lines to stderr on what it cannot give.
func quietSandbox(t *testing.T) string {
	t.Helper()
	if hostGap(t) != "" {
		return sandboxOff
	}
	return sandboxAuto
}

// status runs a command and fails unless it ends with the status that is the first argument.
func status() {
	want, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		fmt.Fprintf(os.Stderr, "status: got %d, want %d\n", got, want)
		os.Exit(1)
	}
}

// TestScriptsWithoutCgo runs the scripts on the sandbox in a program without cgo, if this one has it and therefore no full sandbox.
func TestScriptsWithoutCgo(t *testing.T) {
	gap := hostGap(t)
	if !strings.Contains(gap, "built with") {
		return // there is a sandbox, or none for another reason: TestScripts says so
	}
	cmd := exec.Command("go", "test", "-count=1", "-v", "-run=^TestScripts$/^sandbox", ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// goEnv are the variables that the scripts need to build Go programs: they run without the user's home folder.
var goEnv = []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOROOT"}

func TestScripts(t *testing.T) {
	out, err := exec.Command("go", append([]string{"env", "-json"}, goEnv...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	if err := json.Unmarshal(out, &values); err != nil {
		t.Fatal(err)
	}
	gap := hostGap(t)
	if gap != "" {
		t.Logf("most scripts run without a sandbox, and those on it do not run: %s", gap)
		values[sandboxVariable] = sandboxOff
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Condition: func(name string) (bool, error) {
			if name != "sandbox" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return gap == "", nil
		},
		Setup: func(env *testscript.Env) error {
			for name, value := range values {
				env.Setenv(name, value)
			}
			return nil
		},
	})
}
