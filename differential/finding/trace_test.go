package finding

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/trace"
)

// TestTracesAreRead: the traces of all findings that are kept are in the form that package trace reads, and both sides are the same
// up to where they part.
func TestTracesAreRead(t *testing.T) {
	files, err := filepath.Glob("../../crashes/found/*/trace-*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no traces: %v", err)
	}
	texts := map[string][]string{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r := trace.NewReader(strings.NewReader(string(data)))
		for {
			if _, err = r.Next(); err != nil {
				break
			}
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", name, err)
		}
		dir := filepath.Dir(name)
		texts[dir] = append(texts[dir], string(data))
	}
	steps := 0
	for dir, both := range texts {
		if len(both) != 2 {
			t.Errorf("%s has %d traces, not 2", dir, len(both))
			continue
		}
		a, b := common(both[0]), common(both[1])
		if a != b {
			t.Errorf("%s: before they part, the sides did\n%sand\n%s", dir, a, b)
		}
		steps += strings.Count(a, "\n") // none if they part at the instantiation
	}
	if steps == 0 {
		t.Error("no trace has a step")
	}
}

// common returns the lines of a trace that are no notes.
func common(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}
