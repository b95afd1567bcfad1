package worker_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/wazero"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

// spec is the worker that needs no C compiler.
func spec() worker.Spec {
	return worker.Spec{
		Name:     wazero.Interpreter,
		Package:  "github.com/touchstone-wasm/touchstone/differential/engine/wazero/worker",
		Args:     []string{wazero.Interpreter},
		Recycle:  100,
		Identity: worker.Identity{true, false},
	}
}

func TestOtherEngineIsRefused(t *testing.T) {
	s := spec()
	s.Identity = worker.Identity{true, true}
	if _, err := worker.Open(context.Background(), s); err == nil || !strings.Contains(err.Error(), "another engine") {
		t.Errorf("error %v", err)
	}
	s = spec()
	s.Args = []string{wazero.Compiler}
	if _, err := worker.Open(context.Background(), s); err == nil || !strings.Contains(err.Error(), "another engine") {
		t.Errorf("error %v", err)
	}
}

func TestUnavailable(t *testing.T) {
	cgo := spec()
	cgo.Cgo = true
	for _, c := range []struct {
		name, want string
		spec       worker.Spec
		env        map[string]string
	}{
		{"no C compiler", "needs a C compiler", cgo, map[string]string{"CC": "no-such-compiler -O2"}},
		{"no go command", "needs the go command", spec(), map[string]string{"PATH": t.TempDir()}},
		{"prebuilt missing", "names no program", spec(), map[string]string{worker.Variable(wazero.Interpreter): filepath.Join(t.TempDir(), "x")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			_, err := worker.Open(context.Background(), c.spec)
			var unavailable *engine.Unavailable
			if !errors.As(err, &unavailable) || !strings.Contains(unavailable.Reason, c.want) || unavailable.Engine != wazero.Interpreter {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// TestBrokenWorkers starts programs that are no workers.
func TestBrokenWorkers(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"ends at once", "echo sorry >&2; exit 3", "sorry"},
		{"complains and goes on", "echo the reason >&2; yes other words | head -n 5000 >&2; exit 3", "the reason"},
		{"talks before its end", "yes other words | head -n 5000 >&2; echo the reason >&2; exit 3", "the reason"},
		{"says nonsense", "echo nonsense nonsense", "no greeting"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "worker")
			if err := os.WriteFile(path, []byte("#!/bin/sh\n"+c.script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			t.Setenv(worker.Variable(wazero.Interpreter), path)
			if _, err := worker.Open(context.Background(), spec()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// TestPrebuilt uses a worker that the environment names, from a directory outside of the module.
func TestPrebuilt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "worker")
	cmd := exec.Command("go", "build", "-o", path, spec().Package)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Setenv(worker.Variable(wazero.Interpreter), path)
	t.Chdir(t.TempDir())
	e, err := worker.Open(context.Background(), spec())
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if err := e.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}
