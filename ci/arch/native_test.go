package arch

import (
	"strings"
	"testing"
)

// workers are the folders of the engine worker programs: the only ones that are built with cgo.
const workers = "differential/engine/*/worker/..."

// cgoModules are the modules that bind foreign engines by cgo.
var cgoModules = []string{"github.com/bytecodealliance/wasmtime-go", "github.com/wasmerio/wasmer-go"}

// unsafeAllowed are the folders whose files may import unsafe, and why.
var unsafeAllowed = map[string]string{
	"runtime/internal/exec/...":   "the loop's register file and code pointer; the bytecode verifier makes them safe",
	"runtime/internal/hostos/...": "arguments of system calls that the system package has no wrapper for",
	workers:                       "handles of the C interface",
}

// syscallsAllowed are the folders below runtime that may issue system calls, and why.
var syscallsAllowed = map[string]string{
	"runtime/internal/hostos/...": "the one place of system calls for guests",
	"runtime/cmd/...":             "signal numbers and error numbers of the command itself",
}

// cgoModule returns the element of cgoModules that an import path belongs to.
func cgoModule(imp string) string {
	for _, m := range cgoModules {
		if imp == m || strings.HasPrefix(imp, m+"/") {
			return m
		}
	}
	return ""
}

func TestCgoOnlyInWorkers(t *testing.T) {
	for _, src := range allSources(t) {
		for _, imp := range src.imports {
			if (imp == "C" || cgoModule(imp) != "") && !matches(workers, src.dir) {
				t.Errorf("%s imports %q: cgo belongs below %s", src.path, imp, workers)
			}
			if dir, ok := ours(imp); ok && matches(workers, dir) && !matches(workers, src.dir) {
				t.Errorf("%s imports the worker %s, which makes its program need cgo", src.path, dir)
			}
		}
	}
}

// TestOneForeignEngineInABinary: the bindings of Wasmtime and Wasmer export the same C symbols, so that in one binary the
// one engine would silently run the other's modules.
func TestOneForeignEngineInABinary(t *testing.T) {
	g := graph(t)
	for dir := range g {
		engines := map[string]bool{}
		for _, imp := range reach(g, dir) {
			if m := cgoModule(imp); m != "" {
				engines[m] = true
			}
		}
		if len(engines) > 1 {
			t.Errorf("%s links %d foreign engines", dir, len(engines))
		}
	}
}

func TestUnsafe(t *testing.T) {
	for _, src := range allSources(t) {
		for _, imp := range src.imports {
			if imp == "unsafe" && !allowed(unsafeAllowed, src.dir) {
				t.Errorf("%s imports unsafe; the folders that may are in unsafeAllowed", src.path)
			}
		}
	}
}

func TestSystemCalls(t *testing.T) {
	for _, src := range allSources(t) {
		if src.test || !matches("runtime/...", src.dir) || allowed(syscallsAllowed, src.dir) {
			continue
		}
		for _, imp := range src.imports {
			if imp == "syscall" || strings.HasPrefix(imp, "golang.org/x/sys/") {
				t.Errorf("%s imports %s: system calls for guests belong to runtime/internal/hostos", src.path, imp)
			}
		}
	}
}

func allowed(list map[string]string, dir string) bool {
	for pattern := range list {
		if matches(pattern, dir) {
			return true
		}
	}
	return false
}
