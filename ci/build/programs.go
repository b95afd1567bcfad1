package build

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
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

// LibFuzzer writes to dir the program of libFuzzer that serves all targets, and links under each one's name.
func (b *Builder) LibFuzzer(ctx context.Context, t *Toolchain, dir string, targets []harness.Target) error {
	program := filepath.Join(dir, programFile)
	// Instrumenting all packages, the standard library too, is what makes comparisons with parts of the input visible.
	flags := []string{"-buildmode=c-archive", "-trimpath", "-gcflags=all=-d=libfuzzer"}
	r := &recipe{pkg: "./ci/libfuzzer", tags: "libfuzzer", env: []string{"CGO_ENABLED=1", "CC=" + strings.Join(t.CC, " ")},
		args: slices.Concat(flags, []string{t.Version}, t.CFlags, t.CXX, t.Flags, t.Engine)}
	err := b.unlessCurrent(ctx, program, r, func() error {
		archive := program + ".a"
		defer os.Remove(archive)
		defer os.Remove(program + ".h")
		if _, err := run(ctx, b.Root, r.env, slices.Concat([]string{"go", "build", b.tags(r.tags), "-o", archive}, flags, []string{r.pkg})...); err != nil {
			return err
		}
		return t.Link(ctx, program, archive)
	})
	if err != nil {
		return err
	}
	return links(program, dir, targets)
}

// programFile is the file of the program that all targets are links to.
const programFile = ".program"

// Coverage writes to dir, under the name of each target, the test binary that runs a corpus and measures what it covers, with the two
// files by which OSS-Fuzz knows how to run it and where the sources are.
func (b *Builder) Coverage(ctx context.Context, dir string, targets []harness.Target) error {
	program := filepath.Join(dir, programFile)
	if err := b.CoverBinary(ctx, program); err != nil {
		return err
	}
	if err := links(program, dir, targets); err != nil {
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
	return b.testBinary(ctx, name, "./ci/cover/corpus", "-covermode=atomic", "-coverpkg="+strings.Join(measured, ","))
}

// Native writes the test binary of the harness, instrumented for the engine of go test.
func (b *Builder) Native(ctx context.Context, name string) error {
	return b.testBinary(ctx, name, "./harness", "-fuzz", ".")
}

// testBinary writes the test binary of a package.
func (b *Builder) testBinary(ctx context.Context, name, pkg string, args ...string) error {
	return b.unlessCurrent(ctx, name, &recipe{pkg: pkg, args: args}, func() error {
		_, err := run(ctx, b.Root, nil, slices.Concat([]string{"go", "test", "-c", b.tags(""), "-o", name}, args, []string{pkg})...)
		return err
	})
}

// links gives a program the name of each target. A file system without links gets copies.
func links(program, dir string, targets []harness.Target) error {
	for _, t := range targets {
		name := filepath.Join(dir, t.Name)
		if err := remove(name); err != nil {
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
