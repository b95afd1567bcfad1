package lower_test

import (
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/internal/lower"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// TestRules shows what each rule of the lowering makes of a few instructions.
func TestRules(t *testing.T) {
	i32 := uint64(wasm.ResultBlock(wasm.I32))
	for _, c := range []struct {
		name, sig, locals string
		body              *asm.Body
		want              string
	}{
		{"reading locals emits nothing, and a result goes right into its local", "ii:", "",
			new(asm.Body).Get(0).Get(1).Op(wasm.OpI32Add).Set(0), `
frame 4, params 2, cleared 0
   1  r0 = I32Add r0, r1
   2  Ret0`},
		{"a constant on the right stands in the instruction", "i:i", "",
			new(asm.Body).Get(0).I32(5).Op(wasm.OpI32Mul), `
frame 3, params 1, cleared 0
   1  r1 = I32MulConst r0, 0x5
   3  Ret1 r1`},
		{"subtracting a constant is adding its opposite", "i:i", "",
			new(asm.Body).Get(0).I32(5).Op(wasm.OpI32Sub), `
frame 3, params 1, cleared 0
   1  r1 = I32AddConst r0, 0xfffffffb
   3  Ret1 r1`},
		{"a constant on the left changes sides if that means the same", "i:i", "",
			new(asm.Body).I32(5).Get(0).Op(wasm.OpI32LtS).I32(6).Get(0).Op(wasm.OpI32Sub).Op(wasm.OpI32Add), `
frame 4, params 1, cleared 0
   1  r1 = I32GtSConst r0, 0x5
   3  r2 = Const 0x6
   5  r1 = I32SubI32Add r2, r0, r1
   7  Ret1 r1`},
		{"a comparison and the branch on it are one instruction", "ii:", "",
			new(asm.Body).Block(wasm.OpLoop).Get(0).Get(1).Op(wasm.OpI32LtU).Op(wasm.OpBrIf, 0).End(), `
frame 4, params 2, cleared 0
   1  BrI32LtU r0, r1, ->1
   2  Ret0`},
		{"an if goes around on the opposite; eqz turns it", "ii:", "",
			new(asm.Body).Get(0).I32(3).Op(wasm.OpI32LtS).Block(wasm.OpIf).End().
				Get(0).Get(1).Op(wasm.OpI32Eq).Op(wasm.OpI32Eqz).Block(wasm.OpIf).I32(1).Set(0).End(), `
frame 4, params 2, cleared 0
   1  BrI32GeSConst r0, 0x3, ->3
   3  BrI32Eq r0, r1, ->6
   4  r0 = Const 0x1
   6  Ret0`},
		{"a comparison of floats has no opposite", "ff:", "",
			new(asm.Body).Get(0).Get(1).Op(wasm.OpF32Lt).Block(wasm.OpIf).F32(1).Set(0).End(), `
frame 4, params 2, cleared 0
   1  BrNotF32Lt r0, r1, ->4
   2  r0 = Const 0x3f800000
   4  Ret0`},
		{"i64.eqz is a comparison with 0", "I:", "",
			new(asm.Body).Block(wasm.OpLoop).Get(0).Op(wasm.OpI64Eqz).Op(wasm.OpBrIf, 0).End(), `
frame 2, params 1, cleared 0
   1  BrI64EqConst r0, 0x0, ->1
   3  Ret0`},
		{"a counter is stepped, compared and branched on at once", "ii:", "",
			new(asm.Body).Block(wasm.OpLoop).Get(0).I32(1).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, 0).Get(1).Op(wasm.OpI32LtS).Op(wasm.OpBrIf, 0).End(), `
frame 4, params 2, cleared 0
   1  StepI32LtS r0, r1, 0x1, ->1
   3  Ret0`},
		{"counting down to zero too", "I:", "",
			new(asm.Body).Block(wasm.OpLoop).Get(0).I64(1).Op(wasm.OpI64Sub).Op(wasm.OpLocalTee, 0).I64(0).Op(wasm.OpI64Ne).Op(wasm.OpBrIf, 0).End(), `
frame 3, params 1, cleared 0
   1  StepI64NeConst r0, -1, 0, ->1
   3  Ret0`},
		{"an access at a sum", "iii:", "",
			new(asm.Body).Get(0).Get(1).Op(wasm.OpI32Add).Get(2).Op(wasm.OpI32Store, 2, 0).
				Get(0).Get(1).Op(wasm.OpI32Add).Op(wasm.OpI32Load, 2, 0).Set(0).
				Get(0).I32(7).Op(wasm.OpI32Store8, 0, 3), `
frame 5, params 3, cleared 0
   1  I32StoreSum r0, r1, r2
   2  r0 = I32LoadSum r0, r1
   3  I32Store8Const +3, r0, 0x7
   5  Ret0`},
		{"a branch to a branch goes to the end", "i:", "",
			new(asm.Body).Block(wasm.OpLoop).Block(wasm.OpBlock).Get(0).Op(wasm.OpBrIf, 0).Get(0).Op(wasm.OpDrop).I32(2).Set(0).End().Op(wasm.OpBr, 0).End(), `
frame 2, params 1, cleared 0
   1  Brnz r0, ->1
   2  r0 = Const 0x2
   4  Br ->1
   5  Ret0`},
		{"an operand that is still in a local is saved before the local changes", "i:i", "",
			new(asm.Body).Get(0).I32(1).Set(0).Get(0).Op(wasm.OpI32Add), `
frame 3, params 1, cleared 0
   1  r1 = Copy r0
   2  r0 = Const 0x1
   4  r1 = I32Add r1, r0
   5  Ret1 r1`},
		{"a result is not retargeted once another copy of the local was saved", "i:i", "",
			new(asm.Body).Get(0).Get(0).I32(3).Op(wasm.OpI32Mul).Set(0), `
frame 4, params 1, cleared 0
   1  r2 = I32MulConst r0, 0x3
   3  r1 = Copy r0
   4  r0 = Copy r2
   5  Ret1 r1`},
		{"operands in locals are saved before a block", "i:i", "",
			new(asm.Body).Get(0).Block(wasm.OpBlock).Get(0).Op(wasm.OpBrIf, 0).I32(3).Set(0).End(), `
frame 3, params 1, cleared 0
   1  r1 = Copy r0
   2  Brnz r0, ->5
   3  r0 = Const 0x3
   5  Ret1 r1`},
		{"both ends of an if leave the result in its home", "i:i", "",
			new(asm.Body).Get(0).Op(wasm.OpIf, i32).I32(7).Op(wasm.OpElse).Get(0).End(), `
frame 2, params 1, cleared 0
   1  Brz r0, ->4
   2  r1 = ConstBr 0x7, ->5
   4  r1 = Copy r0
   5  Ret1 r1`},
		{"a conditional branch that moves its value goes around the move", "i:i", "",
			new(asm.Body).Op(wasm.OpBlock, i32).I32(1).I32(2).Get(0).Op(wasm.OpBrIf, 0).Op(wasm.OpI32Add).End(), `
frame 4, params 1, cleared 0
   1  r2 = Const 0x2
   3  Brz r0, ->5
   4  r1 = CopyBr r2, ->7
   5  r1 = I32AddConst r2, 0x1
   7  Ret1 r1`},
		{"arguments are where the callee's frame begins", "i:i", "",
			new(asm.Body).Get(0).I32(9).Op(wasm.OpDrop).Op(wasm.OpCall, 0), `
frame 3, params 1, cleared 0
   1  r1 = Copy r0
   2  Call r1.., word -2
   3  Ret1 r1`},
		{"a table branch moves values in a stub per label", "i:i", "",
			new(asm.Body).Op(wasm.OpBlock, i32).I32(8).I32(9).Get(0).BrTable(0, 1, 0).End(), `
frame 4, params 1, cleared 0
   1  r2 = Const 0x9
   3  BrTable r0, 2
   4  Br ->7
   5  Br ->8
   6  Br ->7
   7  r1 = CopyBr r2, ->9
   8  Ret1 r2
   9  Ret1 r1`},
		{"dead code is left out, other locals are cleared", ":", "iF",
			new(asm.Body).Op(wasm.OpUnreachable).Op(wasm.OpI32Add).Op(wasm.OpDrop), `
frame 2, params 0, cleared 2
   1  Trap 1`},
		{"a test of bits is a branch, but not one with an addition", "i:i", "",
			new(asm.Body).Block(wasm.OpLoop).Get(0).I32(3).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, 0).I32(4).Op(wasm.OpI32And).
				Op(wasm.OpBrIf, 0).End().Get(0), `
frame 3, params 1, cleared 0
   1  r0 = I32AddConst r0, 0x3
   3  BrI32AndConst r0, 0x4, ->1
   5  Ret1 r0`},
		{"a test of bits can be negated", "i:i", "",
			new(asm.Body).Block(wasm.OpLoop).Get(0).Get(0).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, 0).Get(0).Op(wasm.OpI32And).Op(wasm.OpI32Eqz).
				Op(wasm.OpBrIf, 0).End().Get(0), `
frame 3, params 1, cleared 0
   1  r0 = I32Add r0, r0
   2  BrNotI32And r0, r0, ->1
   3  Ret1 r0`},
		{"a large displacement takes a word", "i:i", "",
			new(asm.Body).Get(0).Get(0).Op(wasm.OpI32Load8S, 0, 65535).Op(wasm.OpI32Store8, 0, 65536).Get(0), `
frame 3, params 1, cleared 0
   1  r2 = I32Load8S r0, +65535
   2  I32Store8Plus r0, r2, +0, +65536
   4  Ret1 r0`},
		{"what is loaded only to be stored is in no slot", "ii:", "",
			new(asm.Body).Get(0).Get(1).I32(1).Op(wasm.OpI32Add).Op(wasm.OpI32Load8U, 0, 2).Op(wasm.OpI32Store8, 0, 3).
				Get(0).Get(1).Op(wasm.OpI64Load, 0, 0).Op(wasm.OpI64Store, 0, 8), `
frame 5, params 2, cleared 0
   1  I32Load8UI32Store8 r0, r1, +1, +2, +0, +3
   4  I64LoadI64Store r0, r1, +0, +0, +0, +8
   7  Ret0`},
		{"what is loaded only to be compared with a constant is in no slot", "i:", "",
			new(asm.Body).Block(wasm.OpLoop).Get(0).Op(wasm.OpI32Load8S, 0, 7).I32(32).Op(wasm.OpI32GtS).Op(wasm.OpBrIf, 0).
				Get(0).Op(wasm.OpI32Load, 0, 8).Op(wasm.OpBrIf, 0).
				Get(0).Op(wasm.OpI32Load16U, 0, 9).Op(wasm.OpI32Eqz).Op(wasm.OpBrIf, 0).
				Get(0).Op(wasm.OpI32Load, 0, 10).I32(6).Op(wasm.OpI32And).Op(wasm.OpI32Eqz).Op(wasm.OpBrIf, 0).
				Get(0).Op(wasm.OpI64Load, 0, 11).I64(1).Op(wasm.OpI64Eq).Op(wasm.OpBrIf, 0).End(), `
frame 3, params 1, cleared 0
   1  I32Load8SBrI32GtS r0, +7, 0x20, ->1
   3  I32LoadBrI32Ne r0, +8, 0x0, ->1
   5  I32Load16UBrI32Eq r0, +9, 0x0, ->1
   7  I32LoadBrNotI32And r0, +10, 0x6, ->1
   9  r1 = I64Load r0, +11
  10  BrI64EqConst r1, 0x1, ->1
  12  Ret0`},
		{"a local that is loaded and compared is loaded into its slot", "ii:", "",
			new(asm.Body).Block(wasm.OpLoop).Get(0).Op(wasm.OpI32Load, 0, 0).Op(wasm.OpLocalTee, 1).I32(1).Op(wasm.OpI32Eq).Op(wasm.OpBrIf, 0).End(), `
frame 4, params 2, cleared 0
   1  r1 = I32Load r0, +0
   2  BrI32EqConst r1, 0x1, ->1
   4  Ret0`},
		{"a load and an operation on what it loads are one instruction", "ii:i", "",
			new(asm.Body).Get(0).Op(wasm.OpI32Load8U, 0, 0).I32(8).Op(wasm.OpI32Shl).Get(0).Op(wasm.OpI32Load8U, 0, 1).Op(wasm.OpI32Or), `
frame 4, params 2, cleared 0
   1  r2 = I32Load8UI32ShlConst r0, +0, 0x8
   3  r2 = I32Load8UI32Or r2, r0, +0, +1
   5  Ret1 r2`},
		{"a sum that goes to a global is in no slot", "i:i", "",
			new(asm.Body).Get(0).I32(16).Op(wasm.OpI32Add).Op(wasm.OpGlobalSet, 0).Op(wasm.OpGlobalGet, 0).I32(16).Op(wasm.OpI32Sub), `
frame 3, params 1, cleared 0
   1  GlobalSetAdd r0, 0, 0x10
   3  r1 = GlobalGetAdd 0, 0xfffffff0
   5  Ret1 r1`},
		{"a local is set and gone on elsewhere by one instruction, but not past a label", "i:", "",
			new(asm.Body).Block(wasm.OpBlock).Get(0).Block(wasm.OpIf).I32(1).Set(0).Op(wasm.OpElse).Get(0).I32(2).Op(wasm.OpI32Add).Set(0).
				Op(wasm.OpBr, 1).End().Get(0).Block(wasm.OpIf).I32(3).Set(0).End().Op(wasm.OpBr, 0).End(), `
frame 3, params 1, cleared 0
   1  Brz r0, ->4
   2  r0 = ConstBr 0x1, ->6
   4  r0 = AddConstBr r0, 0x2, ->10
   6  Brz r0, ->10
   7  r0 = Const 0x3
   9  Ret0
  10  Ret0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m asm.Module
			m.Memory(1, 1)
			m.Globals = []wasm.Global{{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: wasm.Expr{Code: []byte("\x41\x00\x0b")}}}
			m.Func("", c.sig, c.locals, c.body)
			if err := wasm.Validate(&m.Module); err != nil {
				t.Fatal(err)
			}
			code, err := lower.Module(&m.Module, lower.All)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			if err := isa.WriteText(&got, code, code.Funcs[0]); err != nil {
				t.Fatal(err)
			}
			if strings.TrimSpace(got.String()) != strings.TrimSpace(c.want) {
				t.Errorf("got\n%s\nwant%s", got.String(), c.want)
			}
		})
	}
}

// TestPositions checks for all modules of the official scripts that every word of code is attributed to an instruction of the
// right function.
func TestPositions(t *testing.T) {
	for _, s := range spectest.Scripts(t, "v2") {
		for i := range s.Commands {
			c := &s.Commands[i]
			if c.Type != "module" || c.IsText() {
				continue
			}
			m, err := wasm.Decode(s.Wasm(t, c))
			if err != nil || wasm.Validate(m) != nil {
				continue // package wasm tests these
			}
			code, err := lower.Module(m, lower.All)
			if err != nil {
				t.Fatalf("%s: %v", s.At(c), err)
			}
			checkPositions(t, s.At(c), m, code)
			if code, err = lower.Observed(m); err != nil {
				t.Fatalf("%s: observed: %v", s.At(c), err)
			}
			checkPositions(t, s.At(c), m, code)
		}
	}
}

// TestObserved shows observed code: before each instruction an Observe, and every operand in its home.
func TestObserved(t *testing.T) {
	var m asm.Module
	m.Func("", "i:i", "", new(asm.Body).Get(0).I32(5).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, 0).Op(wasm.OpDrop).Get(0))
	if err := wasm.Validate(&m.Module); err != nil {
		t.Fatal(err)
	}
	code, err := lower.Observed(&m.Module)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	if err := isa.WriteText(&got, code, code.Funcs[0]); err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSpace(`
frame 3, params 1, cleared 0
   1  Observe 0x0
   3  r1 = Copy r0
   4  Observe 0x1
   6  r2 = Const 0x5
   8  Observe 0x2
  10  r1 = I32Add r1, r2
  11  Observe 0x3
  13  r0 = Copy r1
  14  r1 = Copy r0
  15  Observe 0x4
  17  Observe 0x5
  19  r1 = Copy r0
  20  Observe 0x6
  22  Ret1 r1`)
	if strings.TrimSpace(got.String()) != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func checkPositions(t *testing.T, at string, m *wasm.Module, code *isa.Code) {
	t.Helper()
	next := 0
	for i, f := range code.Funcs {
		body := m.Funcs[i].Body
		for word := f.Entry + 1; word < f.End; word++ {
			for next+1 < len(code.Pos) && code.Pos[next+1].Word <= word {
				next++
			}
			offset := int(code.Pos[next].Offset)
			if code.Pos[next].Word > word || offset < body.Offset || offset >= body.Offset+len(body.Code) {
				t.Fatalf("%s: function %d, word %d is attributed to offset %#x; the body is at %#x", at, i, word, offset, body.Offset)
			}
		}
	}
}
