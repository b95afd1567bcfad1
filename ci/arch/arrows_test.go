package arch

import (
	"slices"
	"testing"
)

// arrow says what the packages that from matches may import of this module. The first arrow that matches a
// package counts. Sub-packages of one top-level folder are free among each other where to says so.
type arrow struct {
	from string
	to   []string
}

// arrows is the list that the design gives; "…/..." is a folder and all below it.
var arrows = []arrow{
	{"runtime/planted", nil}, // constants, of which ordinary builds keep nothing
	{"runtime/wasm", []string{"runtime/planted"}},
	{"runtime/wasm/...", []string{"runtime/wasm"}}, // helpers of the format, for example the assembler
	{"runtime/trace/...", nil},
	{"runtime/policy/...", []string{"runtime/planted"}},
	{"runtime/internal/hostos/sandbox/...", []string{"runtime/internal/hostos/sandbox/...", "runtime/policy"}}, // granted access as in policies
	{"runtime/internal/hostos/...", []string{"runtime/planted"}},
	{"runtime/internal/...", []string{"runtime/wasm", "runtime/planted", "runtime/internal/..."}},
	{"runtime/wasi/model", []string{"runtime/wasi", "runtime/policy"}}, // judges any engine: no handlers, no host
	{"runtime/wasi/...", []string{"runtime", "runtime/wasm/...", "runtime/policy", "runtime/trace", "runtime/internal/hostos", "runtime/planted"}},
	{"runtime/cmd/...", []string{"runtime/..."}},
	{"runtime", []string{"runtime/wasm", "runtime/planted", "runtime/wasm/coverage", "runtime/trace", "runtime/internal/..."}},
	// The runtime's core does not know WASI, and generators need no more than its tables.
	{"generators/...", []string{"generators/...", "runtime/wasm/...", "runtime/wasi"}},
	{"corpus/cover", []string{"harness", "harness/oracle"}}, // the command of the corpus runs targets; the seeds themselves know nothing of them
	{"corpus/cli", []string{"corpus/...", "harness"}},
	{"corpus/cmd/...", []string{"corpus/..."}},
	{"corpus/...", []string{"corpus/...", "generators/...", "runtime/wasm/...", "runtime/wasi"}},
	{"differential/...", []string{"differential/...", "corpus/regressions", "runtime", "runtime/wasm/...", "runtime/wasi", "runtime/wasi/model", "runtime/policy", "runtime/trace", "generators/..."}},
	{"harness/...", []string{"harness/...", "runtime/...", "generators/...", "corpus/...", "differential/..."}},
	// A finding of a target is replayed by the target's check, and the loop runs the targets.
	{"crashes/...", []string{"crashes/...", "harness/...", "differential/...", "generators/reduce", "runtime/wasm/...", "runtime/wasi"}},
	{"bench/...", []string{"bench/...", "differential/engine/...", "runtime", "runtime/wasm/...", "runtime/wasi"}},
	{"ci/...", []string{"ci/...", "harness/...", "crashes/...", "corpus/...", "differential/engine/...", "differential/finding", "generators/reduce", "runtime/wasm/...", "runtime/wasi", "runtime/planted"}},
}

// users are the folders at the top of the arrows: nothing else may import them, tests included, but what an arrow allows.
var users = []string{"harness/...", "crashes/...", "bench/...", "ci/..."}

// guarded are folders that only some may import, whatever the arrows say, and who.
var guarded = map[string][]string{
	"runtime/internal/hostos/...": {"runtime/internal/hostos/...", "runtime/wasi/...", "runtime/cmd/..."},
	"runtime/wasm/spectest/...":   nil, // tests only
	"runtime/internal/gen/...":    nil,
}

func arrowFor(dir string) *arrow {
	for i := range arrows {
		if matches(arrows[i].from, dir) {
			return &arrows[i]
		}
	}
	return nil
}

func TestArrows(t *testing.T) {
	for _, src := range allSources(t) {
		a := arrowFor(src.dir)
		if a == nil {
			t.Errorf("%s: no arrow covers %s; add its folder to the list of arrows", src.path, src.dir)
			continue
		}
		for _, imp := range src.imports {
			dir, ok := ours(imp)
			if !ok || dir == src.dir {
				continue
			}
			if src.test {
				// Tests may look sideways and down, never at the commands and targets on top.
				if matchesAny(users, dir) && !matches(a.from, dir) && !matchesAny(a.to, dir) {
					t.Errorf("%s imports %s, on which only its own folder may depend", src.path, dir)
				}
				continue
			}
			for target, importers := range guarded {
				if matches(target, dir) && !matches(target, src.dir) && !matchesAny(importers, src.dir) {
					t.Errorf("%s imports %s, which only %q may", src.path, dir, importers)
				}
			}
			if !matchesAny(a.to, dir) {
				t.Errorf("%s imports %s; %s may import %q", src.path, dir, a.from, a.to)
			}
		}
	}
}

// graph holds, for every folder, the import paths of all its files that are not tests.
func graph(t *testing.T) map[string][]string {
	g := map[string][]string{}
	for _, src := range allSources(t) {
		if !src.test {
			g[src.dir] = append(g[src.dir], src.imports...)
		}
	}
	return g
}

// reach returns every import path that a folder of this module reaches through folders of this module.
func reach(g map[string][]string, dir string) []string {
	seen := map[string]bool{dir: true}
	var found []string
	for todo := []string{dir}; len(todo) > 0; {
		next := todo[0]
		todo = todo[1:]
		for _, imp := range g[next] {
			found = append(found, imp)
			if d, ok := ours(imp); ok && !seen[d] {
				seen[d] = true
				todo = append(todo, d)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
