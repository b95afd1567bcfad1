package engine

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/ci/build"
	"github.com/touchstone-wasm/touchstone/ci/store"
)

func TestGoFile(t *testing.T) {
	for _, input := range [][]byte{{}, []byte("text"), {0, 255, '"', '\\', '\n', 0xc3, 0xa4}} {
		if back, ok := decode(encode(input)); !ok || !bytes.Equal(back, input) {
			t.Errorf("%q is %q, %v", input, back, ok)
		}
	}
	whole := string(encode([]byte("some text")))
	for i := range len(whole) - 1 { // the last line break may be missing
		if back, ok := decode([]byte(whole[:i])); ok {
			t.Errorf("a file that ends in the middle is read as %q", back)
		}
	}
}

// TestRead reads what libFuzzer says, of several versions and in several modes.
func TestRead(t *testing.T) {
	for line, want := range map[string]Session{
		"#2884\tDONE   cov: 5151 ft: 15932 corp: 287/20Kb lim: 4096 exec/s: 576 rss: 90Mb": {Executions: 2884, Rate: 576, Coverage: Coverage{Inputs: 287, Edges: 5151, Features: 15932}},
		"#1234: cov: 5 ft: 8 corp: 4 exec/s 10 oom/timeout/crash: 0/0/0 time: 5s job: 1":   {Executions: 1234, Rate: 10, Coverage: Coverage{Inputs: 4, Edges: 5, Features: 8}},
		"stat::number_of_executed_units: 77":                                               {Executions: 77},
		"MERGE-OUTER: 5 new files with 10 new features added; 8 new coverage edges":        {Coverage: Coverage{Inputs: 5, Edges: 8, Features: 10}},
		"INFO: seed corpus: files: 3":                                                      {},
	} {
		var s Session
		if s.read(line); s != want {
			t.Errorf("%q: %+v, want %+v", line, s, want)
		}
	}
	var s Session
	s.readNative("fuzz: elapsed: 3s, execs: 957 (319/sec), new interesting: 7 (total: 129)")
	if want := (Session{Executions: 957, Rate: 319, Coverage: Coverage{Inputs: 129}}); s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
}

// TestRecover: what the engine of go test had when the loop was killed is taken, but for what it had not written whole.
func TestRecover(t *testing.T) {
	pending, corpus, artifacts := filepath.Join(t.TempDir(), "pending"), t.TempDir(), t.TempDir()
	if err := Recover(pending, corpus, artifacts); err != nil {
		t.Errorf("there is nothing: %v", err)
	}
	for name, file := range map[string][]byte{
		"cache/FuzzX/1": encode([]byte("new")), "cache/FuzzX/2": encode([]byte("half"))[:20], "testdata/fuzz/FuzzX/3": encode([]byte("fails")),
	} {
		if err := store.Write(filepath.Join(pending, name), file); err != nil {
			t.Fatal(err)
		}
	}
	if err := Recover(pending, corpus, artifacts); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{corpus: build.FileName([]byte("new")), artifacts: "crash-" + build.FileName([]byte("fails"))} {
		if names, err := store.List(dir); err != nil || !slices.Equal(names, []string{want}) {
			t.Errorf("%q, %v, want %s", names, err, want)
		}
	}
	if _, err := os.Stat(pending); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

// TestTogether adds up processes on one corpus.
func TestTogether(t *testing.T) {
	got := together([]Session{
		{Executions: 1, Rate: 10, Coverage: Coverage{Inputs: 1, Edges: 2, Features: 3}},
		{Executions: 2, Rate: 20, Coverage: Coverage{Inputs: 9, Edges: 8, Features: 7}, Status: "dead", Output: "words"},
		{Executions: 4, Rate: 40},
	})
	if want := (Session{Executions: 7, Rate: 70, Coverage: Coverage{Inputs: 9, Edges: 8, Features: 7}, Status: "dead", Output: "words"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
