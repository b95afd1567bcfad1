package steps

import (
	"bytes"
	"context"
	"go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/ci/command"
)

// testSteps run the go command only, which a test can rely on.
func testSteps() []Step {
	return []Step{
		{Name: "good", Doc: "passes", Cmds: []Cmd{{Args: []string{"go", "env", "GOOS"}}}},
		{Name: "bad", Doc: "exits with a status", Cmds: []Cmd{{Args: []string{"go", "no-such-command"}}}},
		{Name: "noisy", Doc: "prints what is wrong", Cmds: []Cmd{{Args: []string{"go", "env", "GOOS"}, Quiet: true}}},
		{Name: "env", Doc: "sees its environment", Cmds: []Cmd{{Env: []string{"GOOS=darwin"}, Args: []string{"go", "env", "GOOS"}}}},
	}
}

func TestRun(t *testing.T) {
	var out, errs bytes.Buffer
	r := &Runner{Dir: t.TempDir(), Stdout: &out, Stderr: &errs}
	failed, err := r.Run(t.Context(), testSteps())
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"bad", "noisy"}; !slices.Equal(failed, want) {
		t.Errorf("failed = %q, want %q", failed, want)
	}
	for _, want := range []string{"== good: ok", "== bad: FAILED", "$ GOOS=darwin go env GOOS\ndarwin\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, out.String())
		}
	}
	if status := verdict(r, t.Context(), testSteps()); status != command.Finding {
		t.Errorf("status of a failing run = %d", status)
	}
	if status := verdict(r, t.Context(), testSteps()[:1]); status != command.OK {
		t.Errorf("status of a passing run = %d", status)
	}
}

func TestRunWithoutTool(t *testing.T) {
	r := &Runner{Dir: t.TempDir(), Stdout: new(bytes.Buffer), Stderr: new(bytes.Buffer)}
	steps := []Step{{Name: "missing", Doc: "has no tool", Cmds: []Cmd{{Args: []string{filepath.Join(t.TempDir(), "no-such-tool")}}}}}
	if status := verdict(r, t.Context(), steps); status != command.Failure {
		t.Errorf("status = %d, want %d", status, command.Failure)
	}
}

func TestSkippedStepSaysWhy(t *testing.T) {
	t.Setenv("CGO_ENABLED", "0")
	steps := slices.DeleteFunc(Steps(), func(s Step) bool { return s.Name != "race" })
	var out bytes.Buffer
	r := &Runner{Dir: t.TempDir(), Stdout: &out, Stderr: new(bytes.Buffer)}
	if status := verdict(r, t.Context(), append(steps, testSteps()[0])); status != command.OK {
		t.Errorf("status = %d", status)
	}
	for _, want := range []string{"== race: skipped: needs cgo, which is off\n", "ci: 1 steps passed, 1 skipped\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, out.String())
		}
	}
	t.Setenv("CGO_ENABLED", "1")
	t.Setenv("CC", "no-such-compiler -O1")
	if reason, err := withoutCgo(t.Context()); err != nil || reason != "needs a C compiler, and no-such-compiler is not there" {
		t.Errorf("without a compiler: %q, %v", reason, err)
	}
}

// TestEveryFileIsVetted: whatever is compiled on the platform that is not vetted by itself is on one that is.
func TestEveryFileIsVetted(t *testing.T) {
	on := func(p platform, dir, name string) bool {
		c := build.Default
		c.GOOS, c.GOARCH, c.CgoEnabled = p.os, p.arch, false
		match, err := c.MatchFile(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		return match
	}
	files := 0
	err := filepath.WalkDir("../..", func(name string, entry fs.DirEntry, err error) error {
		dir, base := filepath.Split(name)
		if err != nil || entry.IsDir() || filepath.Ext(base) != ".go" && filepath.Ext(base) != ".s" || !on(platform{"darwin", "amd64"}, dir, base) {
			return err
		}
		files++
		if !slices.ContainsFunc(vetted, func(p platform) bool { return on(p, dir, base) }) {
			t.Errorf("%s is on darwin/amd64 alone: vet that too", name)
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Errorf("%d files, %v", files, err)
	}
}

func TestRunCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := &Runner{Dir: t.TempDir(), Stdout: new(bytes.Buffer), Stderr: new(bytes.Buffer)}
	if status := verdict(r, ctx, testSteps()); status != command.Failure {
		t.Errorf("status = %d, want %d", status, command.Failure)
	}
}

func TestCommandLine(t *testing.T) {
	for _, test := range []struct {
		args   string
		status int
		stdout string
		stderr string
	}{
		{"-h", command.OK, "steps:\n  format", ""},
		{"-list vet", command.OK, "CGO_ENABLED=0 GOOS=", ""},
		{"-list -skip test", command.OK, "gofmt", ""},
		{"-unknown", command.Failure, "", "-unknown"},
		{"frobnicate", command.Failure, "", `unknown step "frobnicate"`},
		{"-skip test test", command.Failure, "", "no step is left"},
	} {
		var out, errs bytes.Buffer
		status := run(t.Context(), strings.Fields(test.args), &out, &errs)
		if status != test.status || !strings.Contains(out.String(), test.stdout) || !strings.Contains(errs.String(), test.stderr) {
			t.Errorf("ci test %s: status %d, stdout %q, stderr %q", test.args, status, out.String(), errs.String())
		}
		if test.status == command.OK && errs.Len() > 0 || test.status != command.OK && out.Len() > 0 {
			t.Errorf("ci test %s: output on the wrong stream: stdout %q, stderr %q", test.args, out.String(), errs.String())
		}
	}
}
