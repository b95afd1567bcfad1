package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"

	"github.com/touchstone-wasm/touchstone/differential/cli"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/session"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestMain makes the command, with engines that need no worker, available to the scripts; also as one whose disk is full.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"differential": main, "differential-full": func() {
		signal.Ignore(syscall.SIGXFSZ)
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 100, Max: 100}); err != nil {
			panic(err)
		}
		main()
	}})
}

func main() {
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(app(os.Stdout, os.Stderr).Main(ctx, os.Args[1:]))
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

// app has two honest engines and one of each kind that is not.
func app(stdout, stderr interface{ Write([]byte) (int, error) }) *cli.App {
	returns := func(job *engine.Job, add uint64) *engine.Result {
		r := &engine.Result{Stage: engine.StageRun, Calls: []engine.CallResult{{Export: "f", Outcome: engine.Returned,
			Values: []engine.Value{{Type: wasm.I32, Bits: uint64(last(job)) + add}}}}}
		if job.WASI != nil {
			r.Stdout = fmt.Appendf(nil, "%q %q %q", job.WASI.Args, job.WASI.Env, job.WASI.Stdin)
		}
		return r
	}
	engines := map[string]func(job *engine.Job) *engine.Result{
		"alpha": func(job *engine.Job) *engine.Result { return returns(job, 0) },
		"beta":  func(job *engine.Job) *engine.Result { return returns(job, 0) },
		"liar": func(job *engine.Job) *engine.Result {
			if job.WASI != nil || last(job)%8 == 0 {
				return returns(job, 1000)
			}
			return returns(job, 0)
		},
		"crasher": func(*engine.Job) *engine.Result {
			return &engine.Result{Stage: engine.StageCrash, Message: "signal: segmentation fault"}
		},
		"slow": func(job *engine.Job) *engine.Result { time.Sleep(20 * time.Millisecond); return returns(job, 0) },
	}
	a := &cli.App{Stdout: stdout, Stderr: stderr}
	for _, name := range []string{"alpha", "beta", "liar", "crasher", "slow"} {
		a.Engines = append(a.Engines, session.Candidate{Name: name, Open: func(context.Context) (engine.Engine, error) {
			return fake{name, engines[name]}, nil
		}})
	}
	a.Engines = append(a.Engines,
		session.Candidate{Name: "absent", Open: func(context.Context) (engine.Engine, error) {
			return nil, &engine.Unavailable{Engine: "absent", Reason: "needs a C compiler"}
		}},
		session.Candidate{Name: "broken", Open: func(context.Context) (engine.Engine, error) {
			return nil, errors.New("the worker does not build")
		}})
	a.Generate = func(tape []byte, _ module.Options) ([]byte, error) {
		return append([]byte("\x00asm\x01\x00\x00\x00\x00\x03\x01a"), tape[0]), nil
	}
	return a
}

// last returns the byte in which the modules differ: the last one, even if something was added to the module.
func last(job *engine.Job) byte {
	if m, err := wasm.Decode(job.Module); err == nil && len(m.Customs) > 0 {
		return m.Customs[0].Data[0]
	}
	return job.Module[len(job.Module)-1]
}

type fake struct {
	name string
	run  func(*engine.Job) *engine.Result
}

func (f fake) Name() string              { return f.name }
func (f fake) Version() string           { return "1.0" }
func (f fake) Features() engine.Features { return engine.Features{WASI: true} }
func (f fake) Close() error              { return nil }

func (f fake) Run(_ context.Context, job *engine.Job) (*engine.Result, error) { return f.run(job), nil }

// TestSummary holds the summary to the fields that other programs read.
func TestSummary(t *testing.T) {
	var out, progress bytes.Buffer
	code := app(&out, &progress).Main(context.Background(), []string{"-json", "-n", "40", "-seed", "5", "-out", t.TempDir(), "-engines", "alpha,beta,liar"})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var summary map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &summary); err != nil {
		t.Fatal(err)
	}
	divergences := len(lines) - 1
	want := map[string]any{
		"engines": []any{
			map[string]any{"name": "alpha", "version": "1.0"},
			map[string]any{"name": "beta", "version": "1.0"},
			map[string]any{"name": "liar", "version": "1.0"},
		},
		"modules": 40.0, "compared": 40.0, "skipped": map[string]any{}, "divergences": float64(divergences),
		"known": 0.0, "unexplained": float64(divergences), "seed": 5.0,
	}
	if diff := cmp.Diff(want, summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	if code != 1 || divergences == 0 {
		t.Errorf("exit status %d with %d divergences", code, divergences)
	}
	for _, line := range lines[:divergences] {
		var finding struct {
			Kind, ID, Module, Again, Saved string
			Groups                         [][]string
		}
		if err := json.Unmarshal([]byte(line), &finding); err != nil {
			t.Fatal(err)
		}
		if finding.Kind != "divergence" || !slices.Equal(finding.Groups[0], []string{"alpha", "beta"}) || finding.Again == "" {
			t.Errorf("got %s", line)
		}
		for _, file := range []string{"module.wasm", "results.json", "difference.txt", "README.md"} {
			if _, err := os.Stat(filepath.Join(finding.Saved, file)); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestAgainShowsTheSame follows the reproduce command of a finding.
func TestAgainShowsTheSame(t *testing.T) {
	var first bytes.Buffer
	args := []string{"-n", "40", "-seed", "5", "-out", t.TempDir(), "-engines", "alpha,beta,liar"}
	app(&first, &bytes.Buffer{}).Main(context.Background(), args)
	finding, _, _ := strings.Cut(first.String(), "\n\n")
	again := regexp.MustCompile(`again +go run \S+/differential (.*)`).FindStringSubmatch(finding)
	if again == nil {
		t.Fatalf("no command in:\n%s", finding)
	}
	var second bytes.Buffer
	if code := app(&second, &bytes.Buffer{}).Main(context.Background(), append(strings.Fields(again[1]), "-out", "")); code != 1 {
		t.Errorf("exit status %d", code)
	}
	drop := regexp.MustCompile(`(?m)^  saved .*\n`)
	got, _, _ := strings.Cut(second.String(), "\n\n")
	if want := drop.ReplaceAllString(finding, ""); got != want {
		t.Errorf("first:\n%s\nagain:\n%s", want, got)
	}
}

// TestFeatures asks for features and a mode; the command that shows a finding again asks for the same.
func TestFeatures(t *testing.T) {
	var stdout, stderr bytes.Buffer
	a := app(&stdout, &stderr)
	generate, asked := a.Generate, module.Options{}
	a.Generate = func(tape []byte, opts module.Options) ([]byte, error) {
		asked = opts
		return generate(tape, opts)
	}
	args := []string{"-n", "50", "-seed", "1", "-engines", "alpha,liar", "-features", "simd,tail-call", "-mode", "edge", "-out", t.TempDir()}
	if status := a.Main(t.Context(), args); status != 1 || asked.Features != wasm.Features(wasm.SIMD, wasm.TailCall) || asked.Mode != module.Edge {
		t.Errorf("status %d, asked for %+v\n%s", status, asked, stderr.String())
	}
	if !strings.Contains(stdout.String(), "-features simd,tail-call -mode edge -seed 1 -only") {
		t.Errorf("the features are not in the command:\n%s", stdout.String())
	}
	if status := a.Main(t.Context(), []string{"-n", "1", "-mode", "sharp"}); status != 2 {
		t.Errorf("-mode sharp: status %d", status)
	}
	for _, wrong := range []string{"", "simd,", "mvp", "SIMD"} {
		if status := a.Main(t.Context(), []string{"-n", "1", "-features", wrong}); status != 2 {
			t.Errorf("-features %q: status %d", wrong, status)
		}
	}
}

func TestInterruptPrintsTheSummary(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(100*time.Millisecond, cancel)
	var out, progress bytes.Buffer
	if code := app(&out, &progress).Main(ctx, []string{"-time", "1h", "-engines", "alpha,slow"}); code != 0 {
		t.Errorf("exit status %d: %s", code, progress.String())
	}
	if !strings.Contains(out.String(), "0 divergences") || !strings.Contains(progress.String(), "interrupted") {
		t.Errorf("stdout:\n%s\nstderr:\n%s", out.String(), progress.String())
	}
}

// brokenPipe is a stdout whose reader has gone.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }

func TestReaderThatGoesAway(t *testing.T) {
	var progress bytes.Buffer
	if code := app(brokenPipe{}, &progress).Main(context.Background(), []string{"-n", "3", "-engines", "alpha,beta"}); code != 2 {
		t.Errorf("exit status %d", code)
	}
	if strings.Contains(progress.String(), "pipe") {
		t.Errorf("stderr: %s", progress.String())
	}
}
