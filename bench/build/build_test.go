package build

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// cacheHere gives the test a cache of its own.
func cacheHere(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
}

// tarball packs files with their names.
func tarball(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	w := tar.NewWriter(packed)
	for name, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestFetch: a source comes from the mirror once, is what was pinned, and stays in its directory.
func TestFetch(t *testing.T) {
	cacheHere(t)
	good, evil := tarball(t, map[string]string{"thing-1.0/src/a.c": "int a;"}), tarball(t, map[string]string{"thing-1.0/../../b.c": "int b;"})
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch r.URL.Path {
		case "/pool/good.tar.gz":
			_, _ = w.Write(good)
		case "/pool/evil.tar.gz":
			_, _ = w.Write(evil)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	source := Tarball{Path: "pool/good.tar.gz", SHA256: hash(good)}
	for range 2 {
		dir, err := source.Fetch(t.Context(), server.URL+"/")
		if err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(filepath.Join(dir, "src", "a.c")); err != nil || string(text) != "int a;" {
			t.Errorf("%q, error %v", text, err)
		}
	}
	if asked != 1 {
		t.Errorf("the mirror was asked %d times", asked)
	}
	for want, bad := range map[string]Tarball{
		"its SHA-256 is":    {"pool/good.tar.gz", strings.Repeat("0", 64)},
		"404":               {"pool/none.tar.gz", hash(good)[:63] + "x"},
		"a file is outside": {"pool/evil.tar.gz", hash(evil)},
	} {
		if _, err := bad.Fetch(t.Context(), server.URL); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	dir, err := Clean()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("after Clean: %v", err)
	}
}

// TestGoModule: a module with another checksum than the one that is known is refused. The module is one that we depend on.
func TestGoModule(t *testing.T) {
	known := GoModule{Path: "golang.org/x/sys", Version: "v0.30.0", Sum: "h1:not the one"}
	if _, err := known.Fetch(t.Context()); err == nil || !strings.Contains(err.Error(), "checksum") && !strings.Contains(err.Error(), "download") {
		t.Errorf("error %v", err)
	}
	none := GoModule{Path: "no.such.host.invalid/x", Version: "v1.0.0"}
	if _, err := none.Fetch(t.Context()); err == nil || !strings.Contains(err.Error(), "download no.such.host.invalid/x") {
		t.Errorf("error %v", err)
	}
}

// TestMake: a program is made once for its sources and flags, and again if they change.
func TestMake(t *testing.T) {
	c, err := Find()
	if err != nil {
		t.Skip(err)
	}
	cacheHere(t)
	p := &Program{Name: "one", Own: map[string]string{"a.c": "#include <b.h>\nint main(void) { return B; }\n", "b.h": "#ifndef B\n#define B 3\n#endif\n"}}
	first, err := c.Make(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := wasm.Decode(first); err != nil || wasm.Validate(m) != nil {
		t.Errorf("no module: %v", err)
	}
	cache, err := CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	kept := func() int {
		list, err := filepath.Glob(filepath.Join(cache, "*", "one.wasm"))
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if again, err := c.Make(t.Context(), p); err != nil || !bytes.Equal(first, again) || kept() != 1 {
		t.Errorf("made again: error %v, %d kept", err, kept())
	}
	p.Flags = []string{"-DB=4"}
	if other, err := c.Make(t.Context(), p); err != nil || bytes.Equal(first, other) || kept() != 2 {
		t.Errorf("with another flag: error %v, %d kept", err, kept())
	}
	p.Own["a.c"] = "int main(void) { return missing; }\n"
	if _, err := c.Make(t.Context(), p); err == nil || !strings.Contains(err.Error(), "error: use of undeclared identifier 'missing'") || kept() != 2 {
		t.Errorf("error %v, %d kept", err, kept())
	}
}

// TestMissing: who has no compiler is told what to install.
func TestMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("WASI_SDK_PATH", t.TempDir())
	if _, err := find(); err == nil || !strings.Contains(err.Error(), "install clang, lld, wasi-libc") {
		t.Errorf("error %v", err)
	}
}
