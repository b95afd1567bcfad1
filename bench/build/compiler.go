// Package build makes programs for WASI out of C, with the user's clang and wasi-libc, and keeps them in the user's cache directory.
package build

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Compiler is a clang that makes programs for WASI.
type Compiler struct {
	path     string
	flags    []string // that choose the target and its library
	identity string   // what the compiler says of itself
}

// Missing is the error when no compiler for WASI was found.
type Missing struct{ Tried string }

// Error says what to install.
func (e *Missing) Error() string {
	return "needs clang with wasi-libc: on Debian install clang, lld, wasi-libc and libclang-rt-dev-wasm32, or name a WASI SDK by WASI_SDK_PATH (" + e.Tried + ")"
}

// triple is the target. The library of distributions knows it by no other name.
const triple = "--target=wasm32-wasi"

// Find looks for a compiler, by making a program with each. The first time counts: later calls return the same.
var Find = sync.OnceValues(find)

func find() (*Compiler, error) {
	var tried []string
	for _, c := range candidates() {
		path, err := exec.LookPath(c.path)
		if err != nil {
			continue
		}
		c.path = path
		if err := c.try(); err != nil {
			tried = append(tried, fmt.Sprintf("%s: %v", path, err))
			continue
		}
		return &c, nil
	}
	if tried == nil {
		tried = []string{"there is no clang on PATH"}
	}
	return nil, &Missing{strings.Join(tried, "; ")}
}

// candidates are the compilers and libraries that may be there, the first of which is taken.
func candidates() (list []Compiler) {
	if sdk := os.Getenv("WASI_SDK_PATH"); sdk != "" {
		return []Compiler{{path: filepath.Join(sdk, "bin", "clang"), flags: []string{triple}}}
	}
	libraries := [][]string{{"-nostdlibinc", "-isystem", "/usr/include/wasm32-wasi"}} // else clang finds the host's headers
	roots := []string{os.Getenv("WASI_SYSROOT"), "/usr/share/wasi-sysroot", "/opt/homebrew/opt/wasi-libc/share/wasi-sysroot"}
	for _, root := range roots {
		if st, err := os.Stat(root); err == nil && st.IsDir() {
			libraries = append([][]string{{"--sysroot=" + root}}, libraries...)
		}
	}
	names := []string{"clang"}
	for version := 22; version >= 14; version-- {
		names = append(names, fmt.Sprintf("clang-%d", version))
	}
	for _, name := range names {
		for _, library := range libraries {
			list = append(list, Compiler{path: name, flags: append([]string{triple, "-Wno-deprecated"}, library...)})
		}
	}
	return list
}

// trial is a program that needs the headers, the library and the compiler's own.
const trial = "#include <stdio.h>\nint main(int argc, char **argv) { return printf(\"%s %f\\n\", argv[0], (double)argc) < 0; }\n"

// try makes a program and asks the compiler what it is.
func (c *Compiler) try() error {
	dir, err := os.MkdirTemp("", "touchstone-clang-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	source := filepath.Join(dir, "trial.c")
	if err := os.WriteFile(source, []byte(trial), 0o600); err != nil {
		return err
	}
	ctx := context.Background()
	if err := c.compile(ctx, dir, source, filepath.Join(dir, "trial.o"), nil); err != nil {
		return err
	}
	if err := c.link(ctx, dir, []string{filepath.Join(dir, "trial.o")}, filepath.Join(dir, "trial.wasm"), nil); err != nil {
		return err
	}
	out, err := exec.Command(c.path, "--version").Output()
	c.identity = string(out)
	return err
}

// compile makes an object of one source.
func (c *Compiler) compile(ctx context.Context, dir, source, object string, flags []string) error {
	return c.run(ctx, dir, slices.Concat(c.flags, []string{"-O2", "-w"}, flags, []string{"-c", source, "-o", object}))
}

// link makes a program of objects. There is no -O: with it clang runs a wasm-opt that it finds on PATH, which may not know the features.
func (c *Compiler) link(ctx context.Context, dir string, objects []string, program string, libraries []string) error {
	return c.run(ctx, dir, slices.Concat(c.flags, []string{"-s", "-o", program}, objects, libraries))
}

func (c *Compiler) run(ctx context.Context, dir string, args []string) error {
	cmd := exec.CommandContext(ctx, c.path, args...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, firstError(out.String()))
	}
	return nil
}

// firstError returns the line of a compiler's output that says what is wrong.
func firstError(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, line := range lines {
		if strings.Contains(line, "error:") {
			return strings.TrimSpace(line)
		}
	}
	return strings.TrimSpace(lines[len(lines)-1])
}
