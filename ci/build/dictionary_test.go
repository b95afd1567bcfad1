package build

import (
	"regexp"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/harness"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// entry is a line of a dictionary as libFuzzer reads it; longer words than longest it leaves out.
var entry = regexp.MustCompile(`^[a-zA-Z0-9_]+="((?:[!#-\[\]-~]|\\x[0-9A-F]{2})+)"$`)

const longest = 64

// TestDictionaries: libFuzzer can read every line, no word is there twice, and the words of our tables are there.
func TestDictionaries(t *testing.T) {
	ops, hostcalls := 0, 0
	for range wasm.Ops() {
		ops++
	}
	for range wasi.Hostcalls() {
		hostcalls++
	}
	least := map[string]int{"decode": ops + hostcalls, "validate": ops, "lower": ops, "trace": ops + hostcalls, "policy": hostcalls}
	for _, target := range harness.Targets() {
		words := map[string]bool{}
		for line := range strings.Lines(string(Dictionary(target))) {
			m := entry.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
			if m == nil || words[m[1]] {
				t.Fatalf("%s: %q is no entry, or it is there twice", target.Name, line)
			}
			words[m[1]] = true
			if n := len(m[1]) - 3*strings.Count(m[1], `\x`); n > longest {
				t.Errorf("%s: a word of %d bytes: %s", target.Name, n, line)
			}
		}
		if want := least[target.Corpus] + len(edges); len(words) < want {
			t.Errorf("%s: %d words, want %d and more", target.Name, len(words), want)
		}
	}
}

// TestEscaped: bytes that a dictionary does not take as they are.
func TestEscaped(t *testing.T) {
	if got, want := escaped([]byte("a\"\\ \x00\xff~")), `a\x22\x5C\x20\x00\xFF~`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
