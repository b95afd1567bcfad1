package runtime_test

import (
	"errors"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// TestMoveTraps: a load and a store that are one instruction of the register code trap where each stands in the module, and what is in
// the memory but not backed yet is no trap of either.
func TestMoveTraps(t *testing.T) {
	const size = 4 * wasm.PageSize
	for _, c := range []struct {
		load, store wasm.Op
		bytes       uint32
	}{
		{wasm.OpI32Load8U, wasm.OpI32Store8, 1}, {wasm.OpI32Load16U, wasm.OpI32Store16, 2}, {wasm.OpI32Load, wasm.OpI32Store, 4},
		{wasm.OpI64Load, wasm.OpI64Store, 8}, {wasm.OpF32Load, wasm.OpF32Store, 4}, {wasm.OpF64Load, wasm.OpF64Store, 8},
	} {
		var m asm.Module
		m.Memory(4, 4)
		m.Func("move", "ii:", "", new(asm.Body).Get(0).Get(1).Op(c.load, 0, 1).Op(c.store, 0, 2))
		m.Func("read", "i:I", "", new(asm.Body).Get(0).Op(wasm.OpI64Load, 0, 0))
		m.Func("write", "iI:", "", new(asm.Body).Get(0).Get(1).Op(wasm.OpI64Store, 0, 0))
		last := size - c.bytes
		for _, tt := range []struct {
			to, from uint32
			traps    wasm.Op // 0 if it does not
		}{
			{0, 100, wasm.OpNop}, {size / 2, 100, wasm.OpNop}, {0, size / 2, wasm.OpNop}, {last - 2, last - 1, wasm.OpNop},
			{0, last, c.load}, {last, last, c.load}, {0xffffffff, 0xffffffff, c.load}, {last - 1, 0, c.store}, {0xffffffff, 300, c.store},
		} {
			in := instantiate(t, runtime.New(nil), &m, nil)
			value := uint64(0x8182838485868788)
			traps := tt.traps != wasm.OpNop
			if !traps && tt.from+1+8 <= size {
				if _, err := in.Call(background, "write", runtime.I32(int32(tt.from+1)), runtime.I64(int64(value))); err != nil {
					t.Fatal(err)
				}
			}
			_, err := in.Call(background, "move", runtime.I32(int32(tt.to)), runtime.I32(int32(tt.from)))
			var trap *runtime.Trap
			switch {
			case !traps && err != nil:
				t.Errorf("%s from %#x to %#x: %v", c.load, tt.from, tt.to, err)
			case !traps && tt.from+1+8 <= size:
				got, err := in.Call(background, "read", runtime.I32(int32(tt.to+2)))
				if want := value & (1<<(8*c.bytes-1)<<1 - 1); err != nil || got[0].Bits() != want {
					t.Errorf("%s from %#x to %#x: %v, %v; want %#x", c.load, tt.from, tt.to, got, err, want)
				}
			case !traps:
			case !errors.As(err, &trap) || trap.Code != runtime.MemoryOutOfBounds:
				t.Errorf("%s from %#x to %#x: %v", c.load, tt.from, tt.to, err)
			default:
				if got := at(t, &m, trap.Frames[0].Offset); got != tt.traps {
					t.Errorf("%s from %#x to %#x traps at %s, want %s", c.load, tt.from, tt.to, got, tt.traps)
				}
			}
		}
	}
}

// at returns the instruction at an offset of a module.
func at(t *testing.T, m *asm.Module, offset int) wasm.Op {
	t.Helper()
	mod, err := wasm.Decode(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range mod.Funcs {
		r := wasm.NewReader(f.Body)
		for in := (wasm.Instr{}); r.Next(&in) == nil; {
			if in.Offset == offset {
				return in.Op
			}
		}
	}
	t.Fatalf("no instruction at %#x", offset)
	return 0
}
