package typing_test

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/harness/typing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// TestSpec runs the official specification tests about validity: they are the proof that the rules are right.
func TestSpec(t *testing.T) {
	for _, suite := range []string{spectest.V1, spectest.V2, spectest.TailCall, spectest.ExtendedConst} {
		valid, invalid := 0, 0
		for _, s := range spectest.Scripts(t, suite) {
			for i := range s.Commands {
				c := &s.Commands[i]
				if c.IsText() || c.Filename == "" {
					continue
				}
				want := c.Type != spectest.AssertInvalid
				if ex, ok := s.Exception(c); ok && ex.Verdict != spectest.Differs {
					want = ex.Verdict == spectest.Accepted
				}
				m, err := wasm.Decode(s.Wasm(t, c))
				if err != nil {
					continue // malformed modules do not concern the rules
				}
				err = typing.Check(m)
				if (err == nil) != want {
					t.Errorf("%s: %s %q: %v", s.At(c), c.Type, c.Text, err)
				}
				if want {
					valid++
				} else {
					invalid++
				}
			}
		}
		t.Logf("%s: %d valid and %d invalid modules", suite, valid, invalid)
		if valid == 0 || invalid == 0 {
			t.Errorf("%s: nothing was tested", suite)
		}
	}
}
