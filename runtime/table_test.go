package runtime_test

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// TestTableGrows grows a table in steps, beyond what is large, with references and with null; what it had stays, and after a reset what
// it grows by is null again.
func TestTableGrows(t *testing.T) {
	var m asm.Module
	m.Tables = []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 3}}}
	f := m.Func("f", ":", "", new(asm.Body))
	m.Func("grow", "i:i", "", new(asm.Body).Op(wasm.OpRefFunc, uint64(f)).Get(0).Op(wasm.OpTableGrow, 0))
	m.Func("grow null", "i:i", "", new(asm.Body).Op(wasm.OpRefNull, uint64(wasm.FuncRef)).Get(0).Op(wasm.OpTableGrow, 0))
	m.Func("null", "i:i", "", new(asm.Body).Get(0).Op(wasm.OpTableGet, 0).Op(wasm.OpRefIsNull))
	m.Func("set", "i:", "", new(asm.Body).Get(0).Op(wasm.OpRefFunc, uint64(f)).Op(wasm.OpTableSet, 0))
	in := instantiate(t, runtime.New(nil), &m, nil)
	do := func(name string, arg, want int32) {
		t.Helper()
		got, err := in.Call(background, name, runtime.I32(arg))
		if err != nil || len(got) == 1 && got[0].I32() != want {
			t.Fatalf("%s(%d): %v, %v, want %d", name, arg, got, err, want)
		}
	}
	for range 2 {
		end := int32(3)
		do("set", 1, 0)
		for _, by := range []int32{2, 100, 70_000, 1 << 20, 500_000} {
			do("grow", by, end)
			do("null", end, 0)
			do("null", end+by-1, 0)
			do("grow null", by, end+by)
			do("null", end+by, 1)
			do("null", end+2*by-1, 1)
			end += 2 * by
		}
		do("null", 0, 1)
		do("null", 1, 0)
		do("null", 4, 0)
		if err := in.Reset(background); err != nil {
			t.Fatal(err)
		}
		do("null", 1, 1)
	}
}
