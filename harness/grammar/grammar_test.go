package grammar_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/grammar"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// TestSpec runs the official specification tests about the binary format: they are the proof that the grammar is right.
func TestSpec(t *testing.T) {
	for _, suite := range []string{spectest.V1, spectest.V2, spectest.TailCall, spectest.ExtendedConst} {
		good, bad := 0, 0
		for _, s := range spectest.Scripts(t, suite) {
			for i := range s.Commands {
				c := &s.Commands[i]
				if c.IsText() || c.Filename == "" {
					continue
				}
				want := c.Type != spectest.AssertMalformed
				if ex, ok := s.Exception(c); ok && ex.Verdict != spectest.Differs {
					want = ex.Verdict != spectest.Malformed
				}
				if err := grammar.Check(s.Wasm(t, c)); (err == nil) != want {
					t.Errorf("%s: %s %q: %v", s.At(c), c.Type, c.Text, err)
				}
				if want {
					good++
				} else {
					bad++
				}
			}
		}
		t.Logf("%s: %d well-formed and %d malformed modules", suite, good, bad)
		if good == 0 || bad == 0 && suite != spectest.TailCall && suite != spectest.ExtendedConst {
			t.Errorf("%s: nothing was tested", suite)
		}
	}
}

// TestDecoderAgrees compares the decoder with the grammar on seeds that were changed in a few places.
func TestDecoderAgrees(t *testing.T) {
	const inputs = 200_000
	seeds, err := corpus.Inputs("decode")
	if err != nil {
		t.Fatal(err)
	}
	r, good := rand.New(rand.NewPCG(5, 5)), 0
	for range inputs {
		src := change(r, seeds[r.IntN(len(seeds))].Data)
		_, err := wasm.Decode(src)
		var limit *wasm.LimitError
		if errors.As(err, &limit) {
			continue
		}
		wrong := grammar.Check(src)
		if (wrong == nil) != (err == nil) {
			t.Fatalf("the decoder says %v, the grammar %v: %x", err, wrong, src)
		}
		if wrong == nil {
			good++
		}
	}
	t.Logf("%d of %d inputs are well-formed", good, inputs)
	if good < inputs/20 || good > inputs*19/20 {
		t.Errorf("%d of %d inputs are well-formed: one of the verdicts is hardly tested", good, inputs)
	}
}

// TestDataCount: instructions that name data segments require a data count in code, and not in constant expressions (section 5.5.16).
func TestDataCount(t *testing.T) {
	const header, drop = "\x00asm\x01\x00\x00\x00", "\xfc\x09\x00\x0b"
	const function = "\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00"
	for src, well := range map[string]bool{
		header + "\x0b\x07\x01\x00" + drop + "\x00":                                    true,
		header + "\x06\x07\x01\x7f\x00" + drop:                                         true,
		header + function + "\x0a\x04\x01\x02\x00\x0b\x0b\x07\x01\x00" + drop + "\x00": true,
		header + function + "\x0a\x07\x01\x05\x00" + drop:                              false,
		header + function + "\x0c\x01\x00\x0a\x07\x01\x05\x00" + drop:                  true,
		header + function + "\x0c\x01\x01\x0a\x07\x01\x05\x00" + drop:                  false,
	} {
		if err := grammar.Check([]byte(src)); (err == nil) != well {
			t.Errorf("%x: %v", src, err)
		}
		if _, err := wasm.Decode([]byte(src)); (err == nil) != well {
			t.Errorf("decoder: %x: %v", src, err)
		}
	}
}

// change sets, repeats or removes a byte or two.
func change(r *rand.Rand, src []byte) []byte {
	out := append([]byte(nil), src...)
	for range 1 + r.IntN(2) {
		if len(out) == 0 {
			break
		}
		at := r.IntN(len(out))
		switch r.IntN(4) {
		case 0:
			out[at] ^= 1 << r.IntN(8)
		case 1:
			out[at] = byte(r.Uint32())
		case 2:
			out = append(out[:at], out[at+1:]...)
		case 3:
			out = append(out[:at+1], out[at:]...)
		}
	}
	return out
}
