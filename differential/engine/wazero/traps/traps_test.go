package traps

import (
	"errors"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func TestOf(t *testing.T) {
	for text, want := range map[string]wasm.TrapCode{
		"wasm error: integer divide by zero\nwasm stack trace:\n\t.f()": wasm.DivideByZero,
		"wasm error: invalid table access\nwasm stack trace:":           wasm.TableOutOfBounds,
		"stack overflow":                          wasm.StackExhausted,
		"wasm error: stack overflow":              wasm.StackExhausted,
		"start failed: wasm error: unreachable\n": wasm.Unreachable,
		"something else\nwasm error: unreachable": wasm.NoTrap,
		"unreachable":                             wasm.NoTrap,
	} {
		if code, _, ok := Of(errors.New(text)); code != want || ok != (want != wasm.NoTrap) {
			t.Errorf("%q: %v, %v; want %v", text, code, ok, want)
		}
	}
	if _, words, _ := Of(errors.New("wasm error: unreachable\nwasm stack trace:")); words != "wasm error: unreachable" {
		t.Errorf("words %q", words)
	}
}
