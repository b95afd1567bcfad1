package wasm_test

import (
	"bytes"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// withoutOffsets returns a copy of m, down to its expressions, in which no offset is set.
func withoutOffsets(m *wasm.Module) *wasm.Module {
	c := *m
	c.SectionOffsets = [wasm.NumSections]int{}
	c.Funcs, c.Globals = slices.Clone(m.Funcs), slices.Clone(m.Globals)
	c.Elems, c.Datas = slices.Clone(m.Elems), slices.Clone(m.Datas)
	for i := range c.Funcs {
		c.Funcs[i].Body.Offset = 0
	}
	for i := range c.Globals {
		c.Globals[i].Init.Offset = 0
	}
	for i := range c.Datas {
		c.Datas[i].Offset.Offset = 0
	}
	for i := range c.Elems {
		c.Elems[i].Offset.Offset = 0
		c.Elems[i].Exprs = slices.Clone(c.Elems[i].Exprs)
		for j := range c.Elems[i].Exprs {
			c.Elems[i].Exprs[j].Offset = 0
		}
	}
	return &c
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
	if a, b := withoutOffsets(m), withoutOffsets(again); !reflect.DeepEqual(a, b) {
		t.Errorf("%s: encoding changed the module:\n%s", what, cmp.Diff(a, b))
	}
	if twice := wasm.Encode(again); !bytes.Equal(once, twice) {
		t.Errorf("%s: the second encoding differs from the first", what)
	}
}

func TestRoundTripSuites(t *testing.T) {
	n := 0
	for _, suite := range []string{spectest.V1, spectest.V2, spectest.TailCall, spectest.ExtendedConst} {
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
