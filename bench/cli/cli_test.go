package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
	"github.com/touchstone-wasm/touchstone/differential/engine/commandline"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

func run(t *testing.T, ctx context.Context, app *App, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	app.Stdout, app.Stderr = &out, &errs
	status = app.Main(ctx, args)
	return status, out.String(), errs.String()
}

// fake is an engine that adds what it is told to the argument plus one.
type fake struct {
	name  string
	wrong uint32
	err   error
}

func (f *fake) Name() string                                  { return f.name }
func (f *fake) Version() string                               { return "1.2" }
func (f *fake) Resolution() time.Duration                     { return time.Microsecond }
func (f *fake) Prepare(context.Context, *timing.Kernel) error { return f.err }
func (f *fake) Close() error                                  { return nil }

func (f *fake) Time(ctx context.Context, b timing.Batch) (timing.Sample, error) {
	return timing.Sample{Result: b.Arg + 1 + f.wrong, CPU: time.Duration(b.Calls) * time.Microsecond}, ctx.Err()
}

// fakes returns a command with three engines, of which two can run, and two suites.
func fakes(engines ...*fake) *App {
	app := new(App)
	for _, f := range engines {
		app.Engines = append(app.Engines, all.Entry{Name: f.name, OpenTimer: func(context.Context) (timing.Timer, error) { return f, nil }})
	}
	app.Engines = append(app.Engines,
		all.Entry{Name: "rusty", OpenTimer: func(context.Context) (timing.Timer, error) {
			return nil, &engine.Unavailable{Engine: "rusty", Reason: "needs oil"}
		}},
		all.Entry{Name: "away-cli", OpenTimer: func(context.Context) (timing.Timer, error) {
			return nil, &engine.Unavailable{Engine: "away-cli", Reason: "not installed", Err: &commandline.NotFound{Program: "away"}}
		}})
	next := func(name string) workload.Workload {
		return workload.Workload{Name: name, Doc: "adds one", Arg: 41, Small: 1, Module: func() []byte { return nil },
			Reference: func(arg uint32) uint32 { return arg + 1 }}
	}
	suites := []workload.Suite{
		{Name: "red", Doc: "red ones", Workloads: []workload.Workload{next("one"), next("two")}},
		{Name: "blue", Doc: "blue ones", Workloads: []workload.Workload{next("one")}},
		{Name: "rare", Doc: "for those who ask", Workloads: []workload.Workload{next("one")}, ByName: true},
		{Name: "some", Doc: "a selection", Workloads: []workload.Workload{next("one"), next("two")}, Selected: []string{}},
	}
	app.Suites = func(workload.Sources) []workload.Suite { return suites }
	return app
}

func TestHelpAndUsage(t *testing.T) {
	app := fakes(&fake{name: "a"})
	status, out, errs := run(t, t.Context(), app, "red", "-h")
	if status != statusOK || errs != "" {
		t.Errorf("-h: status %d, stderr %q", status, errs)
	}
	for _, want := range []string{"rusty", "red/two", "blue ones", "-engines", "-short"} {
		if !strings.Contains(out, want) {
			t.Errorf("-h lacks %q", want)
		}
	}
	for want, args := range map[string][]string{
		"-frobnicate":       {"red", "-frobnicate"},
		"at least one":      {"-n", "0"},
		"there are a, ru":   {"-engines", "abacus"},
		"named twice":       {"-engines", "a,a"},
		"suites are: red,":  {"red/three"},
		"invalid value \"x": {"-n", "x"},
		"missing closing":   {"-run", "("},
		"no workload":       {"-run", "green"},
		"no such file":      {"-o", "/nowhere/at/all"},
		"no engine that":    {"-engines", "rusty,away-cli"},
		"how to run the":    {"-arg", "x"},
		"-program: open":    {"-program", "/nowhere/at/all"},
	} {
		if status, out, errs := run(t, t.Context(), app, args...); status != statusFailure || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%q: status %d, stdout %q, stderr %q, want %q", args, status, out, errs, want)
		}
	}
}

func TestSelection(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "red/one red/two blue/one"},
		{[]string{"blue"}, "blue/one"},
		{[]string{"-n", "3", "blue", "-n", "1", "red/two"}, "red/two blue/one"},
		{[]string{"-run", "one$"}, "red/one blue/one"},
		{[]string{"red", "-run", "one$"}, "red/one"},
		{[]string{"rare"}, "rare/one"},
		{[]string{"all"}, "red/one red/two blue/one rare/one some/one some/two"},
	} {
		status, _, errs := run(t, t.Context(), fakes(&fake{name: "a"}), c.args...)
		var got []string
		for _, m := range regexp.MustCompile(`(?m)^bench: (\S+/\S+): `).FindAllStringSubmatch(errs, -1) {
			got = append(got, m[1])
		}
		if status != statusOK || strings.Join(got, " ") != c.want {
			t.Errorf("%q: status %d, measured %q, want %q", c.args, status, got, c.want)
		}
	}
}

