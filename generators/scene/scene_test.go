package scene

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// scenes is the number of scenes that the tests look at.
const scenes = 1500

// each makes scenes of tapes: half of them of frames, half of random bytes.
func each(f func(seed uint64, data []byte, s *Scene)) {
	for seed := range uint64(scenes) {
		data := tape.Random(seed, int(seed/2%60))
		if seed%2 == 1 {
			r := rand.New(rand.NewPCG(seed, 1))
			data = make([]byte, seed*7%1500)
			for i := range data {
				data[i] = byte(r.Uint32())
			}
		}
		f(seed, data, Generate(data))
	}
}

// modulesOf lists the modules of a scene, each once.
func modulesOf(s *Scene) (list []*Built) {
	seen := map[*Built]bool{}
	for _, steps := range append(s.Scripts, s.Steps) {
		for i := range steps {
			if m := steps[i].Module; m != nil && !seen[m] {
				seen[m] = true
				list = append(list, m)
			}
		}
	}
	return list
}

// TestModulesAreValid: whatever the tape is, modules are valid, have a binary form that decodes to the same, and export all that they have under
// names of its index.
func TestModulesAreValid(t *testing.T) {
	modules := 0
	each(func(seed uint64, _ []byte, s *Scene) {
		for _, b := range modulesOf(s) {
			modules++
			if err := wasm.Validate(&b.Module.Module); err != nil {
				t.Fatalf("seed %d, module %d: %v", seed, b.ID, err)
			}
			src := wasm.Encode(&b.Module.Module)
			m, err := wasm.Decode(src)
			if err != nil {
				t.Fatalf("seed %d, module %d: %v", seed, b.ID, err)
			}
			if !bytes.Equal(wasm.Encode(m), src) {
				t.Fatalf("seed %d, module %d: decoded and encoded again it is another module", seed, b.ID)
			}
			for i := range m.FuncTypes() {
				if !exports(m, ExportName(wasm.ExternFunc, i)) {
					t.Fatalf("seed %d, module %d: function %d is not exported", seed, b.ID, i)
				}
			}
		}
	})
	if t.Logf("%d modules in %d scenes", modules, scenes); modules < scenes {
		t.Errorf("%d scenes have %d modules only", scenes, modules)
	}
}

func exports(m *wasm.Module, name string) bool {
	for i := range m.Exports {
		if m.Exports[i].Name == name {
			return true
		}
	}
	return false
}

// TestGenerateIsDeterministic: a tape is one scene, whatever was made before.
func TestGenerateIsDeterministic(t *testing.T) {
	each(func(seed uint64, data []byte, s *Scene) {
		if seed%10 == 0 && !reflect.DeepEqual(s, Generate(bytes.Clone(data))) {
			t.Fatalf("seed %d: another scene", seed)
		}
	})
	if s := Generate(nil); len(s.Steps) != 0 || s.Types || len(s.Scripts) != Funcs {
		t.Errorf("an empty tape gives %+v", s)
	}
}

// TestStepsAreInRange: what a step says is there. An instance, an element and a memory may be missing, which the player must see.
func TestStepsAreInRange(t *testing.T) {
	each(func(seed uint64, _ []byte, s *Scene) {
		if len(modulesOf(s)) > maxModules {
			t.Fatalf("seed %d: %d modules", seed, len(modulesOf(s)))
		}
		for slot, steps := range append(s.Scripts, s.Steps) {
			for i := range steps {
				step := &steps[i]
				switch {
				case step.Kind >= kinds, step.Kind == End && (step.Num >= Ends || slot == Funcs), (step.Kind == Instantiate) != (step.Module != nil):
					t.Fatalf("seed %d: %+v", seed, step)
				}
				for _, v := range step.Args {
					if v != step.Arg(v.Type) || v.Type == wasm.FuncRef && v.Low > uint64(Funcs) {
						t.Fatalf("seed %d: %+v", seed, v)
					}
				}
			}
		}
	})
}
