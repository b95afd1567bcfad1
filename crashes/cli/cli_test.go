package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/finding"
	"github.com/touchstone-wasm/touchstone/differential/session"
)

// fake is an engine that takes every module to the same stage.
type fake struct {
	engine.Engine
	name  string
	stage engine.Stage
}

func (e *fake) Name() string            { return e.name }
func (*fake) Version() string           { return "1.0" }
func (*fake) Features() engine.Features { return engine.Features{} }
func (*fake) Close() error              { return nil }

func (e *fake) Run(context.Context, *engine.Job) (*engine.Result, error) {
	return &engine.Result{Stage: e.stage}, nil
}

// newApp returns an App with the engines "good", "odd" and one that this machine lacks.
func newApp(t *testing.T, odd engine.Stage) (a *App, stdout, stderr *bytes.Buffer) {
	open := func(name string, stage engine.Stage) session.Candidate {
		return session.Candidate{Name: name, Open: func(context.Context) (engine.Engine, error) {
			return &fake{name: name, stage: stage}, nil
		}}
	}
	missing := session.Candidate{Name: "missing", Open: func(context.Context) (engine.Engine, error) {
		return nil, &engine.Unavailable{Engine: "missing", Reason: "needs a C compiler"}
	}}
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	return &App{
		Root:    filepath.Join(t.TempDir(), "found"),
		Engines: []session.Candidate{open("good", engine.StageRun), open("odd", odd), missing},
		Stdout:  stdout, Stderr: stderr,
	}, stdout, stderr
}

func expect(t *testing.T, got, want int, stdout, stderr *bytes.Buffer, parts ...string) {
	t.Helper()
	if got != want {
		t.Errorf("status %d, want %d; stderr %q", got, want, stderr)
	}
	for _, part := range parts {
		if !strings.Contains(stdout.String(), part) && !strings.Contains(stderr.String(), part) {
			t.Errorf("%q is not in stdout %q nor in stderr %q", part, stdout, stderr)
		}
	}
	stdout.Reset()
	stderr.Reset()
}

// TestLife: a finding is added, listed, shown and replayed, and the replay notices that an engine changed.
func TestLife(t *testing.T) {
	a, out, errs := newApp(t, engine.StageRejected)
	module := []byte("\x00asm\x01\x00\x00\x00")
	file := filepath.Join(t.TempDir(), "module.wasm")
	if err := os.WriteFile(file, module, 0o644); err != nil {
		t.Fatal(err)
	}
	id := finding.ModuleID(module)

	expect(t, a.Main(t.Context(), nil), statusOK, out, errs, "no findings")
	expect(t, a.Main(t.Context(), []string{"add", "-title", "odd refuses it", "-wrong", "odd", file}), statusOK, out, errs,
		id, "odd 1.0\n    instantiation: rejected", "skipped: engine missing", "go run ./differential")
	expect(t, a.Main(t.Context(), nil), statusOK, out, errs, id, "odd refuses it", "TITLE")
	expect(t, a.Main(t.Context(), []string{"show", id[:5]}), statusOK, out, errs, "odd refuses it")
	expect(t, a.Main(t.Context(), []string{"replay"}), statusOK, out, errs, "1 of 1 replayed in 6 runs: 0 changed, 0 flaky")
	// Another module of the same bucket is the same defect.
	if err := os.WriteFile(file, append(module, 0, 2, 1, 'n'), 0o644); err != nil {
		t.Fatal(err)
	}
	expect(t, a.Main(t.Context(), []string{"add", "-title", "again", file}), statusOK, out, errs, "not kept: "+id)
	for _, format := range []string{"md", "json", "junit", "sarif"} {
		expect(t, a.Main(t.Context(), []string{"report", id, "-format", format}), statusOK, out, errs, "odd refuses it")
	}
	expect(t, a.Main(t.Context(), []string{"close", id, "-as", "foreign"}), statusFailure, out, errs, "needs a note")
	expect(t, a.Main(t.Context(), []string{"close", id, "-as", "foreign", "-note", "section 1"}), statusOK, out, errs, "is foreign")
	expect(t, a.Main(t.Context(), []string{"list"}), statusOK, out, errs, "foreign")

	b, out, errs := newApp(t, engine.StageRun)
	expect(t, b.Main(t.Context(), []string{"-root", a.Root, "replay", id}), statusFinding, out, errs,
		"CHANGED  "+id, `odd: was "instantiation: rejected", is "instantiation: instantiated"`,
		"1 of 1 replayed in 6 runs: 1 changed")
	expect(t, b.Main(t.Context(), []string{"-root", a.Root, "close", "-as", "fixed", id}), statusOK, out, errs, "is fixed")
	expect(t, b.Main(t.Context(), []string{"-root", a.Root, "replay"}), statusOK, out, errs, "0 changed")
}

