package hostcall

import (
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func TestTrampolineIsValid(t *testing.T) {
	m := Trampoline()
	if err := wasm.Validate(m); err != nil {
		t.Fatal(err)
	}
	back, err := wasm.Decode(wasm.Encode(m))
	if err != nil {
		t.Fatal(err)
	}
	exported := map[string]bool{}
	for _, e := range back.Exports {
		exported[e.Name] = true
	}
	for row := range wasi.Hostcalls() {
		if !exported[row.ID()] {
			t.Errorf("%s cannot be called through the trampoline", row.ID())
		}
	}
}

func TestArgumentsFitTheTable(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(1000) {
		for _, c := range Generate(tape.Random(seed, 30), Options{Outside: "/outside"}) {
			seen[c.Row.ID()]++
			types := c.Row.Type().Params
			if len(c.Args) != len(types) {
				t.Fatalf("%s has %d arguments, its type %d", c.Row.Name, len(c.Args), len(types))
			}
			for i, a := range c.Args {
				if types[i] == wasm.I32 && a.Value > 0xffffffff {
					t.Fatalf("%s: argument %d is %#x and of type i32", c.Row.Name, i, a.Value)
				}
			}
			for _, w := range c.Writes {
				if uint64(w.Addr)+uint64(len(w.Data)) > MemorySize {
					t.Fatalf("%s: %d bytes at %#x are outside the memory", c.Row.Name, len(w.Data), w.Addr)
				}
			}
		}
	}
	for row := range wasi.Hostcalls() {
		if seen[row.ID()] < 20 {
			t.Errorf("%s occurs %d times in 1000 sequences", row.ID(), seen[row.ID()])
		}
	}
}

func TestOnly(t *testing.T) {
	only, all := 0, 0
	for seed := range uint64(50) {
		for _, c := range Generate(tape.Random(seed, 30), Options{Only: "fd_pread"}) {
			all++
			if c.Row.Name == "fd_pread" {
				only++
			}
		}
	}
	// More than half of those that frames describe; before them are calls that open what these need.
	if only < all*2/5 || only == all {
		t.Errorf("%d of %d calls are the one that was asked for", only, all)
	}
}

// TestPathsStayNear keeps the promise that a runtime without any isolation could do no harm with these paths: none reaches
// existing files beyond the parent of the tree, but for those below the one absolute path that the caller chose.
func TestPathsStayNear(t *testing.T) {
	for seed := range uint64(3000) {
		g := generator{t: tape.New(tape.Random(seed, 1)), opts: &Options{Outside: "/outside"}, next: scratch}
		g.t.Frame()
		p, _, _ := strings.Cut(g.path(), "\x00")
		if strings.HasPrefix(p, "/outside") {
			continue
		}
		if path.IsAbs(p) {
			// Names of ours, which no host has at its root.
			first, _, _ := strings.Cut(strings.TrimPrefix(path.Clean(p), "/"), "/")
			if !slices.Contains(components, first) {
				t.Fatalf("%q is absolute", p)
			}
			continue
		}
		clean := path.Clean("tree/" + p)
		if strings.HasPrefix(clean, "..") && !strings.HasSuffix(clean, "/nowhere") {
			t.Fatalf("%q leaves the tree's parent", p)
		}
	}
}

func TestSameTapeSameSequence(t *testing.T) {
	for seed := range uint64(50) {
		data := tape.Random(seed, 20)
		if !reflect.DeepEqual(Generate(data, Options{}), Generate(data, Options{})) {
			t.Fatalf("seed %d gives two sequences", seed)
		}
	}
}

// TestCompile checks that what sequences compile to is valid and imports what is called and nothing else.
func TestCompile(t *testing.T) {
	for seed := range uint64(1000) {
		calls := Generate(tape.Random(seed, int(seed%20)), Options{})
		m := Compile(calls, Alone)
		src := wasm.Encode(m)
		back, err := wasm.Decode(src)
		if err == nil {
			err = wasm.Validate(back)
		}
		if err != nil {
			t.Fatalf("tape.Random(%d): %v", seed, err)
		}
		called := map[*wasi.Hostcall]bool{}
		for i := range calls {
			called[calls[i].Row] = true
		}
		if len(back.Imports) != len(called) || len(back.Exports) != 2+len(calls) {
			t.Fatalf("tape.Random(%d): %d imports and %d exports for %d calls of %d hostcalls", seed, len(back.Imports), len(back.Exports), len(calls), len(called))
		}
	}
}
