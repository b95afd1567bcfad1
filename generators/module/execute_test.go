package module

import (
	"errors"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// runFuel is what no module uses up: it counts its own fuel and ends long before.
const runFuel = 20_000_000

// trapsOf instantiates a module, calls its entry points in order and returns the traps.
func trapsOf(t *testing.T, m *wasm.Module) (codes []wasm.TrapCode) {
	t.Helper()
	compiled, err := runtime.CompileModule(m)
	if err != nil {
		t.Fatal(err)
	}
	note := func(err error) {
		var trap *runtime.Trap
		if err != nil && !errors.As(err, &trap) {
			t.Fatal(err)
		}
		if trap != nil {
			codes = append(codes, trap.Code)
		}
	}
	in, err := runtime.New(&runtime.Config{Fuel: runFuel, MaxMemoryBytes: 64 << 20}).Instantiate(t.Context(), compiled, nil)
	note(err)
	if err != nil {
		return codes
	}
	for _, e := range m.Exports {
		if e.Kind == wasm.ExternFunc {
			_, err := in.Call(t.Context(), e.Name)
			note(err)
		}
	}
	return codes
}

// TestEveryModuleEnds runs modules with each set of features: they end by themselves, and trap only if they may.
func TestEveryModuleEnds(t *testing.T) {
	trapped := 0
	for seed := range uint64(seeds) {
		opts := Options{Features: featuresOf(seed), RawNaN: seed%5 == 0, ExternSegments: seed%7 == 0, Mode: Mode(seed / 16 % 3)}
		data := tapeOf(seed)
		codes := trapsOf(t, Generate(data, opts))
		if len(codes) > 0 {
			trapped++
			if ModeOf(data, opts) == NoTrap {
				t.Errorf("seed %d traps: %v", seed, codes)
			}
		}
		for _, c := range codes {
			if c == wasm.FuelExhausted || c == wasm.StackExhausted {
				t.Errorf("seed %d does not end by itself: %v", seed, c)
			}
		}
	}
	t.Logf("%d of %d modules trap", trapped, seeds)
}

// TestNoVectorLeaves looks at what hosts see: no host API in Go can hold a vector.
func TestNoVectorLeaves(t *testing.T) {
	readers := 0
	for seed := range uint64(seeds) {
		m := Generate(tapeOf(seed), Options{Features: optional})
		types, globals := m.FuncTypes(), m.GlobalTypes()
		for _, e := range m.Exports {
			switch {
			case e.Kind == wasm.ExternGlobal && globals[e.Index].Type.IsVector():
				t.Errorf("seed %d: the global %s is a vector", seed, e.Name)
			case e.Kind == wasm.ExternFunc && (hasVector(types[e.Index].Results) || len(types[e.Index].Params) > 0):
				t.Errorf("seed %d: %s is of type %v", seed, e.Name, types[e.Index])
			case e.Kind == wasm.ExternFunc && e.Name[0] == 'g':
				readers++
			}
		}
	}
	if readers < seeds/2 {
		t.Errorf("only %d globals in %d modules are vectors", readers, seeds)
	}
}