// TestEngines: who is absent is named, with the reason if it was asked for.
func TestEngines(t *testing.T) {
	app := fakes(&fake{name: "b"}, &fake{name: "a"})
	_, out, errs := run(t, t.Context(), app)
	if !strings.Contains(errs, "rusty is unavailable: needs oil") || !strings.Contains(errs, "left out: away\n") || !strings.Contains(out, "b 1.2, a 1.2\n") {
		t.Errorf("stdout %q, stderr %q", out, errs)
	}
	status, out, errs := run(t, t.Context(), app, "-engines", "a,away-cli")
	if status != statusOK || !strings.Contains(errs, "away-cli is unavailable: not installed: there is no away on PATH") || !strings.Contains(out, "engines  a 1.2\n") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, errs)
	}
}

// TestFailures: an engine that cannot run a workload does not end the run; one that computes something wrong is a finding.
func TestFailures(t *testing.T) {
	status, out, _ := run(t, t.Context(), fakes(&fake{name: "good"}, &fake{name: "lame", err: errors.New("lacks a leg")}), "blue")
	if status != statusOK || !strings.Contains(out, "lame: lacks a leg") || !strings.Contains(out, "good") {
		t.Errorf("status %d, stdout %q", status, out)
	}
	status, out, _ = run(t, t.Context(), fakes(&fake{name: "good"}, &fake{name: "bad", wrong: 1}), "blue")
	if status != statusFinding || !strings.Contains(out, "bad: wrong result: run(41) = 43, want 42") {
		t.Errorf("status %d, stdout %q", status, out)
	}
}

// TestFiles: what -o wrote is compared, and -html writes a page.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	samples, page := filepath.Join(dir, "samples.txt"), filepath.Join(dir, "report.html")
	app := fakes(&fake{name: "a"})
	status, out, errs := run(t, t.Context(), app, "blue", "-o", samples, "-html", page, "-md")
	if status != statusOK || !strings.Contains(out, "report   "+page) || !strings.Contains(out, "| one ") {
		t.Fatalf("status %d, stdout %q, stderr %q", status, out, errs)
	}
	if text, err := os.ReadFile(page); err != nil || !strings.Contains(string(text), "</html>") {
		t.Errorf("the page: %v", err)
	}
	status, out, errs = run(t, t.Context(), app, "-compare", samples, samples)
	if status != statusOK || !strings.Contains(out, "Blue/name=one/engine=a") || !strings.Contains(out, "1.00~") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, errs)
	}
	for _, args := range [][]string{{"-compare", samples}, {"-compare", samples, filepath.Join(dir, "none")}, {"blue", "-html", filepath.Join(dir, "no", "page")}, {"-n", "0"}} {
		if status, _, errs := run(t, t.Context(), app, args...); status != statusFailure || errs == "" {
			t.Errorf("%q: status %d, stderr %q", args, status, errs)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	app := fakes(&fake{name: "a"})
	suites := app.Suites(workload.Sources{})
	last := suites[1].Workloads[0].Reference
	suites[1].Workloads[0].Reference = func(arg uint32) uint32 { cancel(); return last(arg) }
	status, out, errs := run(t, ctx, app)
	if status != statusFailure || !strings.Contains(errs, "interrupted") || !strings.Contains(out, "two") || strings.Contains(out, "blue: ") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, errs)
	}
}

// TestAllEngines runs every workload on every engine that there is; it checks that all works, and no figure.
func TestAllEngines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "samples.txt")
	app := &App{Engines: all.Timed(), Suites: workload.Suites}
	status, out, errs := run(t, t.Context(), app, "-short", "-n", "2", "-o", file)
	t.Log("\n" + out + errs)
	if status != statusOK {
		t.Fatalf("status %d", status)
	}
	for _, want := range []string{"touchstone", "geomean of ", "minimum", "samples  " + file} {
		if !strings.Contains(out, want) {
			t.Errorf("stdout lacks %q", want)
		}
	}
	// Commands may lack what a kernel needs; workers must run them all.
	if m := regexp.MustCompile(`(?m)^\[\d+\] .*touchstone.*$`).FindString(out); m != "" {
		t.Error(m)
	}
	samples, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^BenchmarkKernels/name=\w+/engine=touchstone 1 \S+ ns/op$`)
	if n, want := len(line.FindAll(samples, -1)), 2*len(workload.Suites(workload.Sources{})[0].Workloads); n != want {
		t.Errorf("%d samples of touchstone, want %d:\n%s", n, want, samples)
	}
}
