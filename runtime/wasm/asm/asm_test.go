package asm_test

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

func TestModule(t *testing.T) {
	var m asm.Module
	host := m.Import("host", "log", "i:")
	m.Memory(1, 2)
	m.Func("pick", "i:I", "f", new(asm.Body).
		Block(wasm.OpBlock).Block(wasm.OpBlock).Get(0).BrTable(0, 1).End().
		Get(0).Op(wasm.OpCall, uint64(host)).End().
		F32(1).Set(1).I32(8).Op(wasm.OpI64Load, 3, 16))
	back, err := wasm.Decode(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if err := wasm.Validate(back); err != nil {
		t.Fatal(err)
	}
	if got, want := back.FuncTypes()[1].String(), "(i32) -> (i64)"; got != want {
		t.Errorf("type of the function: %s, want %s", got, want)
	}
}
