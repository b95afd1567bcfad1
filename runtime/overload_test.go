package runtime_test

import (
	"context"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// TestOverload imports one name with two types, and with one that it does not have.
func TestOverload(t *testing.T) {
	var l runtime.Linker
	called := ""
	define := func(sig, name string) {
		l.Overload("a", "b", asm.Sig(sig), func(context.Context, *runtime.Instance, []uint64) error {
			called = name
			return nil
		})
	}
	define("i:", "replaced")
	define("I:", "replaced")
	define("ii:", "two")
	define("I:", "long")
	define("i:", "one")
	var m asm.Module
	m.Import("a", "b", "I:")
	m.Import("a", "b", "i:")
	m.Export("long", wasm.ExternFunc, 0)
	m.Export("one", wasm.ExternFunc, 1)
	in := instantiate(t, runtime.New(nil), &m, &l)
	for name, arg := range map[string]runtime.Value{"long": runtime.I64(1), "one": runtime.I32(1)} {
		if _, err := in.Call(background, name, arg); err != nil || called != name {
			t.Errorf("%s reaches %s: %v", name, called, err)
		}
	}
	var other asm.Module
	other.Import("a", "b", "f:")
	mod, err := runtime.Compile(other.Encode())
	if err != nil {
		t.Fatal(err)
	}
	_, err = runtime.New(nil).Instantiate(background, mod, &l)
	if err == nil || strings.Count(err.Error(), " or ") != 2 {
		t.Errorf("a type that is not there: %v", err)
	}
}
