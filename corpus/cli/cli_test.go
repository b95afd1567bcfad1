package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus/store"
)

// run runs a command line on a corpus.
func run(t *testing.T, root string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	a := &App{Root: root, Stdin: &bytes.Buffer{}, Stdout: &out, Stderr: &errs}
	status = a.Main(t.Context(), args)
	return status, out.String(), errs.String()
}

// TestExchange: seeds go out in each format and come back as they were, once.
func TestExchange(t *testing.T) {
	root := t.TempDir()
	inputs := map[string][]byte{"tape-00": []byte("first\x00"), "found-1": {}, "tape-01": []byte("go test fuzz v1")}
	for name, data := range inputs {
		if err := store.Write(filepath.Join(root, "execute"), name, data); err != nil {
			t.Fatal(err)
		}
	}
	for _, format := range []string{"go", "raw", "envelope"} {
		dir, back := t.TempDir(), filepath.Join(t.TempDir(), "back")
		if status, out, errs := run(t, root, "export", "FuzzExecute", dir, "-format", format); status != statusOK || !strings.Contains(out, "3 inputs") {
			t.Fatalf("%s: %d, %s%s", format, status, out, errs)
		}
		if format == "go" {
			file, err := os.ReadFile(filepath.Join(dir, "tape-00"))
			if err != nil || string(file) != "go test fuzz v1\n[]byte(\"first\\x00\")\n" {
				t.Errorf("%q, %v", file, err)
			}
		}
		if status, out, errs := run(t, root, "import", "-o", back, "FuzzExecute", dir); status != statusOK || !strings.Contains(out, "3 of them new") {
			t.Errorf("%s: %d, %s%s", format, status, out, errs)
		}
		if status, out, _ := run(t, root, "import", "FuzzExecute", dir); status != statusOK || !strings.Contains(out, "0 of them new") {
			t.Errorf("%s: to where they are: %d, %s", format, status, out)
		}
		got, err := store.Read(back)
		if err != nil || len(got) != len(inputs) {
			t.Errorf("%s: %v, %v", format, got, err)
		}
		for _, input := range got {
			if input.Name != store.Name(input.Data) {
				t.Errorf("%s: %q is named %s", format, input.Data, input.Name)
			}
		}
	}
	if status, out, _ := run(t, root, "stat", "FuzzExecute"); status != statusOK || !strings.Contains(out, "FuzzExecute") {
		t.Errorf("stat: %d, %s", status, out)
	}
}

// TestDrift: of an envelope whose inputs have come to mean something else, the modules become seeds of FuzzDecode.
func TestDrift(t *testing.T) {
	root, dir := t.TempDir(), t.TempDir()
	if err := store.Write(filepath.Join(root, "execute"), "tape-00", []byte("tape")); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := run(t, root, "export", "-format", "envelope", "FuzzExecute", dir); status != statusOK {
		t.Fatal(errs)
	}
	// The generator stays what it is, so what it once made is changed instead.
	was := []byte("\x00asm\x01\x00\x00\x00")
	manifest, err := os.ReadFile(filepath.Join(dir, store.ManifestFile))
	if err != nil {
		t.Fatal(err)
	}
	text := string(manifest)
	at := strings.Index(text, `"meaning_sha256": "`) + len(`"meaning_sha256": "`)
	text = text[:at] + "93a44bbb96c751218e4c00d479e4c14358122a389acca16205b1e4d0dc5f9476" + text[at+64:]
	if err := os.WriteFile(filepath.Join(dir, store.ManifestFile), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "meaning", "tape-00.wasm"), was, 0o644); err != nil {
		t.Fatal(err)
	}
	status, out, errs := run(t, root, "import", "FuzzExecute", dir)
	if status != statusOK || !strings.Contains(out, "tape-00 stands for something else today") {
		t.Errorf("%d, %s%s", status, out, errs)
	}
	got, err := store.Read(filepath.Join(root, "decode"))
	if err != nil || len(got) != 1 || !bytes.Equal(got[0].Data, was) {
		t.Errorf("decode holds %v, %v", got, err)
	}
	if status, _, _ := run(t, root, "import", "FuzzLower", dir); status != statusFailure {
		t.Error("an envelope of another target is taken")
	}
}

func TestUsage(t *testing.T) {
	root := t.TempDir()
	for _, args := range [][]string{{}, {"frobnicate"}, {"-colour"}, {"stat", "FuzzNothing"}, {"import"}, {"import", "FuzzNothing"},
		{"import", "FuzzExecute", filepath.Join(root, "none")}, {"export", "FuzzExecute"}, {"export", "-format", "zip", "FuzzExecute", root},
		{"merge"}, {"merge", "FuzzNothing"}, {"merge", "FuzzTrace", filepath.Join(root, "none")}, {"measure"}, {"measure", "FuzzNothing"}} {
		status, out, errs := run(t, root, args...)
		if status != statusFailure || out != "" || !strings.HasPrefix(errs, "corpus: ") {
			t.Errorf("%q: status %d, stdout %q, stderr %q", args, status, out, errs)
		}
	}
	for _, args := range [][]string{{"-h"}, {"stat", "-h"}, {"import", "-h"}, {"export", "-h"}, {"merge", "-h"}} {
		if status, out, errs := run(t, root, args...); status != statusOK || !strings.Contains(out, "usage:") || errs != "" {
			t.Errorf("%q: status %d, stdout %q, stderr %q", args, status, out, errs)
		}
	}
}

// TestMerge: what adds nothing goes, what fails is named, and seeds of the generators stay.
func TestMerge(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: a build with counters takes several seconds")
	}
	root, more := t.TempDir(), t.TempDir()
	line := "fd_close fd=3 -> ESUCCESS\n"
	for name, text := range map[string]string{"made": "", "found-1": line, "found-2": line + line + line} {
		if err := store.Write(filepath.Join(root, "trace"), name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"a": line, "b": "# note\n17 func 3 0x41: i32.add i32=1 i32=2 -> i32=3\n"} {
		if err := store.Write(more, name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	status, out, errs := run(t, root, "merge", "FuzzTrace", more)
	if status != statusOK {
		t.Fatalf("%d, %s%s", status, out, errs)
	}
	got, err := store.Read(filepath.Join(root, "trace"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, input := range got {
		names = append(names, input.Name)
	}
	text := strings.Join(names, " ")
	if !strings.Contains(text, "made") || !strings.Contains(text, store.Name([]byte("# note\n17 func 3 0x41: i32.add i32=1 i32=2 -> i32=3\n"))) || len(names) > 4 {
		t.Errorf("left: %s; said %s", text, out)
	}
	status, out, _ = run(t, root, "merge", "FuzzTrace")
	if again, err := store.Read(filepath.Join(root, "trace")); err != nil || status != statusOK || len(again) != len(got) {
		t.Errorf("merging again leaves %d of %d: %s", len(again), len(got), out)
	}
}
