package supply

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	root = "../.."
	ours = "github.com/touchstone-wasm/touchstone"
)

// licences are those of the modules that are linked into our programs and tests. All are compatible with GPL-3.0.
var licences = map[string]string{
	"github.com/AdaLogics/go-fuzz-headers":        apache,
	"github.com/aclements/go-moremath":            bsd,
	"github.com/bytecodealliance/wasmtime-go/v42": apache,
	"github.com/cespare/xxhash/v2":                mit,
	"github.com/clipperhouse/displaywidth":        mit,
	"github.com/clipperhouse/uax29/v2":            mit,
	"github.com/fatih/color":                      mit,
	"github.com/google/go-cmp":                    bsd,
	"github.com/mattn/go-colorable":               mit,
	"github.com/mattn/go-isatty":                  mit,
	"github.com/mattn/go-runewidth":               mit,
	"github.com/olekukonko/cat":                   mit,
	"github.com/olekukonko/errors":                mit,
	"github.com/olekukonko/ll":                    mit,
	"github.com/olekukonko/tablewriter":           mit,
	"github.com/rogpeppe/go-internal":             bsd,
	"github.com/tetratelabs/wazero":               apache,
	"github.com/ulikunitz/xz":                     bsd,
	"github.com/wasmerio/wasmer-go":               mit,
	"golang.org/x/perf":                           bsd,
	"golang.org/x/sys":                            bsd,
	"golang.org/x/term":                           bsd,
	"golang.org/x/tools":                          bsd,
}

const (
	apache = "Apache-2.0"
	bsd    = "BSD-3-Clause"
	mit    = "MIT"
)

// phrases tell licences apart.
var phrases = []struct{ licence, phrase string }{
	{apache, "Apache License"},
	{bsd, "Neither the name of"},
	{bsd, "may not be used to endorse or promote products"},
	{mit, "Permission is hereby granted, free of charge"},
}

// TestLicences reads the licence of every module that is linked into something, on any platform, and lists them.
func TestLicences(t *testing.T) {
	seen := map[string]bool{}
	for _, goos := range []string{"linux", "darwin"} {
		list := run(t, []string{"GOOS=" + goos, "CGO_ENABLED=1"}, "go", "list", "-deps", "-test", "-f", "{{with .Module}}{{.Path}} {{.Dir}}{{end}}", "./...")
		for line := range strings.Lines(list) {
			module, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
			if module == "" || module == ours || seen[module] {
				continue
			}
			seen[module] = true
			got, err := licenceIn(dir)
			if err != nil {
				t.Errorf("%s: %v", module, err)
			} else if want := licences[module]; got != want {
				t.Errorf("%s is under %s, and the list says %q: look whether GPL-3.0 programs may link it, then list it", module, got, want)
			}
		}
	}
	for _, module := range slices.Sorted(maps.Keys(licences)) {
		t.Logf("%-50s %s", module, licences[module])
		if !seen[module] {
			t.Errorf("%s is in the list, and nothing links it", module)
		}
	}
}

// licenceIn returns the licence of the module in a directory.
func licenceIn(dir string) (string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "LICEN[CS]E*"))
	if err != nil || len(files) == 0 {
		return "", fmt.Errorf("there is no licence in its folder: %v", err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return "", err
	}
	for _, p := range phrases {
		if bytes.Contains(bytes.ReplaceAll(text, []byte("\n"), []byte(" ")), []byte(p.phrase)) {
			return p.licence, nil
		}
	}
	return "", fmt.Errorf("%s is no licence that the test knows", filepath.Base(files[0]))
}

// TestRuntimeDependencies keeps the runtime and its command small: nothing but the interface to the system is linked into them.
func TestRuntimeDependencies(t *testing.T) {
	for _, goos := range []string{"linux", "darwin"} {
		list := run(t, []string{"GOOS=" + goos, "CGO_ENABLED=0"}, "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./runtime/...")
		for _, module := range strings.Fields(list) {
			if module != ours && module != "golang.org/x/sys" {
				t.Errorf("on %s, the runtime depends on %s", goos, module)
			}
		}
	}
}

// TestReproducible builds the command here, and again from a copy of the sources elsewhere with an empty cache: both are the same.
func TestReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the standard library again")
	}
	elsewhere := filepath.Join(t.TempDir(), "copy")
	copySources(t, elsewhere)
	here, there := filepath.Join(t.TempDir(), "here"), filepath.Join(t.TempDir(), "there")
	build := func(out string) []string {
		return []string{"go", "build", "-trimpath", "-buildvcs=false", "-o", out, "./runtime/cmd/touchstone"}
	}
	run(t, []string{"CGO_ENABLED=0"}, build(here)...)
	runIn(t, elsewhere, []string{"CGO_ENABLED=0", "GOCACHE=" + t.TempDir()}, build(there)...)
	first, err := os.ReadFile(here)
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(there)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Errorf("two builds of the same sources differ: %d and %d bytes", len(first), len(second))
	}
	if bytes.Contains(first, []byte(filepath.Dir(elsewhere))) {
		t.Error("the program holds a path of this machine")
	}
}

// copySources copies what the command is built of to a new directory.
func copySources(t *testing.T, to string) {
	if err := os.CopyFS(filepath.Join(to, "runtime"), os.DirFS(filepath.Join(root, "runtime"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func run(t *testing.T, env []string, args ...string) string { return runIn(t, root, env, args...) }

// runIn runs a command in a directory and returns what it writes to stdout.
func runIn(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return string(out)
}
