package wasm_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/touchstone-wasm/touchstone/runtime/internal/spectest"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// sameModule compares modules apart from offsets.
var sameModule = []cmp.Option{
	cmpopts.IgnoreFields(wasm.Expr{}, "Offset"),
	cmpopts.IgnoreFields(wasm.Module{}, "SectionOffsets"),
}

// checkRoundTrip checks that decode(encode(m)) is m and that a second pass changes no byte.
func checkRoundTrip(t *testing.T, what string, m *wasm.Module) {
	t.Helper()
	once := wasm.Encode(m)
	again, err := wasm.Decode(once)
	if err != nil {
		t.Errorf("%s: the encoded module does not decode: %v", what, err)
		return
	}
	if diff := cmp.Diff(m, again, sameModule...); diff != "" {
		t.Errorf("%s: encoding changed the module:\n%s", what, diff)
	}
	if twice := wasm.Encode(again); !bytes.Equal(once, twice) {
		t.Errorf("%s: the second encoding differs from the first", what)
	}
}

func TestRoundTripSuites(t *testing.T) {
	n := 0
	for _, suite := range []string{spectest.V1, spectest.V2} {
		eachCommand(t, suite, func(s *spectest.Script, c *spectest.Command) {
			if m, err := wasm.Decode(s.Wasm(t, c)); err == nil {
				n++
				checkRoundTrip(t, s.At(c), m)
			}
		})
	}
	if n < 3000 {
		t.Errorf("only %d modules went through", n)
	}
	t.Logf("%d modules", n)
}
