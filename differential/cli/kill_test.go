package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/finding"
)

// command runs this test as one of the commands of TestMain.
func command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Args[0] = name
	return cmd
}

// told returns the findings that whole lines of -json tell of, by id; false for those that could not be kept.
func told(t *testing.T, stdout []byte) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	for line := range bytes.Lines(stdout) {
		var f struct{ ID, Saved, Again string }
		if !bytes.HasSuffix(line, []byte("\n")) {
			continue // the last words of one that was killed
		}
		if err := json.Unmarshal(line, &f); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if f.ID != "" {
			ids[f.ID] = f.Saved != ""
		}
	}
	return ids
}

// keptIn loads all findings in a folder, each with all that engines saw.
func keptIn(t *testing.T, out string) map[string]bool {
	t.Helper()
	list, err := finding.List(out)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, f := range list {
		if ids[f.ID] = true; f.Files["results.json"] == nil || f.Files["difference.txt"] == nil || f.Module == nil {
			t.Errorf("%s is not whole", f.ID)
		}
	}
	return ids
}

// TestKilled: the command is killed at random moments. What it had told of is kept, whole; what was kept stays; the next run goes on, and
// in the end nothing is missing and nothing half-written is left.
func TestKilled(t *testing.T) {
	out := t.TempDir()
	args := []string{"-json", "-engines", "alpha,beta,liar", "-seed", "5", "-n", "250", "-out", out}
	kept := map[string]bool{}
	const kills = 6
	for range kills {
		cmd := command(t, "differential", args...)
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(50+rand.IntN(400))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		stdout, err := io.ReadAll(pipe)
		timer.Stop()
		_ = cmd.Wait() // killed
		if err != nil {
			t.Fatal(err)
		}
		now := keptIn(t, out)
		for id := range told(t, stdout) {
			if !now[id] {
				t.Errorf("%s was told of and is not kept", id)
			}
		}
		for id := range kept {
			if !now[id] {
				t.Errorf("%s was kept and is gone", id)
			}
		}
		kept = now
	}
	if len(kept) == 0 {
		t.Error("nothing was ever kept: the command was killed too soon to show anything")
	}
	stdout, err := command(t, "differential", args...).Output()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("the last run: %v", err)
	}
	now := keptIn(t, out)
	for id := range told(t, stdout) {
		if !now[id] {
			t.Errorf("%s was told of and is not kept", id)
		}
	}
	entries, err := os.ReadDir(out)
	if err != nil || len(entries) != len(now) || len(now) < len(kept) {
		t.Errorf("%d entries, %d findings, %d before, %v", len(entries), len(now), len(kept), err)
	}
}

// TestFull: where nothing can be written to its end every finding is told of all the same, the exit status says that they are not kept,
// and nothing half-written is left.
func TestFull(t *testing.T) {
	out := t.TempDir()
	cmd := command(t, "differential-full", "-json", "-engines", "alpha,beta,liar", "-seed", "5", "-n", "40", "-out", out)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(stderr.String(), "could not be kept") {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	ids := told(t, stdout)
	for id, saved := range ids {
		if saved {
			t.Errorf("%s is said to be kept", id)
		}
	}
	if rest, err := filepath.Glob(filepath.Join(out, "*")); err != nil || len(rest) > 0 || len(ids) == 0 {
		t.Errorf("%d findings, left %v, %v", len(ids), rest, err)
	}
	if rest, err := filepath.Glob(filepath.Join(out, ".*")); err != nil || len(rest) > 0 {
		t.Errorf("left %v, %v", rest, err)
	}
}
