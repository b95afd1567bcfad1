package nan

import (
	"context"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// build makes a module that exports "f": what body leaves on the stack.
func build(t *testing.T, result wasm.ValType, body ...wasm.Instr) []byte {
	t.Helper()
	var code []byte
	for i := range body {
		code = wasm.AppendInstr(code, &body[i])
	}
	code = wasm.AppendInstr(code, &wasm.Instr{Op: wasm.OpEnd})
	m := &wasm.Module{
		Types:   []wasm.FuncType{{Results: []wasm.ValType{result}}},
		Funcs:   []wasm.Func{{Locals: []wasm.Locals{{Count: 2, Type: wasm.I32}}, Body: wasm.Expr{Code: code}}},
		Exports: []wasm.Export{{Name: "f", Kind: wasm.ExternFunc}},
	}
	if err := wasm.Validate(m); err != nil {
		t.Fatal(err)
	}
	return wasm.Encode(m)
}

func num(op wasm.Op, bits uint64) wasm.Instr { return wasm.Instr{Op: op, Imm: [2]uint64{bits}} }

func TestCanonicalise(t *testing.T) {
	const payload32, payload64 = 0xffc12345, 0xfff8000000012345
	f32, f64 := num(wasm.OpF32Const, payload32), num(wasm.OpF64Const, payload64)
	v32 := wasm.NewInstr(wasm.OpV128Const, payload32<<32|payload32, 0)
	v64 := wasm.NewInstr(wasm.OpV128Const, payload64, 0)
	op := func(o wasm.Op) wasm.Instr { return wasm.Instr{Op: o} }
	cases := []struct {
		name    string
		result  wasm.ValType
		body    []wasm.Instr
		want    uint64
		changed bool
	}{
		{"f32.add", wasm.I32, []wasm.Instr{f32, f32, op(wasm.OpF32Add), op(wasm.OpI32ReinterpretF32)}, 0x7fc00000, true},
		{"f64.sqrt", wasm.I64, []wasm.Instr{f64, op(wasm.OpF64Sqrt), op(wasm.OpI64ReinterpretF64)}, 0x7ff8000000000000, true},
		{"f64.promote", wasm.I64, []wasm.Instr{f32, op(wasm.OpF64PromoteF32), op(wasm.OpI64ReinterpretF64)}, 0x7ff8000000000000, true},
		{"number", wasm.F32, []wasm.Instr{num(wasm.OpF32Const, 0x3f800000), num(wasm.OpF32Const, 0x3f800000), op(wasm.OpF32Add)}, 0x40000000, true},
		{"f32x4.sub", wasm.I64, []wasm.Instr{v32, v32, op(wasm.OpF32x4Sub), op(wasm.OpI64x2ExtractLane)}, 0x7fc000007fc00000, true},
		{"f64x2.promote_low", wasm.I64, []wasm.Instr{v32, op(wasm.OpF64x2PromoteLowF32x4), op(wasm.OpI64x2ExtractLane)}, 0x7ff8000000000000, true},
		{"f32x4.demote zero", wasm.I64, []wasm.Instr{v64, op(wasm.OpF32x4DemoteF64x2Zero), wasm.NewInstr(wasm.OpI64x2ExtractLane, 1)}, 0, true},
		{"f32x4.ceil, mixed", wasm.I64, []wasm.Instr{v64, op(wasm.OpF32x4Ceil), op(wasm.OpI64x2ExtractLane)}, 0x7fc000003f800000, true},
		{"f32x4.pmin", wasm.I64, []wasm.Instr{v32, v32, op(wasm.OpF32x4Pmin), op(wasm.OpI64x2ExtractLane)}, payload32<<32 | payload32, false},
		{"const", wasm.I32, []wasm.Instr{f32, op(wasm.OpI32ReinterpretF32)}, payload32, false},
		{"f32.neg", wasm.I32, []wasm.Instr{f32, op(wasm.OpF32Neg), op(wasm.OpI32ReinterpretF32)}, payload32 &^ (1 << 31), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			module, changed := Canonicalise(build(t, c.result, c.body...))
			if changed != c.changed {
				t.Errorf("changed: %v", changed)
			}
			mod, err := runtime.Compile(module)
			if err != nil {
				t.Fatal(err)
			}
			in, err := runtime.New(nil).Instantiate(context.Background(), mod, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := in.Call(context.Background(), "f")
			if err != nil || got[0].Bits() != c.want {
				t.Errorf("got %v, %v, want %#x", got, err, c.want)
			}
		})
	}
}

func TestAlike(t *testing.T) {
	const one, other, number = 0x7fc00001, 0xffffffff, 0x3f800000
	const wide, wider = 0x7ff8000000000abc, 0xffffffffffffffff
	for _, c := range []struct {
		op   wasm.Op
		a, b []uint64
		want bool
	}{
		{wasm.OpF32Add, []uint64{one}, []uint64{other}, true},
		{wasm.OpF32Add, []uint64{one}, []uint64{number}, false},
		{wasm.OpF64Add, []uint64{wide}, []uint64{wider}, true},
		{wasm.OpF64Add, []uint64{wide}, []uint64{one}, false},
		{wasm.OpF32x4Min, []uint64{one<<32 | number, number}, []uint64{other<<32 | number, number}, true},
		{wasm.OpF32x4Min, []uint64{one<<32 | number, number}, []uint64{other<<32 | one, number}, false},
		{wasm.OpF64x2Max, []uint64{number, wide}, []uint64{number, wider}, true},
		{wasm.OpF64x2Max, []uint64{one, wide}, []uint64{other, wider}, false},
		{wasm.OpI64x2ShrS, []uint64{wide, 0}, []uint64{wider, 0}, false},
		{wasm.OpF32Neg, []uint64{one}, []uint64{other}, false},
		{wasm.OpI64x2ShrS, []uint64{wide, 0}, []uint64{wide, 0}, true},
	} {
		if got := Alike(c.op, c.a, c.b); got != c.want {
			t.Errorf("%v of %x and %x: %v", c.op, c.a, c.b, got)
		}
	}
}

func TestCanonicaliseLeavesBrokenModulesAlone(t *testing.T) {
	in := []byte("\x00asm\x01\x00\x00\x00\x01")
	if out, changed := Canonicalise(in); changed || string(out) != string(in) {
		t.Error("a broken module was changed")
	}
}
