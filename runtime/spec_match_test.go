package runtime_test

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// The runner's comparison of results is exact, so that what it passes means something.
func TestSpecMatches(t *testing.T) {
	const canonical, arithmetic = spectest.NaNCanonical, spectest.NaNArithmetic
	for _, test := range []struct {
		got  runtime.Value
		want spectest.Val
		ok   bool
	}{
		{runtime.I32(-1), spectest.Val{Type: "i32", Value: "4294967295"}, true},
		{runtime.I32(-1), spectest.Val{Type: "i32", Value: "1"}, false},
		{runtime.I64(1), spectest.Val{Type: "i32", Value: "1"}, false},
		{runtime.F32(0), spectest.Val{Type: "f32", Value: "0"}, true},
		{runtime.F32(0), spectest.Val{Type: "f32", Value: "2147483648"}, false}, // -0
		{runtime.Num(wasm.F32, 0xffc00000), spectest.Val{Type: "f32", Value: canonical}, true},
		{runtime.Num(wasm.F32, 0x7fc00001), spectest.Val{Type: "f32", Value: canonical}, false},
		{runtime.Num(wasm.F32, 0x7fc00001), spectest.Val{Type: "f32", Value: arithmetic}, true},
		{runtime.Num(wasm.F32, 0x7fa00000), spectest.Val{Type: "f32", Value: arithmetic}, false}, // signalling
		{runtime.Num(wasm.F32, 0x7f800000), spectest.Val{Type: "f32", Value: arithmetic}, false}, // infinity
		{runtime.Num(wasm.F64, 0x7ff8000000000000), spectest.Val{Type: "f64", Value: canonical}, true},
		{runtime.Num(wasm.F64, 0x7ff4000000000000), spectest.Val{Type: "f64", Value: arithmetic}, false},
		{runtime.ExternRef(hostRef(7)), spectest.Val{Type: "externref", Value: "7"}, true},
		{runtime.ExternRef(hostRef(7)), spectest.Val{Type: "externref", Value: "8"}, false},
		{runtime.ExternRef(hostRef(0)), spectest.Val{Type: "externref", Value: "null"}, false},
		{runtime.ExternRef(nil), spectest.Val{Type: "externref", Value: "null"}, true},
		{runtime.ExternRef(nil), spectest.Val{Type: "externref", Value: "0"}, false},
		{runtime.ExternRef(nil), spectest.Val{Type: "funcref", Value: "null"}, false},
	} {
		if got := matches(test.got, &test.want); got != test.ok {
			t.Errorf("%s %s against %+v: %t", test.got.Type(), test.got, test.want, got)
		}
	}
	if allMatch(nil, []spectest.Val{{Type: "i32", Value: "0"}}) {
		t.Error("no results match one")
	}
}

// Every text of a trap in the scripts means exactly one class.
func TestSpecTrapTexts(t *testing.T) {
	for _, suite := range []string{spectest.V1, spectest.V2} {
		for _, s := range spectest.Scripts(t, suite) {
			for i := range s.Commands {
				c := &s.Commands[i]
				if c.Type != spectest.AssertTrap && c.Type != spectest.AssertExhaustion && c.Type != spectest.AssertUninstantiable {
					continue
				}
				classes := 0
				for code := range wasm.NumTrapCodes {
					if spectest.TrapMeans(c.Text, wasm.TrapCode(code).Error()) {
						classes++
					}
				}
				if classes != 1 {
					t.Errorf("%s: %q means %d classes of trap", s.At(c), c.Text, classes)
				}
			}
		}
	}
}
