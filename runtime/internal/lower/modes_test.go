package lower_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/internal/lower"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// TestModes lowers all modules of the official scripts in every mode. Frames are as large in all of them, so that limits of the
// stack are reached at the same call; and ordinary code knows nothing of the deterministic mode.
func TestModes(t *testing.T) {
	modules, changed := 0, 0
	for _, s := range slices.Concat(spectest.Scripts(t, spectest.V2), spectest.Scripts(t, spectest.TailCall)) {
		for i := range s.Commands {
			c := &s.Commands[i]
			if c.Type != spectest.Module || c.IsText() {
				continue
			}
			m, err := wasm.Decode(s.Wasm(t, c))
			if err != nil || wasm.Validate(m) != nil {
				continue // package wasm tests these
			}
			modules++
			fused, deterministic := lowered(t, lower.Module, m, lower.All), lowered(t, lower.Deterministic, m, lower.All)
			if n := canons(fused); n > 0 {
				t.Errorf("%s: %d instructions of the deterministic mode in ordinary code", s.At(c), n)
			}
			if n := canons(deterministic); n > 0 {
				changed++
			} else if !slices.Equal(fused.Words, deterministic.Words) {
				t.Errorf("%s: deterministic code differs where no NaN is open", s.At(c))
			}
			modes := map[string]*isa.Code{"deterministic": deterministic, "plain": lowered(t, lower.Module, m, 0),
				"deterministic and plain": lowered(t, lower.Deterministic, m, 0)}
			for name, f := range lower.Fusions() {
				modes["only "+name] = lowered(t, lower.Module, m, f)
			}
			want := headers(fused)
			for name, code := range modes {
				if !slices.Equal(headers(code), want) {
					t.Errorf("%s: frames of %s code: %#x, of fused code %#x", s.At(c), name, headers(code), want)
				}
			}
		}
	}
	if modules < 500 || changed < 20 {
		t.Errorf("%d modules, %d with open NaNs", modules, changed)
	}
}

func lowered(t *testing.T, how func(*wasm.Module, lower.Fusion) (*isa.Code, error), m *wasm.Module, f lower.Fusion) *isa.Code {
	t.Helper()
	code, err := how(m, f)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// headers returns the headers of all functions.
func headers(c *isa.Code) (all []uint64) {
	for _, f := range c.Funcs {
		all = append(all, c.Words[f.Entry])
	}
	return all
}

// canons counts the instructions that make NaNs canonical.
func canons(c *isa.Code) (n int) {
	for _, f := range c.Funcs {
		for pc := f.Entry + 1; pc < f.End; {
			spec := isa.Inst(c.Words[pc]).Op().Spec()
			if strings.HasPrefix(spec.Name, "Canon") {
				n++
			}
			pc += uint32(spec.Shape.Words())
		}
	}
	return n
}
