// Package spectest reads the official specification tests, in the JSON form that wast2json and wasm-tools write, from
// the copy in the Go module github.com/tetratelabs/wazero. It knows nothing of any runtime.
package spectest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
)

// carrier is the module whose test data holds the converted scripts; go.mod pins its version.
const carrier = "github.com/tetratelabs/wazero"

// The suites that a runtime for WebAssembly 2.0 has to pass; names of folders under [Dir].
const (
	V1 = "v1" // WebAssembly 1.0
	V2 = "v2" // WebAssembly 2.0, the simd_ scripts included

	TailCall      = "tail-call"
	ExtendedConst = "extended-const"
)

// findDir asks the go command once per process, since that takes a noticeable part of a second.
var findDir = sync.OnceValues(func() (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", carrier)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var found struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &found); jsonErr != nil || found.Dir == "" {
		return "", fmt.Errorf("find module %s: %v: %s%s", carrier, err, found.Error, stderr.Bytes())
	}
	return filepath.Join(found.Dir, "internal", "integration_test", "spectest"), nil
})

// Dir returns the folder that holds the suites. It downloads the module that carries them if the module cache lacks
// it, and fails the test if that is impossible.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := findDir()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// HostModule returns the module "spectest", which the scripts import from, in the binary format.
func HostModule(t testing.TB) []byte {
	t.Helper()
	return readFile(t, filepath.Join(Dir(t), "testdata", "spectest.wasm"))
}

// Script is one converted script.
type Script struct {
	Name     string // of the source without its extension, for example "br_table"
	Suite    string
	Commands []Command
	dir      string
}

// At names the place of c as "v2/br_table.wast:12".
func (s *Script) At(c *Command) string { return fmt.Sprintf("%s/%s.wast:%d", s.Suite, s.Name, c.Line) }

// Wasm returns the bytes of the module that c names, which must have a Filename.
func (s *Script) Wasm(t testing.TB, c *Command) []byte {
	t.Helper()
	return readFile(t, filepath.Join(s.dir, c.Filename))
}

// read holds the scripts of the suites that were read, since tests ask for the same ones and parsing takes a while.
var read = struct {
	sync.Mutex
	suites map[string][]*Script
}{suites: map[string][]*Script{}}

// Scripts returns all scripts of a suite in the order of their names and fails the test if they cannot be read or if
// there are none. The scripts are shared and must not be changed.
func Scripts(t testing.TB, suite string) []*Script {
	t.Helper()
	read.Lock()
	defer read.Unlock()
	if read.suites[suite] == nil {
		read.suites[suite] = readScripts(t, suite)
	}
	return read.suites[suite]
}

func readScripts(t testing.TB, suite string) []*Script {
	t.Helper()
	dir := filepath.Join(Dir(t), suite, "testdata")
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scripts in %s: %v", dir, err)
	}
	sort.Strings(paths)
	scripts := make([]*Script, len(paths))
	for i, path := range paths {
		s := &Script{Name: strings.TrimSuffix(filepath.Base(path), ".json"), Suite: suite, dir: dir}
		if err := json.Unmarshal(readFile(t, path), s); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		scripts[i] = s
	}
	return scripts
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
