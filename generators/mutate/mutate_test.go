package mutate

import (
	"bytes"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// never says that nothing was executed.
func never(uint32, int) bool { return false }

// TestMutators applies each mutator to each of many modules: it finds a place in a good share of them, keeps validity if it says so,
// changes what it gives back and nothing else, and does the same the next time.
func TestMutators(t *testing.T) {
	modules := uint64(200)
	if testing.Short() {
		modules = 50
	}
	for _, u := range Mutators {
		applied, valid, same := 0, 0, 0
		for seed := range modules {
			m := module.Generate(tape.Random(seed, 30), module.Options{Features: wasm.FeatureSet(seed), Imports: seed%3 == 0, ExternSegments: seed%5 == 0})
			before := wasm.Encode(m)
			data := tape.Random(seed+5000, 1)
			frame := func() *tape.Tape {
				t := tape.New(data)
				t.Frame()
				return t
			}
			out, ok := u.Apply(m, frame(), never)
			if !bytes.Equal(wasm.Encode(m), before) {
				t.Fatalf("%s, seed %d: the module was changed", u.Name, seed)
			}
			if !ok {
				continue
			}
			applied++
			after := wasm.Encode(out)
			if bytes.Equal(before, after) {
				same++
			}
			again, _ := u.Apply(m, frame(), never)
			if !bytes.Equal(wasm.Encode(again), after) {
				t.Fatalf("%s, seed %d: another result the next time", u.Name, seed)
			}
			err := wasm.Validate(out)
			if err == nil {
				valid++
			} else if u.Keeps != Nothing {
				t.Errorf("%s, seed %d: %v", u.Name, seed, err)
			}
		}
		t.Logf("%-30s applied to %4d of %d modules, %4d valid, %3d unchanged", u.Name, applied, modules, valid, same)
		if uint64(applied) < modules/4 {
			t.Errorf("%s is applied to %d of %d modules only", u.Name, applied, modules)
		}
		if same > applied/2 {
			t.Errorf("%s changes nothing in %d of %d cases", u.Name, same, applied)
		}
		if u.Keeps == Nothing && (valid == applied || valid == 0 && applied > 100) {
			t.Errorf("%s: %d of %d are valid; a mutator that keeps nothing should try both", u.Name, valid, applied)
		}
	}
}
