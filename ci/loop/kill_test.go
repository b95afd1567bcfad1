package loop

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/ci/process"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// kills is how often the loop is killed, at a random moment of the first seconds.
const kills = 10

// TestKilled: whenever a loop is killed, what it has is readable, what was kept stays, and the next loop goes on with it.
func TestKilled(t *testing.T) {
	p := need(t)
	engine := engines(t)[0]
	out := t.TempDir()
	bug := planted.Variable + "=" + bugs[0].bug.String()
	args := []string{"loop", "-engine", engine, "-per", "1s", "-reduce", "1s", "-targets", bugs[0].target + ",FuzzPolicy", "-out", out}
	if status, text := ci(t, p.planted, []string{bug}, append(args, "-rounds", "1")...); status != 1 {
		t.Fatalf("status %d, want 1\n%s", status, text)
	}
	found := findings(t, out)
	for i := range kills {
		after := time.Duration(rand.Int64N(int64(4 * time.Second)))
		cmd := process.Command(t.Context(), p.planted, args...)
		cmd.Dir, cmd.Env = root, append(os.Environ(), bug)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after)
		if err := cmd.Process.Kill(); err != nil { // it alone: what it started ends with it, or by itself
			t.Fatal(err)
		}
		_ = cmd.Wait()
		records(t, out)
		for name := range found {
			if !findings(t, out)[name] {
				t.Errorf("kill %d, after %v: the finding %s is gone", i, after, name)
			}
		}
		for _, b := range bugs {
			inputs(t, filepath.Join(out, "corpus", b.target))
		}
		found = findings(t, out)
	}
	if status, text := ci(t, p.planted, []string{bug}, append(args, "-rounds", "1")...); status == 2 {
		t.Errorf("the next loop: status %d\n%s", status, text)
	}
	if n := len(inputs(t, filepath.Join(out, "corpus", bugs[0].target))); n == 0 {
		t.Error("the corpus is empty")
	}
	if rest, _ := os.ReadDir(filepath.Join(out, "work")); len(rest) > 0 {
		t.Errorf("the next loop leaves %d targets unfinished", len(rest))
	}
}

// findings returns the folders of findings that are whole.
func findings(t *testing.T, out string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	headers, err := filepath.Glob(filepath.Join(out, "found", "*", "finding.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range headers {
		dir := filepath.Dir(header)
		for _, file := range []string{"input", "README.md", "detail.txt"} {
			if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
				t.Error(err)
			}
		}
		all[filepath.Base(dir)] = true
	}
	return all
}
