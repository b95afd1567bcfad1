package arch

import (
	"slices"
	"testing"
)

// TestMatches keeps the patterns honest: an arrow that matches nothing would allow everything or nothing.
func TestMatches(t *testing.T) {
	for _, test := range []struct {
		pattern, dir string
		want         bool
	}{
		{"runtime", "runtime", true},
		{"runtime", "runtime/wasm", false},
		{"runtime/...", "runtime", true},
		{"runtime/...", "runtime/internal/exec", true},
		{"runtime/...", "runtimes", false},
		{workers, "differential/engine/wasmtime/worker", true},
		{workers, "differential/engine/wasmtime/worker/deep", true},
		{workers, "differential/engine/wasmtime", false},
		{workers, "differential/engine/worker", false},
	} {
		if got := matches(test.pattern, test.dir); got != test.want {
			t.Errorf("matches(%q, %q) = %v", test.pattern, test.dir, got)
		}
	}
}

// TestReach: the closure finds what lies behind another folder, and survives a cycle.
func TestReach(t *testing.T) {
	g := map[string][]string{
		"a": {modulePath + "/b", "fmt"},
		"b": {modulePath + "/a", cgoModules[0]},
	}
	got := reach(g, "a")
	want := []string{"fmt", cgoModules[0], modulePath + "/a", modulePath + "/b"}
	if !slices.Equal(got, want) {
		t.Errorf("reach = %q, want %q", got, want)
	}
}
