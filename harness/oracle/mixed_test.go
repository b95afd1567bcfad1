package oracle

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime"
)

// TestReplayNotices changes what a module has seen of its hostcalls: plain code that makes others is noticed, and so is one that is
// given other answers.
func TestReplayNotices(t *testing.T) {
	box, err := NewSandbox(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	x := NewMixed(box)
	opts := module.Options{Mode: module.NoTrap, Fuel: mixedFuel, Hostcalls: &hostcall.Options{Outside: box.Outside()}}
	compiled, err := runtime.CompileModule(module.Generate(tape.Random(4, 40), opts))
	if err != nil {
		t.Fatal(err)
	}
	first, log, f := x.sandboxed(t.Context(), compiled)
	if f != nil || len(log) < 10 {
		t.Fatalf("%d hostcalls, %v", len(log), f)
	}
	wrote := slices.IndexFunc(log, func(e hostEvent) bool { return e.row.Name == "path_open" && len(e.wrote) > 0 })
	if wrote < 0 {
		t.Fatal("no hostcall writes to memory")
	}
	for name, c := range map[string]struct {
		change func(log []hostEvent) []hostEvent
		same   bool
	}{
		"nothing":     {func(log []hostEvent) []hostEvent { return log }, true},
		"one less":    {func(log []hostEvent) []hostEvent { return log[:len(log)-1] }, false},
		"one more":    {func(log []hostEvent) []hostEvent { return append(log, log[0]) }, false},
		"other order": {func(log []hostEvent) []hostEvent { return append(log[1:], log[0]) }, false},
		"an argument": {func(log []hostEvent) []hostEvent {
			log[0].args = slices.Repeat([]uint64{77}, len(log[0].args))
			return log
		}, false},
		"an errno":     {func(log []hostEvent) []hostEvent { log[len(log)-1].errno ^= 8; return log }, false},
		"what is read": {func(log []hostEvent) []hostEvent { log[wrote].wrote = []byte{99}; return log }, false},
	} {
		o, f := x.replayed(t.Context(), compiled, c.change(slices.Clone(log)))
		if f == nil {
			f = first.compare(o, &mixedPlain)
		}
		if (f == nil) != c.same {
			t.Errorf("%s: %v", name, f)
		}
	}
}

// TestOverwritten compares with a search byte by byte.
func TestOverwritten(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		before := make([]byte, 1+r.IntN(3*page))
		after := bytes.Clone(before)
		first, last := -1, -1
		for range r.IntN(4) {
			after[r.IntN(len(after))] ^= byte(r.Uint32())
		}
		for i := range after {
			if after[i] != before[i] {
				if last = i; first < 0 {
					first = i
				}
			}
		}
		at, data := overwritten(before, after)
		if first < 0 && data != nil || first >= 0 && (at != uint64(first) || !bytes.Equal(data, after[first:last+1])) {
			t.Fatalf("%d bytes at %#x; it is from %#x to %#x", len(data), at, first, last)
		}
	}
}
