package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"
)

// TestInterrupt: a signal ends a guest that computes and one that waits for input, with a message and the status of
// shells. The first line of the guest's output says that it runs.
func TestInterrupt(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	mode := quietSandbox(t)
	for name, test := range map[string]struct {
		module string
		sig    os.Signal
		status int
		stderr string
	}{
		"computing":  {"loop", os.Interrupt, 130, `stopped by the signal "interrupt" in function 3 <work> at offset 0x[0-9a-f]+\n$`},
		"waiting":    {"wait", os.Interrupt, 130, `stopped by the signal "interrupt" in function 3 <work> at offset 0x[0-9a-f]+\n$`},
		"terminated": {"loop", syscall.SIGTERM, 143, `stopped by the signal "terminated"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "guest.wasm")
			if err := os.WriteFile(file, testModules[test.module](), 0o644); err != nil {
				t.Fatal(err)
			}
			var stderr bytes.Buffer
			cmd := exec.Command(self, "run", "-sandbox", mode, file)
			cmd.Args[0] = "touchstone" // by this name the test binary is the command, see TestMain
			cmd.Stderr = &stderr
			stdin, err := cmd.StdinPipe() // stays open, so that a guest that reads it waits
			if err != nil {
				t.Fatal(err)
			}
			defer stdin.Close()
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			stuck := time.AfterFunc(30*time.Second, func() { cmd.Process.Kill() })
			defer stuck.Stop()
			if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "before\n" {
				t.Errorf("first line %q, error %v", line, err)
			}
			if err := cmd.Process.Signal(test.sig); err != nil {
				t.Fatal(err)
			}
			cmd.Wait() // its error is the status, which is checked below
			if got := cmd.ProcessState.ExitCode(); got != test.status {
				t.Errorf("status %d, want %d", got, test.status)
			}
			if !regexp.MustCompile(test.stderr).Match(stderr.Bytes()) || bytes.Count(stderr.Bytes(), []byte("\n")) != 1 {
				t.Errorf("stderr %q, want one line like %q", stderr.String(), test.stderr)
			}
		})
	}
}
