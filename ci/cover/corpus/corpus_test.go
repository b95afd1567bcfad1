package corpus

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/harness"
)

// TestCorpus runs all inputs of the folder FUZZ_CORPUS_DIR on the target that the binary is named after, or the environment. With
// TOUCHSTONE_KEEP it writes to that file the names of those that cover a statement that no smaller one does.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("FUZZ_CORPUS_DIR") // OSS-Fuzz has this name
	if dir == "" {
		t.Skip("FUZZ_CORPUS_DIR is not set: there is nothing to run")
	}
	name := cmp.Or(os.Getenv("TOUCHSTONE_TARGET"), filepath.Base(os.Args[0]))
	target, err := harness.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	check, done, err := target.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := done(); err != nil {
			t.Error(err)
		}
	}()
	files, err := bySize(dir)
	if err != nil {
		t.Fatal(err)
	}
	var kept []byte
	covered := testing.Coverage()
	for _, file := range files {
		input, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		if key := run(t.Context(), check, input); key != "" {
			t.Logf("%s: %s", file, key) // it is triage that judges
		}
		if now := testing.Coverage(); now > covered {
			covered, kept = now, fmt.Appendf(kept, "%s\n", file)
		}
	}
	t.Logf("%d inputs", len(files))
	if keep := os.Getenv("TOUCHSTONE_KEEP"); keep != "" {
		if testing.CoverMode() == "" {
			t.Fatal("the binary was built without coverage")
		}
		if err := os.WriteFile(keep, kept, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// run checks an input and returns how it fails, or nothing. A panic does not end the measurement.
func run(ctx context.Context, check harness.Check, input []byte) (key string) {
	defer func() {
		if p := recover(); p != nil {
			key = fmt.Sprintf("panic: %v", p)
		}
	}()
	if f := check(ctx, input); f != nil {
		return f.Key
	}
	return ""
}

// bySize returns the names of the files of a folder, the smallest file first.
func bySize(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	sizes := map[string]int64{}
	var names []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			names, sizes[e.Name()] = append(names, e.Name()), info.Size()
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(sizes[a], sizes[b]) })
	return names, nil
}
