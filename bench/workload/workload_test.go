package workload

import (
	"regexp"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestList: names are unique and fit tables and Go's benchmark format, and every module is valid.
func TestList(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range All() {
		if seen[w.Name] || !regexp.MustCompile(`^[a-z0-9_]+$`).MatchString(w.Name) {
			t.Errorf("name %q: used twice, or not made of lower-case letters, digits and underscores", w.Name)
		}
		seen[w.Name] = true
		if w.Suite == "" || w.Doc == "" {
			t.Errorf("%s: no suite or no documentation", w.Name)
		}
		m, err := wasm.Decode(w.Module())
		if err == nil {
			err = wasm.Validate(m)
		}
		if err != nil {
			t.Errorf("%s: %v", w.Name, err)
		}
	}
}

// TestReferences: known values, so that a mistake cannot hide in both the reference and the module.
func TestReferences(t *testing.T) {
	known := map[string]map[uint32]uint32{
		"fib":    {0: 0, 1: 1, 10: 55, 20: 6765},
		"sieve":  {2: 0, 3: 1, 100: 25, 1000: 168},
		"matmul": {1: 0, 2: 11}, // (0 1; 2 3) × (0 .5; 1 1.5) = (1 1.5; 3 5.5), whose sum is 11
		"loop":   {0: 0, 1: lcgAdd},
		"copy":   {0: 0, 8: 0},
	}
	for _, w := range All() {
		if len(known[w.Name]) == 0 {
			t.Errorf("%s: no known value", w.Name)
		}
		for arg, want := range known[w.Name] {
			if got := w.Reference(arg); got != want {
				t.Errorf("%s(%d) = %d, want %d", w.Name, arg, got, want)
			}
		}
	}
}
