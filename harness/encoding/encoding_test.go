package encoding_test

import (
	"errors"
	"testing"

	"github.com/touchstone-wasm/touchstone/corpus"
	"github.com/touchstone-wasm/touchstone/harness/encoding"
	"github.com/touchstone-wasm/touchstone/harness/grammar"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestForms makes forms of all seeds: those that are to stand for the same module are well-formed, of the others a good part is not, and
// the decoder says of each what the grammar does.
func TestForms(t *testing.T) {
	seeds, err := corpus.Inputs("decode")
	if err != nil {
		t.Fatal(err)
	}
	same, well, malformed := 0, 0, 0
	for _, seed := range seeds {
		if grammar.Check(seed.Data) != nil {
			continue
		}
		forms := encoding.Of(seed.Data, 1)
		for range 300 {
			src, keeps := forms.Next()
			wrong := grammar.Check(src)
			switch {
			case keeps && wrong != nil:
				t.Fatalf("%s: a form of the same module: %v: %x", seed.Name, wrong, src)
			case keeps:
				same++
			case wrong == nil:
				well++
			default:
				malformed++
			}
			_, err := wasm.Decode(src)
			var limit *wasm.LimitError
			if (err == nil) != (wrong == nil) && !errors.As(err, &limit) {
				t.Fatalf("%s: the decoder says %v, the grammar %v: %x", seed.Name, err, wrong, src)
			}
		}
	}
	t.Logf("%d forms of the same module, %d of another one, %d malformed", same, well, malformed)
	if same == 0 || well < malformed/10 || malformed < same {
		t.Error("one of the three is rare")
	}
}
