package edit_test

import (
	"bytes"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestBodies: a body that is taken apart and put together again is as it was, with the types that the validator sees; and what stands in
// place of a statement is neutral.
func TestBodies(t *testing.T) {
	for seed := range uint64(100) {
		m := module.Generate(tape.Random(seed, 40), module.Options{Features: wasm.AllFeatures})
		bodies, err := edit.Bodies(m)
		if err != nil {
			t.Fatal(err)
		}
		out := edit.Clone(m)
		for i, body := range bodies {
			if code := edit.Expr(body).Code; !bytes.Equal(code, m.Funcs[i].Body.Code) {
				t.Fatalf("seed %d, function %d: other code", seed, i)
			}
			if results := m.Types[m.Funcs[i].Type].Results; len(body) > 0 && body[len(body)-1].Typed && !edit.Ends(body[len(body)-1].Op) &&
				!bytes.Equal(asBytes(body[len(body)-1].After), asBytes(results)) {
				t.Fatalf("seed %d, function %d: ends with %v, not %v", seed, i, body[len(body)-1].After, results)
			}
			if n := len(body); n > 0 {
				i0 := int(seed) % n
				out.Funcs[i].Body = edit.Expr(edit.Splice(body, i0, n, edit.Neutral(body, i0, n)...))
			}
		}
		if err := wasm.Validate(out); err != nil {
			t.Errorf("seed %d: neutral code: %v", seed, err)
		}
	}
}

func asBytes(types []wasm.ValType) []byte { return []byte(string(types)) }

// TestRenumber removes members of every space, one after the other: what stays valid is smaller, and all spaces can be emptied.
func TestRenumber(t *testing.T) {
	for seed := range uint64(20) {
		m := module.Generate(tape.Random(seed, 30), module.Options{Imports: seed%2 == 0})
		m.Exports, m.Start = nil, nil
		for _, space := range []wasm.Imm{wasm.ImmElem, wasm.ImmData, wasm.ImmFunc, wasm.ImmGlobal, wasm.ImmTable, wasm.ImmMemory, wasm.ImmType} {
			for n := edit.Size(m, space); n > 0; n-- {
				out, err := edit.Renumber(m, space, edit.Without(n, n/2, n/2+1))
				if err != nil {
					t.Fatal(err)
				}
				if edit.Size(out, space) != n-1 {
					t.Fatalf("seed %d, space %d: %d are left of %d", seed, space, edit.Size(out, space), n)
				}
				m = out
			}
		}
		if err := wasm.Validate(m); err != nil {
			t.Errorf("seed %d: the empty module: %v", seed, err)
		}
	}
}
