package arch

import (
	"go/ast"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// workers are the folders of the engine worker programs: the only ones that are built with cgo.
const workers = "differential/engine/*/worker/..."

// fuzzerEntry is the entry of libFuzzer, whose only file has a build tag: a C archive is made of it.
const fuzzerEntry = "ci/libfuzzer"

// cgoModules are the modules that bind foreign engines by cgo.
var cgoModules = []string{"github.com/bytecodealliance/wasmtime-go", "github.com/wasmerio/wasmer-go"}

// unsafeAllowed are the folders whose files may import unsafe, and why.
var unsafeAllowed = map[string]string{
	"runtime/internal/exec/...":   "the loop's register file and code pointer; the bytecode verifier makes them safe",
	"runtime/internal/hostos/...": "arguments of system calls that the system package has no wrapper for",
	workers:                       "handles of the C interface",
	fuzzerEntry:                   "the bytes that libFuzzer hands over",
}

// syscallsAllowed are the folders below runtime that may issue system calls, and why.
var syscallsAllowed = map[string]string{
	"runtime/internal/hostos/...": "the one place of system calls for guests",
	"runtime/internal/pages":      "gives memory back, no guest chooses when or what",
	"runtime/cmd/...":             "files, signals and error numbers of the command itself",
	"runtime/internal/gen/...":    "writes generated files; no part of the runtime",
	"runtime/wasi/model":          "looks at what an engine left in a directory; no guest calls it",
	"runtime/wasm/spectest/...":   "finds the specification's tests; no part of the runtime",
	"runtime/planted":             "reads the environment in builds with planted bugs; nothing of it is in others",
}

// hostPackages are the standard packages by which a program reaches its host.
var hostPackages = []string{"os", "os/exec", "os/signal", "os/user", "net", "net/http", "plugin", "syscall"}

// harmlessOS are the names of package os that make no system call.
var harmlessOS = []string{"File"}

// assemblyAllowed are the folders whose files may be assembly, and why.
var assemblyAllowed = map[string]string{
	"runtime/internal/exec/...": "the loop's core for one machine",
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
			entry := imp == "C" && src.path == fuzzerEntry+"/main.go"
			if (imp == "C" || cgoModule(imp) != "") && !matches(workers, src.dir) && !entry {
				t.Errorf("%s imports %q: cgo belongs below %s, and into %s", src.path, imp, workers, fuzzerEntry)
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

// TestNoLinkname: a linkname reaches what packages hide, past all arrows, and without importing unsafe by more than its name.
func TestNoLinkname(t *testing.T) {
	for _, src := range allSources(t) {
		for _, group := range src.syntax.Comments {
			for _, c := range group.List {
				if strings.HasPrefix(c.Text, "//go:linkname ") {
					t.Errorf("%s: %s", src.path, c.Text)
				}
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
			if imp == "os" && onlyHarmlessOS(src) {
				continue
			}
			if slices.Contains(hostPackages, imp) || strings.HasPrefix(imp, "golang.org/x/sys/") {
				t.Errorf("%s imports %s: system calls for guests belong to runtime/internal/hostos", src.path, imp)
			}
		}
	}
}

// onlyHarmlessOS reports whether a file uses no name of package os but those that make no system call.
func onlyHarmlessOS(src *source) bool {
	harmless := true
	for _, spec := range src.syntax.Imports {
		harmless = harmless && (spec.Path.Value != `"os"` || spec.Name == nil) // under another name it cannot be found
	}
	ast.Inspect(src.syntax, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "os" && !slices.Contains(harmlessOS, sel.Sel.Name) {
				harmless = false
			}
		}
		return true
	})
	return harmless
}

// TestFaultsOnlyInTests: what lets system calls fail is for tests, and for the oracles of the harness by the one function of package wasi
// that hands it on.
func TestFaultsOnlyInTests(t *testing.T) {
	for _, src := range allSources(t) {
		if src.test {
			continue
		}
		ast.Inspect(src.syntax, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Inject" {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "hostos" && src.path != "runtime/wasi/fault.go" {
					t.Errorf("%s lets system calls fail", src.path)
				}
			}
			if sel, ok := n.(*ast.SelectorExpr); ok && (sel.Sel.Name == "InjectFaults" || sel.Sel.Name == "Distrust") && !strings.HasPrefix(src.path, "harness/") {
				t.Errorf("%s lets system calls fail", src.path)
			}
			return true
		})
	}
}

// TestAssembly finds what the Go compiler does not check: assembly and C.
func TestAssembly(t *testing.T) {
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (name != root && strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		dir := path.Dir(filepath.ToSlash(rel))
		switch path.Ext(name) {
		case ".s", ".S":
			if !allowed(assemblyAllowed, dir) {
				t.Errorf("%s is assembly; the folders that may have it are in assemblyAllowed", rel)
			}
		case ".c", ".cc", ".cpp", ".h", ".syso":
			if !matches(workers, dir) {
				t.Errorf("%s: cgo belongs below %s", rel, workers)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
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

// TestFuzzerEntryIsTagged: without its tag nothing of the entry is built, so that everything else builds without cgo.
func TestFuzzerEntryIsTagged(t *testing.T) {
	found := false
	for _, src := range allSources(t) {
		if src.dir != fuzzerEntry {
			continue
		}
		found = true
		text, err := os.ReadFile(filepath.Join(root, src.path))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "//go:build libfuzzer\n") {
			t.Errorf("%s is built without the tag libfuzzer", src.path)
		}
	}
	if !found {
		t.Errorf("there is nothing in %s", fuzzerEntry)
	}
}
