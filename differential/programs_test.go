package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
	"github.com/touchstone-wasm/touchstone/differential/session"
	"github.com/touchstone-wasm/touchstone/differential/tree"
)

// guestDir is where the guest finds its tree; the program built for the host finds it elsewhere, and never says where.
const guestDir = "/data"

// build builds the program in testdata for a target.
func build(t *testing.T, goos, goarch string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "program")
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", out, "./testdata/wasip1")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0", "GOFLAGS=")
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building for %s/%s: %v\n%s", goos, goarch, err, b)
	}
	return out
}

// built is the program as a WebAssembly module. Tests build it once.
var (
	built     []byte
	buildOnce sync.Once
)

// guest returns the program as a WebAssembly module.
func guest(t *testing.T) []byte {
	t.Helper()
	buildOnce.Do(func() { built = read(t, build(t, "wasip1", "wasm")) })
	if built == nil {
		t.Fatal("the program does not build, see the first test")
	}
	return built
}

// template makes the tree that programs work on.
func template(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{
		"file":                "one\nanother\n",
		"full/x":              "x",
		"a/b/c/lines":         "delta\nalpha\n\ncharlie\nbravo",
		"a/b/empty":           "",
		"a/Ünïcode name.txt":  "zwei\neins\n",
		"a/b/c/d/e/f/g/large": strings.Repeat("the quick brown fox jumps over the lazy dog\n", 900),
	} {
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{
		"out-dots": "../../..", "out-absolute": "/etc/passwd", "loop": "loop", "dangling": "gone", "inside": "file",
	} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// program is one run of the program on all engines and natively.
type program struct {
	args  []string // DIR stands for the tree
	env   []string
	stdin string
}

// in returns the arguments for a tree that lies in dir.
func (p *program) in(dir string) []string {
	args := []string{"wasip1"}
	for _, a := range p.args {
		args = append(args, strings.ReplaceAll(a, "DIR", dir))
	}
	return args
}

// open starts the named engines for one test. One that this machine cannot run is skipped, and that is said.
func open(t *testing.T, names ...string) (engines []engine.Engine) {
	t.Helper()
	chosen, err := session.Choose(all.Compared(), names)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range chosen {
		e, err := c.Open(t.Context())
		var skip *engine.Unavailable
		if errors.As(err, &skip) {
			t.Logf("%s skipped: %s", c.Name, skip.Reason)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { e.Close() })
		engines = append(engines, e)
	}
	return engines
}

// on runs p on an engine in a fresh copy of the template.
func (p *program) on(t *testing.T, e engine.Engine, module []byte, template string) compare.Side {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "0")
	if err := tree.Copy(dir, template); err != nil {
		t.Fatal(err)
	}
	r, err := e.Run(context.Background(), &engine.Job{Module: module, Timeout: 2 * time.Minute, WASI: &engine.WASI{
		Args: p.in(guestDir), Env: p.env, Stdin: []byte(p.stdin), Dirs: []engine.Dir{{Host: dir, Guest: guestDir}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return side(t, e.Name(), e.Features(), r, dir)
}

// natively runs p as a program of the host.
func (p *program) natively(t *testing.T, exe, template string) compare.Side {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "0")
	if err := tree.Copy(dir, template); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd := &exec.Cmd{Path: exe, Args: p.in(dir), Env: append(p.env, "PATH=/nowhere"), Stdin: strings.NewReader(p.stdin), Stdout: &stdout, Stderr: &stderr}
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return side(t, "native", engine.Features{}, &engine.Result{Stage: engine.StageRun, Stdout: stdout.Bytes(), Stderr: stderr.Bytes(),
		Calls: []engine.CallResult{{Export: "_start", Outcome: engine.Exited, Exit: uint32(cmd.ProcessState.ExitCode())}}}, dir)
}

func side(t *testing.T, name string, f engine.Features, r *engine.Result, dir string) compare.Side {
	t.Helper()
	snap, err := tree.Snap(filepath.Dir(dir))
	if err != nil {
		t.Fatal(err)
	}
	return compare.Side{Engine: name, Features: f, Result: r, Tree: snap, NoState: true}
}

// check fails the test unless all sides agree to the end.
func check(t *testing.T, sides []compare.Side) {
	t.Helper()
	v := compare.Judge(sides, nil, 2*time.Minute)
	for i, reason := range v.Skipped {
		if reason != "" {
			t.Errorf("%s was not compared: %s: %s", sides[i].Engine, reason, sides[i].Result.Message)
		}
	}
	for _, row := range v.Rows {
		for i, text := range row.Texts {
			t.Errorf("%s: %s: %s", row.Where, sides[i].Engine, text)
		}
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPrograms runs a real program that reads a tree, sorts, hashes and writes files, with arguments, environment, input and
// an exit status, on all engines that a Go program can use, and natively: all must do the same. Wasmer 2.0 is left out:
// it ends the names of preopened folders with a zero byte, so that a Go program finds none of its files.
func TestPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("compilers take some ten seconds for a Go program; left out with -short")
	}
	module, exe, files := guest(t), build(t, runtime.GOOS, runtime.GOARCH), template(t)
	p := &program{args: []string{"all", "DIR", "an argument", "", "ünïcode"}, env: []string{"TEST_B=two words", "TEST_A=1=1"},
		stdin: "first line\nthe second\n\nlast without an end"}
	sides := []compare.Side{p.natively(t, exe, files)}
	for _, e := range open(t, "touchstone", "wasmtime", "wazero", "wazero-interp") {
		sides = append(sides, p.on(t, e, module, files))
	}
	check(t, sides)
	native := sides[0].Result
	if native.Calls[0].Exit != 37 || !bytes.Contains(native.Stdout, []byte("6 files, 39649 bytes")) {
		t.Errorf("the program did not do its work: status %d\n%s%s", native.Calls[0].Exit, native.Stdout, native.Stderr)
	}
}

// TestPanic compares how a Go program dies. The words on stderr hold addresses of the native program, so that this
// one is no judge of them.
func TestPanic(t *testing.T) {
	module := guest(t)
	p := &program{args: []string{"panic", "x"}}
	var sides []compare.Side
	for _, e := range open(t, "touchstone", "wazero-interp") {
		sides = append(sides, p.on(t, e, module, ""))
	}
	check(t, sides)
	r := sides[0].Result
	if r.Calls[0].Exit != 2 || string(r.Stdout) != "deferred\n" || !bytes.Contains(r.Stderr, []byte("assignment to entry in nil map")) {
		t.Errorf("status %d\n%s%s", r.Calls[0].Exit, r.Stdout, r.Stderr)
	}
}

// errnos are the numbers by which WASI calls errors, as far as they occur here.
var errnos = map[string]string{
	"0": "success", "8": "badf", "20": "exist", "28": "inval", "31": "isdir", "32": "loop", "37": "nametoolong", "44": "noent",
	"54": "notdir", "55": "notempty", "63": "perm", "76": "notcapable",
}

// explained are the attempts of the task "errors" on which engines differ, each engine's answer where it is not touchstone's,
// and why that is no error of ours. An entry that no longer differs fails the test.
var explained = map[string]struct {
	others map[string]string
	why    string
}{
	"read folder": {map[string]string{"wasmtime": "badf"},
		"read(2) says EISDIR, which touchstone and wazero pass on; wasmtime knows no reading of folder descriptors at all"},
	"link out by dots":  {leaves("success"), linkOut},
	"link out absolute": {leaves("success"), linkOut},
	"link out below":    {leaves("noent"), linkOut},
}

// leaves are the answers to a symbolic link that leads out of the preopened folder, given what wazero finds there.
func leaves(outside string) map[string]string {
	return map[string]string{"wasmtime": "perm", "wazero-interp": outside}
}

const linkOut = "touchstone and wasmtime both refuse, WASI has a number for it (notcapable), which wasmtime does not use; " +
	"wazero follows the link out of the folder, because its folders are no sandbox"

// TestErrors compares the error numbers of what must fail. WASI preview 1 does not say which number an error has, so that
// each difference needs an explanation.
func TestErrors(t *testing.T) {
	if testing.Short() {
		t.Skip("compilers take some ten seconds for a Go program; left out with -short")
	}
	module, files := guest(t), template(t)
	p := &program{args: []string{"errors", "DIR"}}
	numbers := map[string]map[string]string{}
	var attempts, names []string
	for _, e := range open(t, "touchstone", "wasmtime", "wazero-interp") {
		s := p.on(t, e, module, files)
		names = append(names, e.Name())
		for line := range strings.Lines(string(s.Result.Stdout)) {
			attempt, number, _ := strings.Cut(strings.TrimSpace(line), ": ")
			if numbers[attempt] == nil {
				numbers[attempt] = map[string]string{}
				attempts = append(attempts, attempt)
			}
			if errnos[number] == "" {
				t.Errorf("%s: %s: number %s has no name here", e.Name(), attempt, number)
			}
			numbers[attempt][e.Name()] = errnos[number]
		}
		if s.Result.Calls[0].Exit != 0 || len(s.Result.Stderr) > 0 {
			t.Errorf("%s: status %d, stderr %q", e.Name(), s.Result.Calls[0].Exit, s.Result.Stderr)
		}
	}
	if len(attempts) < 25 {
		t.Fatalf("only %d attempts: %q", len(attempts), attempts)
	}
	for attempt, e := range explained {
		t.Logf("%s differs: %s", attempt, e.why)
	}
	for _, attempt := range attempts {
		ours := numbers[attempt][names[0]]
		for _, name := range names[1:] {
			want := ours
			if other, ok := explained[attempt].others[name]; ok {
				want = other
				if want == ours {
					t.Errorf("%s: %s is explained but does not differ", attempt, name)
				}
			}
			if got := numbers[attempt][name]; got != want {
				t.Errorf("%s: %s says %s, %s says %s (expected %s)", attempt, names[0], ours, name, got, want)
			}
		}
	}
	for attempt := range explained {
		if !slices.Contains(attempts, attempt) {
			t.Errorf("%s is explained but not attempted", attempt)
		}
	}
}