func TestUsage(t *testing.T) {
	a, out, errs := newApp(t, engine.StageRun)
	for _, args := range [][]string{
		{"frobnicate"}, {"-colour"}, {"list", "more"}, {"show"}, {"show", "000"}, {"replay", "000"},
		{"close"}, {"close", "-as", "odd", "000"}, {"report"}, {"report", "000"}, {"report", "all", "-format", "pdf"}, {"report", "a", "b"},
		{"replay", "-times", "0"}, {"min"}, {"min", "none"}, {"add", "-target", "FuzzNothing", os.Args[0]}, {"add", filepath.Dir(os.Args[0])},
		{"add"}, {"add", "-engines", "abacus", os.Args[0]}, {"add", "-title", "x", filepath.Join(a.Root, "none")},
	} {
		if status := a.Main(t.Context(), args); status != statusFailure || out.Len() > 0 || errs.Len() == 0 {
			t.Errorf("%q: status %d, stdout %q, stderr %q", args, status, out, errs)
		}
		errs.Reset()
	}
	for _, args := range [][]string{{"-h"}, {"add", "-h"}, {"min", "-h"}, {"close", "-h"}, {"report", "-h"}, {"replay", "-h"}, {"show", "-h"}, {"list", "-h"}} {
		if status := a.Main(t.Context(), args); status != statusOK || !strings.Contains(out.String(), "usage:") || errs.Len() > 0 {
			t.Errorf("%q: status %d, stdout %q, stderr %q", args, status, out, errs)
		}
		out.Reset()
	}
}

// TestListShowsBroken: a folder that cannot be read is an error, after the table of the others.
func TestListShowsBroken(t *testing.T) {
	a, out, errs := newApp(t, engine.StageRun)
	dir := filepath.Join(a.Root, "000000000000")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	header, err := json.Marshal(map[string]string{"title": "two\nlines"})
	if err == nil {
		err = errors.Join(os.WriteFile(filepath.Join(dir, finding.HeaderFile), header, 0o644),
			os.WriteFile(filepath.Join(dir, finding.ModuleFile), nil, 0o644))
	}
	if err != nil {
		t.Fatal(err)
	}
	expect(t, a.Main(t.Context(), nil), statusFailure, out, errs, "the title must be one line")
}

// TestMin: a finding is reduced as long as the engines differ as before, and a file as long as a command says so; a reduction that was
// interrupted goes on.
func TestMin(t *testing.T) {
	a, out, errs := newApp(t, engine.StageRejected)
	dir := t.TempDir()
	file := filepath.Join(dir, "module.wasm")
	large := []byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x00\x05\x01nabc") // a type, and a custom section
	if err := os.WriteFile(file, large, 0o644); err != nil {
		t.Fatal(err)
	}
	expect(t, a.Main(t.Context(), []string{"add", "-title", "odd refuses it", "-wrong", "odd", file}), statusOK, out, errs)
	result := filepath.Join(dir, "out.wasm")
	expect(t, a.Main(t.Context(), []string{"min", "-o", result, "-j", "2", finding.ModuleID(large)}), statusOK, out, errs,
		"keeping: divergence | good, odd | instantiation | instantiated, rejected | - | -",
		result+": 8 bytes, from 21;", "nothing more is found")

	expect(t, a.Main(t.Context(), []string{"min", finding.ModuleID(large)}), statusOK, out, errs, "8 bytes, from 21;")
	f, err := finding.Load(filepath.Join(a.Root, finding.ModuleID(large)))
	if err != nil || len(f.Module) != 8 || !bytes.Equal(f.Original, large) {
		t.Errorf("the finding is not reduced: %+v, %v", f, err)
	}
	text, state := filepath.Join(dir, "text"), filepath.Join(dir, "state")
	if err := os.WriteFile(text, []byte("a long text with a needle in it"), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"min", "-predicate", "grep -q needle", "-o", result, "-state", state, text}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	status := a.Main(ctx, args)
	t.Logf("interrupted: %d, %s", status, out)
	out.Reset()
	expect(t, a.Main(t.Context(), args), statusOK, out, errs, "6 bytes, from 31;")
	if got, err := os.ReadFile(result); err != nil || string(got) != "needle" {
		t.Errorf("%q, %v", got, err)
	}
	expect(t, a.Main(t.Context(), []string{"min", "-predicate", "false", text}), statusFailure, out, errs, "the predicate does not hold for the input")
	expect(t, a.Main(t.Context(), []string{"min", "-predicate", "/no/such/command", text}), statusFailure, out, errs, "the predicate cannot be run")
}

// TestMove: a folder that a session left is moved, and only once.
func TestMove(t *testing.T) {
	a, out, errs := newApp(t, engine.StageRejected)
	kept := a.Root
	a.Root = filepath.Join(t.TempDir(), "out")
	file := filepath.Join(t.TempDir(), "module.wasm")
	module := []byte("\x00asm\x01\x00\x00\x00")
	if err := os.WriteFile(file, module, 0o644); err != nil {
		t.Fatal(err)
	}
	expect(t, a.Main(t.Context(), []string{"add", "-title", "odd refuses it", file}), statusOK, out, errs)
	folder := filepath.Join(a.Root, finding.ModuleID(module))
	a.Root = kept
	expect(t, a.Main(t.Context(), []string{"add", folder}), statusOK, out, errs, "odd refuses it")
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
	if _, err := finding.Load(filepath.Join(kept, finding.ModuleID(module))); err != nil {
		t.Error(err)
	}
	expect(t, a.Main(t.Context(), []string{"add", filepath.Join(kept, finding.ModuleID(module))}), statusOK, out, errs, "odd refuses it")
	if list, err := finding.List(kept); err != nil || len(list) != 1 {
		t.Errorf("adding a folder to where it is gives %d findings, %v", len(list), err)
	}
}
