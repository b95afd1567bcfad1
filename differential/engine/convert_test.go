package engine

import (
	"math"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func TestGoNumsKeepTheirBits(t *testing.T) {
	for _, typ := range []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64} {
		for _, bits := range []uint64{0, 1, 0x7fc00001, 0xff800000, 0x80000000, 0xffffffff, 0x7ff8000000000001, math.MaxUint64} {
			v := Visible(typ, bits)
			if got := FromGoNum(typ, GoNum(v)); got != v {
				t.Errorf("%+v came back as %+v", v, got)
			}
		}
	}
	if GoNum(Value{Type: wasm.ExternRef, Bits: 1}) != nil {
		t.Error("a reference is a number")
	}
}

func TestMixedUpNumsPanic(t *testing.T) {
	for _, x := range []any{int32(1), float64(1), nil, "1", uint64(1)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%T is taken for an i64", x)
				}
			}()
			FromGoNum(wasm.I64, x)
		}()
	}
}

func TestVisible(t *testing.T) {
	for _, c := range []struct {
		t          wasm.ValType
		slot, want uint64
	}{
		{wasm.I32, 0xdeadbeef_00000001, 1}, {wasm.F32, math.MaxUint64, math.MaxUint32}, {wasm.I64, math.MaxUint64, math.MaxUint64},
		{wasm.FuncRef, 0, 0}, {wasm.ExternRef, 77, 1},
	} {
		if got := Visible(c.t, c.slot); got != (Value{Type: c.t, Bits: c.want}) {
			t.Errorf("%v %#x: %+v", c.t, c.slot, got)
		}
	}
}

func TestGoResults(t *testing.T) {
	at := func(list []any, i int) any { return list[i] }
	two := []wasm.ValType{wasm.I32, wasm.I64}
	if got := GoResults(nil, nil, at, FromGoNum); got != nil {
		t.Errorf("no results: %v", got)
	}
	if got := GoResults(two[:1], int32(5), at, FromGoNum); len(got) != 1 || got[0] != (Value{wasm.I32, 5}) {
		t.Errorf("one result: %v", got)
	}
	if got := GoResults(two, []any{int32(5), int64(6)}, at, FromGoNum); len(got) != 2 || got[1] != (Value{wasm.I64, 6}) {
		t.Errorf("two results: %v", got)
	}
}
