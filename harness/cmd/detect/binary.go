package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	harness    = "github.com/touchstone-wasm/touchstone/harness"
	executable = "harness.test"
)

// binary is the test binary of the harness with all planted bugs in it, in a directory of its own.
type binary struct {
	dir     string   // holds it, the regressions of the harness, and whatever the targets write
	folder  string   // the folder of the harness
	general []string // targets that are not for a single hostcall
}

// build builds the binary. Its directory is on a file system in memory if there is one, since the sandboxes of hostcalls are there, too.
func build(ctx context.Context) (*binary, error) {
	parent := os.Getenv("TMPDIR")
	if parent == "" {
		if _, err := os.Stat("/dev/shm"); err == nil { // Linux
			parent = "/dev/shm"
		}
	}
	dir, err := os.MkdirTemp(parent, "touchstone-detect-")
	if err != nil {
		return nil, err
	}
	b := &binary{dir: dir}
	if err := b.make(ctx); err != nil {
		return nil, errors.Join(err, b.remove())
	}
	return b, nil
}

func (b *binary) remove() error { return os.RemoveAll(b.dir) }

func (b *binary) make(ctx context.Context) error {
	where, err := command(ctx, "go", "list", "-f", "{{.Dir}}", harness)
	if err != nil {
		return err
	}
	b.folder = strings.TrimSpace(where)
	if _, err := command(ctx, "go", "test", "-c", "-tags", "planted", "-fuzz", ".", "-o", filepath.Join(b.dir, executable), harness); err != nil {
		return err
	}
	return b.targets()
}

// declared finds targets in Go files.
var declared = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(f \*testing\.F\)`)

// targets finds the targets that are not for a single hostcall: those are in a generated file.
func (b *binary) targets() error {
	files, err := filepath.Glob(filepath.Join(b.folder, "*_test.go"))
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if bytes.HasPrefix(text, []byte("// Code generated ")) {
			continue
		}
		for _, m := range declared.FindAllSubmatch(text, -1) {
			b.general = append(b.general, string(m[1]))
		}
	}
	if len(b.general) == 0 {
		return fmt.Errorf("there is no fuzz target in %s", b.folder)
	}
	slices.Sort(b.general)
	return nil
}

// command runs a command and returns what it writes to stdout.
func command(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return string(out), nil
}
