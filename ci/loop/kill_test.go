package loop

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/harness/last"
	"github.com/touchstone-wasm/touchstone/harness/process"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// quick are two targets that run their seeds in no time; the first has the first bug.
var quick = bugs[0].target + ",FuzzTrace"

// kills is how often the loop is killed, with each engine half as often.
const kills = 10

// TestKilled: whenever a loop is killed, what it has is readable, what was kept stays, and the next loop goes on with it.
func TestKilled(t *testing.T) {
	p := need(t)
	out := p.folder(t)
	bug := planted.Variable + "=" + bugs[0].bug.String()
	took := map[string]time.Duration{} // a whole loop
	with := func(engine string) []string {
		return []string{"loop", "-engine", engine, "-per", "1s", "-reduce", "1s", "-rounds", "1", "-targets", quick, "-out", out}
	}
	for _, engine := range engines(t) {
		for range 2 { // the first time it also builds
			start := time.Now()
			if status, text := ci(t, p.planted, []string{bug}, with(engine)...); status == 2 {
				t.Fatalf("%s\n%s", engine, text)
			}
			took[engine] = time.Since(start)
		}
	}
	found := findings(t, out)
	if len(found) == 0 {
		t.Fatal("nothing was found")
	}
	for i := range kills {
		engine := engines(t)[i%len(engines(t))]
		// A moment of each tenth of the time that a loop takes.
		after := (time.Duration(i)*took[engine] + time.Duration(rand.Int64N(int64(took[engine])))) / kills
		cmd := start(t, p.planted, []string{bug}, with(engine)...)
		time.Sleep(after)
		kill(t, cmd)
		records(t, out)
		for name := range found {
			if !findings(t, out)[name] {
				t.Errorf("kill %d, after %v: the finding %s is gone", i, after, name)
			}
		}
		for target := range strings.SplitSeq(quick, ",") {
			inputs(t, filepath.Join(out, "corpus", target))
		}
		found = findings(t, out)
	}
	for _, engine := range engines(t) {
		if status, text := ci(t, p.planted, []string{bug}, with(engine)...); status == 2 {
			t.Errorf("the next loop with %s: status %d\n%s", engine, status, text)
		}
	}
	if n := len(inputs(t, filepath.Join(out, "corpus", bugs[0].target))); n == 0 {
		t.Error("the corpus is empty")
	}
	nothingLeft(t, out)
}

// TestKilledAtWork: the inputs that were being worked on when a loop was killed are recorded, what had been found is kept, and the next
// loop, with any engine, takes both.
func TestKilledAtWork(t *testing.T) {
	p := need(t)
	ways := []string{"go"}
	if engines(t)[0] == "libfuzzer" {
		ways = []string{"go", "libfuzzer", "libfuzzer -fork"}
	}
	for _, way := range ways {
		out := p.folder(t)
		const target = "FuzzPolicy"
		args := append(strings.Fields("loop -per 60s -procs 2 -targets "+target+" -out "+out+" -engine"), strings.Fields(way)...)
		cmd := start(t, p.planted, nil, args...)
		work := filepath.Join(out, "work", target)
		waitFor(t, "two processes that record", func() bool { return len(recorded(t, work)) == 2 })
		kill(t, cmd)
		if n := len(recorded(t, work)); n != 2 {
			t.Errorf("%s: %d inputs are recorded, want those of two processes", way, n)
		}
		args = []string{"loop", "-engine", "go", "-per", "1s", "-rounds", "1", "-targets", target, "-out", out}
		if status, text := ci(t, p.planted, nil, args...); status != 0 {
			t.Errorf("the next loop after %s: status %d\n%s", way, status, text)
		}
		nothingLeft(t, out)
	}
}

// TestInterrupted: Ctrl-C while a target is fuzzed, and while its corpus is merged, ends the loop when the merge is done.
func TestInterrupted(t *testing.T) {
	p := need(t)
	for _, engine := range engines(t) {
		for _, moment := range []string{"fuzz", "merge"} {
			out, per := p.folder(t), "1s"
			const target = "FuzzPolicy"
			work := filepath.Join(out, "work", target)
			reached := func() bool { _, err := os.Stat(filepath.Join(work, "merged")); return err == nil }
			if moment == "fuzz" {
				per, reached = "60s", func() bool { return len(recorded(t, work)) > 0 }
			}
			cmd := start(t, p.planted, nil, "loop", "-engine", engine, "-per", per, "-targets", target+",FuzzTrace", "-out", out)
			waitFor(t, moment, reached)
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("%s, %s: %v\n%s", engine, moment, err, cmd.Stdout)
			}
			list := records(t, out)
			if len(list) != 1 || list[0].Corpus == 0 || len(inputs(t, filepath.Join(out, "corpus", target))) != list[0].Corpus {
				t.Errorf("%s, %s: %+v", engine, moment, list)
			}
			if text := cmd.Stdout.(*bytes.Buffer).String(); !strings.Contains(text, "1 sessions of 1 targets in ") {
				t.Errorf("%s, %s: there is no summary\n%s", engine, moment, text)
			}
			nothingLeft(t, out)
		}
	}
}

// start starts the command.
func start(t *testing.T, program string, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := process.Command(t.Context(), program, args...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	out := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// kill kills the command, and it alone: what it started ends with it, or by itself.
func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil && err != os.ErrProcessDone {
		t.Fatal(err)
	}
	_ = cmd.Wait()
}

// recorded returns the inputs that are recorded as being worked on.
func recorded(t *testing.T, work string) [][]byte {
	t.Helper()
	all, err := last.Read(filepath.Join(work, "last"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// waitFor waits until something is so.
func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within minutes", what)
		}
	}
}

// nothingLeft checks that no target is unfinished and that no process works in the folder any more.
func nothingLeft(t *testing.T, out string) {
	t.Helper()
	if rest, _ := os.ReadDir(filepath.Join(out, "work")); len(rest) > 0 {
		t.Errorf("%d targets are unfinished", len(rest))
	}
	if runtime.GOOS != "linux" {
		return // there is no /proc
	}
	waitFor(t, "the end of all processes", func() bool {
		lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			if text, _ := os.ReadFile(line); bytes.Contains(text, []byte(out)) {
				return false
			}
		}
		return true
	})
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
