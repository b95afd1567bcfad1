// Package build makes of the fuzz targets what engines run: programs of libFuzzer with their seeds, dictionaries and options, the test
// binary of the harness for go test's own engine, and the test binary that measures what a corpus covers.
package build

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The variables of the environment by which OSS-Fuzz says how to build. Flags are separated by spaces.
const (
	ccVariable        = "CC"
	cxxVariable       = "CXX"
	cflagsVariable    = "CFLAGS"
	cxxflagsVariable  = "CXXFLAGS"
	engineVariable    = "LIB_FUZZING_ENGINE"
	SanitizerVariable = "SANITIZER"
)

// Coverage is the sanitizer that asks for binaries that measure coverage, and for no fuzzing engine.
const Coverage = "coverage"

// Toolchain is a clang that has libFuzzer, with the flags that the environment gives.
type Toolchain struct {
	CC, CXX []string // with arguments
	CFlags  []string
	Flags   []string // of C++, by which programs are linked, too
	Engine  []string // what links libFuzzer
	Version string   // the first line that the compiler says of itself
}

// ErrNoClang says why there is no toolchain.
var ErrNoClang = errors.New("libFuzzer needs clang with its fuzzer runtime")

// newest and oldest are the versions of clang whose names are tried: distributions add the version to the name.
const newest, oldest = 40, 11

// Find returns the compiler that the environment names, or else the newest of clang and clang-NN, whichever is the first that links a
// program of libFuzzer. One of CC and CXX is enough: clang-NN goes with clang++-NN. The error wraps [ErrNoClang] if none does.
func Find(ctx context.Context) (*Toolchain, error) {
	var why []string
	for _, c := range candidates(ctx) {
		err := c.try(ctx)
		if err == nil {
			return c, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		why = append(why, fmt.Sprintf("%s: %v", strings.Join(c.CXX, " "), err))
	}
	if why == nil {
		return nil, fmt.Errorf("%w: there is none", ErrNoClang)
	}
	return nil, fmt.Errorf("%w: %s", ErrNoClang, strings.Join(why, "; "))
}

// candidates returns the compilers that are on this machine, the one that the environment names first, then the newest.
func candidates(ctx context.Context) []*Toolchain {
	var list []*Toolchain
	add := func(cc, cxx string) {
		t := &Toolchain{CC: strings.Fields(cc), CXX: strings.Fields(cxx), CFlags: strings.Fields(os.Getenv(cflagsVariable)),
			Flags: strings.Fields(os.Getenv(cxxflagsVariable)), Engine: strings.Fields(os.Getenv(engineVariable))}
		if len(t.Engine) == 0 {
			t.Engine = []string{"-fsanitize=fuzzer"}
		}
		if _, err := exec.LookPath(t.CXX[0]); err == nil {
			out, _ := run(ctx, "", nil, append(slices.Clone(t.CXX), "--version")...) // one that cannot say is tried in its turn
			t.Version, _, _ = strings.Cut(out, "\n")
			list = append(list, t)
		}
	}
	cc, cxx := strings.TrimSpace(os.Getenv(ccVariable)), strings.TrimSpace(os.Getenv(cxxVariable))
	if cc != "" || cxx != "" {
		add(cmp.Or(cc, renamed(cxx, "clang++", "clang")), cmp.Or(cxx, renamed(cc, "clang", "clang++")))
	}
	named := len(list)
	add("clang", "clang++")
	for v := newest; v >= oldest; v-- {
		add("clang-"+strconv.Itoa(v), "clang++-"+strconv.Itoa(v))
	}
	slices.SortStableFunc(list[named:], func(a, b *Toolchain) int { return cmp.Compare(b.release(), a.release()) })
	return list
}

// release returns the number of the compiler's release, or 0 if it does not say.
func (t *Toolchain) release() int {
	n := 0
	if m := released.FindStringSubmatch(t.Version); m != nil {
		n, _ = strconv.Atoi(m[1]) // the pattern has digits only
	}
	return n
}

var released = regexp.MustCompile(`version (\d+)\.`)

// renamed returns a command, which may have flags, with another name for its program.
func renamed(command, from, to string) string {
	program, flags, _ := strings.Cut(command, " ")
	dir, base := filepath.Split(program)
	return dir + strings.Replace(base, from, to, 1) + " " + flags
}

// try links a program of libFuzzer.
func (t *Toolchain) try(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "touchstone-clang-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	source := filepath.Join(dir, "try.cc")
	const text = "extern \"C\" int LLVMFuzzerTestOneInput(const unsigned char *, unsigned long) { return 0; }\n"
	if err := os.WriteFile(source, []byte(text), 0o644); err != nil {
		return err
	}
	return t.Link(ctx, filepath.Join(dir, "try"), source)
}

// Link makes a program of libFuzzer out of inputs, sources or archives.
func (t *Toolchain) Link(ctx context.Context, out string, inputs ...string) error {
	args := append([]string(nil), t.CXX...)
	args = append(append(args, t.Flags...), inputs...)
	args = append(append(args, t.Engine...), "-o", out)
	_, err := run(ctx, "", nil, args...)
	return err
}

// run runs a command in a folder and returns what it writes to stdout. What it writes to stderr is in the error.
func run(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}
