package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/touchstone-wasm/touchstone/harness"
)

const (
	tested     = "github.com/touchstone-wasm/touchstone/harness"
	executable = "harness.test"
)

// binary is the test binary of the harness with all planted bugs in it, in a directory of its own.
type binary struct {
	dir    string // holds it, the regressions of the harness, and whatever the targets write
	folder string // the folder of the harness
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
	where, err := command(ctx, "go", "list", "-f", "{{.Dir}}", tested)
	if err != nil {
		return err
	}
	b.folder = strings.TrimSpace(where)
	_, err = command(ctx, "go", "test", "-c", "-tags", "planted", "-fuzz", ".", "-o", filepath.Join(b.dir, executable), tested)
	return err
}

// general returns the names of the targets that are not for a single hostcall.
func general() []string {
	var names []string
	for _, target := range harness.Targets() {
		if target.Hostcall == "" {
			names = append(names, target.Name)
		}
	}
	return names
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
