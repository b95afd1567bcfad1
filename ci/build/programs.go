package build

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/touchstone-wasm/touchstone/harness"
)

// modulePath is the path of this module.
const modulePath = "github.com/touchstone-wasm/touchstone"

// Builder builds from the sources in a folder.
type Builder struct {
	Root string // of the module
	Tags string // build tags, separated by commas
}

// Tags returns the build tags of this program. What it builds has the same, so that go run -tags planted ./ci loop fuzzes targets with planted bugs.
func Tags() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "-tags" {
			return s.Value
		}
	}
	return ""
}

// tags returns the flag of the go command for the builder's tags and another.
func (b *Builder) tags(more string) string { return "-tags=" + strings.Trim(b.Tags+","+more, ",") }

// LibFuzzer writes to dir the program of libFuzzer that serves all targets, under each one's name.
func (b *Builder) LibFuzzer(ctx context.Context, t *Toolchain, dir string, targets []harness.Target) error {
	archive := filepath.Join(dir, ".archive.a")
	defer os.Remove(archive)
	defer os.Remove(strings.TrimSuffix(archive, ".a") + ".h")
	env := []string{"CGO_ENABLED=1", "CC=" + strings.Join(t.CC, " ")}
	// Instrumenting all packages, the standard library too, is what makes comparisons with parts of the input visible.
	_, err := run(ctx, b.Root, env, "go", "build", "-buildmode=c-archive", "-trimpath", b.tags("libfuzzer"), "-gcflags=all=-d=libfuzzer",
		"-o", archive, "./ci/libfuzzer")
	if err != nil {
		return err
	}
	program := filepath.Join(dir, ".program")
	defer os.Remove(program)
	if err := t.Link(ctx, program, archive); err != nil {
		return err
	}
	return links(program, dir, targets, "")
}

// Coverage writes to dir, under the name of each target, the test binary that runs a corpus and measures what it covers, with the two
// files by which OSS-Fuzz knows how to run it and where the sources are.
func (b *Builder) Coverage(ctx context.Context, dir string, targets []harness.Target) error {
	program := filepath.Join(dir, ".program")
	defer os.Remove(program)
	if err := b.CoverBinary(ctx, program); err != nil {
		return err
	}
	if err := links(program, dir, targets, ""); err != nil {
		return err
	}
	tests := map[string]string{}
	for _, t := range targets {
		tests[t.Name] = coverTest
		paths := fmt.Sprintf("s=%s=%s=\n", modulePath, b.Root)
		if err := os.WriteFile(filepath.Join(dir, t.Name+".gocovpath"), []byte(paths), 0o644); err != nil {
			return err
		}
	}
	names, err := json.MarshalIndent(tests, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "fuzzer_function_names.json"), names, 0o644)
}

// coverTest is the test of package ci/cover/corpus that runs the corpus.
const coverTest = "TestCorpus"

// CoverBinary writes the test binary that runs a corpus and measures what of the runtime, the generators and the oracles it covers.
func (b *Builder) CoverBinary(ctx context.Context, name string) error {
	measured := []string{modulePath + "/runtime/...", modulePath + "/generators/...", modulePath + "/harness/..."}
	_, err := run(ctx, b.Root, nil, "go", "test", "-c", b.tags(""), "-covermode=atomic", "-coverpkg="+strings.Join(measured, ","),
		"-o", name, "./ci/cover/corpus")
	return err
}

// Native writes the test binary of the harness, instrumented for the engine of go test.
func (b *Builder) Native(ctx context.Context, name string) error {
	_, err := run(ctx, b.Root, nil, "go", "test", "-c", b.tags(""), "-fuzz", ".", "-o", name, "./harness")
	return err
}

// links gives a program the name of each target. A file system without links gets copies.
func links(program, dir string, targets []harness.Target, suffix string) error {
	for _, t := range targets {
		name := filepath.Join(dir, t.Name+suffix)
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if os.Link(program, name) == nil {
			continue
		}
		data, err := os.ReadFile(program)
		if err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o755); err != nil {
			return err
		}
	}
	return nil
}
