package store

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/touchstone-wasm/touchstone/corpus"
)

// TestGoFormat: every byte survives, and what the Go command writes is read.
func TestGoFormat(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, input := range [][]byte{nil, []byte("plain"), all, []byte("go test fuzz v1\n"), []byte("\"`\\ é\xff")} {
		got, err := ParseGo(FormatGo(input))
		if err != nil || !bytes.Equal(got, input) {
			t.Errorf("%q comes back as %q, %v", input, got, err)
		}
	}
	for file, want := range map[string]string{
		"go test fuzz v1\n[]byte(\"\\x00a\")\n": "\x00a", "go test fuzz v1\r\nstring(\"x\")": "x", "go test fuzz v1\n[]byte(`raw`)": "raw",
	} {
		if got, err := ParseGo([]byte(file)); err != nil || string(got) != want {
			t.Errorf("%q is read as %q, %v", file, got, err)
		}
	}
	for _, file := range []string{"", "go test fuzz v2\n[]byte(\"\")", "go test fuzz v1\n", "go test fuzz v1\nint(3)", "go test fuzz v1\n[]byte(3)",
		"go test fuzz v1\n[]byte(\"a\")\n[]byte(\"b\")", "go test fuzz v1\n[]int(\"a\")", "go test fuzz v1\n[4]byte(\"a\")", "go test fuzz v1\n[]byte(\"a"} {
		if got, err := ParseGo([]byte(file)); err == nil {
			t.Errorf("%q is read as %q", file, got)
		}
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "folder")
	for name, data := range map[string]string{"raw": "\x00asm", "go": string(FormatGo([]byte{1, 2})), ".hidden": "x", "broken": "go test fuzz v1\nint(3)"} {
		if err := Write(dir, name, []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	got, err := Read(dir)
	if err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("error %v", err)
	}
	if diff := cmp.Diff([]corpus.Input{{Name: "go", Data: []byte{1, 2}}, {Name: "raw", Data: []byte("\x00asm")}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := os.WriteFile(filepath.Join(dir, "large"), make([]byte, MaxInput+1), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), "large") {
		t.Errorf("a large file: %v", err)
	}
}

// TestEnvelope: after a change of the generator it is known which inputs mean what they meant, and what the others did.
func TestEnvelope(t *testing.T) {
	before := func(input []byte) ([]byte, string) {
		if len(input) == 0 {
			return nil, ""
		}
		return append([]byte("module "), input...), ".wasm"
	}
	after := func(input []byte) ([]byte, string) {
		if string(input) == "b" {
			return []byte("another"), ".wasm"
		}
		return before(input)
	}
	dir := t.TempDir()
	inputs := []corpus.Input{{Name: "a", Data: []byte("a")}, {Name: "b", Data: []byte("b")}, {Name: "none", Data: []byte{}}}
	if err := Seal(dir, "FuzzX", inputs, before); err != nil {
		t.Fatal(err)
	}
	same, err := Unseal(dir, before)
	if err != nil || same.Target != "FuzzX" || len(same.Same) != 3 || same.Drifted != nil {
		t.Fatalf("%+v, %v", same, err)
	}
	o, err := Unseal(dir, after)
	if err != nil {
		t.Fatal(err)
	}
	want := &Opened{Target: "FuzzX", Same: []corpus.Input{inputs[0], inputs[2]}, Drifted: inputs[1:2],
		Meanings: []corpus.Input{{Name: "b.wasm", Data: []byte("module b")}}}
	if diff := cmp.Diff(want, o); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for what, damage := range map[string]func() error{
		"is not what was sealed": func() error { return os.WriteFile(filepath.Join(dir, "a"), []byte("c"), 0o644) },
		"is missing":             func() error { return os.Remove(filepath.Join(dir, "none")) },
		"b.wasm":                 func() error { return os.Remove(filepath.Join(dir, "meaning", "b.wasm")) },
		"version 9":              func() error { return os.WriteFile(filepath.Join(dir, ManifestFile), []byte(`{"version": 9}`), 0o644) },
	} {
		if err := Seal(dir, "FuzzX", inputs, before); err != nil {
			t.Fatal(err)
		}
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if _, err := Unseal(dir, after); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
