package targets

import (
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/harness"
)

func TestTouched(t *testing.T) {
	for file, want := range map[string][]string{
		"runtime/wasm/leb.go":         {"FuzzDecode"},
		"corpus/policy/one":           {"FuzzPolicy"},
		"harness/trace.go":            {"FuzzTrace"},
		"bench/README.md":             nil,
		"runtime/wasi/roots.go":       {"FuzzMixed"}, // FuzzHostcall leaves it out
		"runtime/wasi/testdata/x.txt": nil,
	} {
		var names []string
		for _, target := range touched(harness.Targets(), []string{file}) {
			names = append(names, target.Name)
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s: %q, want %q", file, names, want)
		}
	}
}

func TestNamed(t *testing.T) {
	if list, err := Named("FuzzDecode, FuzzFdRead"); err != nil || len(list) != 2 || list[1].Hostcall != "fd_read" {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := Named("FuzzNothing"); err == nil {
		t.Error("a target that there is not")
	}
}
