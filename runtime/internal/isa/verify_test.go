package isa_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/internal/lower"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// fused is the lowering of ordinary code.
func fused(m *wasm.Module) (*isa.Code, error) { return lower.Module(m, lower.All) }

// sample returns a module whose code has an instruction of every shape, and its code.
func sample(t *testing.T, lowering func(*wasm.Module) (*isa.Code, error)) (*wasm.Module, *isa.Code) {
	t.Helper()
	var m asm.Module
	host := uint64(m.Import("host", "f", "i:i"))
	m.Memory(1, 2)
	m.Tables = []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 4}}}
	m.Globals = []wasm.Global{{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: new(asm.Body).I32(7).Expr()}}
	zero := new(asm.Body).I32(0).Expr()
	m.Elems = []wasm.ElemSegment{{Offset: zero, Type: wasm.FuncRef, Funcs: []uint32{1}}}
	m.Datas = []wasm.DataSegment{{Offset: zero, Init: []byte("data")}}
	one := uint32(1)
	m.DataCount = &one
	pair := uint64(m.Func("pair", "i:iI", "", new(asm.Body).Get(0).Get(0).Op(wasm.OpI64ExtendI32U)))
	b := new(asm.Body)
	b.Get(0).Op(wasm.OpCall, pair).Op(wasm.OpDrop).Set(1)
	b.Get(0).Op(wasm.OpCall, host).Get(0).Op(wasm.OpI32Add).Set(1)
	b.Get(0).I32(0).Op(wasm.OpCallIndirect, uint64(m.Type(asm.Sig("i:iI"))), 0).Op(wasm.OpDrop).Set(1)
	b.Get(0).Op(wasm.OpI32Load, 2, 8).Set(1).Get(0).Get(1).Op(wasm.OpI32Store, 2, 70000)
	b.Get(0).Get(1).Get(0).Op(wasm.OpSelect).Op(wasm.OpGlobalSet, 0).Op(wasm.OpGlobalGet, 0).Set(1)
	b.I32(0).I32(0).I32(4).Op(wasm.OpMemoryInit, 0, 0).I32(0).I32(0).I32(1).Op(wasm.OpTableCopy, 0, 0)
	b.I32(1).Op(wasm.OpMemoryGrow, 0).Op(wasm.OpDrop).Op(wasm.OpMemorySize, 0).Set(1)
	b.Block(wasm.OpLoop).Get(1).Op(wasm.OpBrIf, 0).End()
	b.BlockOf(wasm.OpBlock, wasm.ResultBlock(wasm.I32)).Get(1).Get(0).BrTable(0, 0).End()
	// Fused with a load, and with a store.
	b.Get(2).Get(2).Get(0).Op(wasm.OpF64Load, 3, 8).Ops(wasm.OpF64Mul, wasm.OpF64Add).Set(2)
	b.Get(0).Get(1).I32(3).Op(wasm.OpI32Xor).Op(wasm.OpI32Store, 2, 0)
	m.Func("run", "i:i", "iF", b)
	back, err := wasm.Decode(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if err := wasm.Validate(back); err != nil {
		t.Fatal(err)
	}
	code, err := lowering(back)
	if err != nil {
		t.Fatal(err)
	}
	return back, code
}

// rejects checks that code with one word replaced is rejected.
func rejects(t *testing.T, m *wasm.Module, code *isa.Code, word int, with uint64, why string) {
	t.Helper()
	bad := *code
	bad.Words = slices.Clone(code.Words)
	bad.Words[word] = with
	var v *isa.VerifyError
	if err := isa.Verify(m, &bad); !errors.As(err, &v) {
		t.Errorf("word %d, %s: %#x became %#x: %s was not noticed", word, isa.Inst(code.Words[word]).Op(), code.Words[word], with, why)
	}
}

// TestVerifyRejects puts into each field of each instruction what must never stand there.
func TestVerifyRejects(t *testing.T) {
	for _, lowering := range []func(*wasm.Module) (*isa.Code, error){fused, lower.Observed} {
		m, code := sample(t, lowering)
		rejectsFields(t, m, code)
	}
}

func rejectsFields(t *testing.T, m *wasm.Module, code *isa.Code) {
	for _, f := range code.Funcs {
		for pc := int(f.Entry) + 1; pc < int(f.End); {
			w := isa.Inst(code.Words[pc])
			s := w.Op().Spec().Shape
			spoil := func(field isa.Field, shift int, w uint64) {
				switch field {
				case isa.Read, isa.Write, isa.ReadN, isa.WriteN, isa.Args:
					rejects(t, m, code, pc, w|0xffff<<shift, "a slot outside the frame")
				case isa.Length:
					rejects(t, m, code, pc, w|0xffff<<shift, "a run outside the frame")
				case isa.Target:
					rejects(t, m, code, pc, w|0x7fffffff<<32, "a branch far away")
					rejects(t, m, code, pc, w&(1<<32-1)|uint64(uint32(int(f.Entry)-pc))<<32, "a branch to the header")
					rejects(t, m, code, pc, w&(1<<32-1)|uint64(uint32(int(f.End)-pc))<<32, "a branch behind the function")
				case isa.Callee:
					rejects(t, m, code, pc, w&(1<<32-1)|uint64(uint32(int(f.Entry)+1-pc))<<32, "a call of what is no header")
				case isa.ImportIndex, isa.GlobalIndex, isa.TrapNumber, isa.Count:
					rejects(t, m, code, pc, w|0xffffff<<32, "an index out of range")
				}
			}
			spoil(s.D, 16, uint64(w))
			spoil(s.A, 32, uint64(w))
			spoil(s.B, 48, uint64(w))
			switch s.Imm {
			case isa.NoImm, isa.Constant, isa.TwoConstants, isa.AddDisp, isa.AddDispConst: // any number will do
			case isa.AddDispSlot:
				rejects(t, m, code, pc+2, 1<<16, "a slot outside the frame")
			default:
				rejects(t, m, code, pc+1, 1<<63|1<<31, "an immediate out of range")
			}
			rejects(t, m, code, pc, uint64(isa.NumOps), "an op that does not exist")
			rejects(t, m, code, pc, uint64(isa.Exit), "an Exit inside a function")
			pc += s.Words()
		}
		rejects(t, m, code, int(f.Entry), 0, "an empty frame")
	}
}

// TestVerifyRejectsRunningOff replaces the last instruction of each function by one that execution falls through.
func TestVerifyRejectsRunningOff(t *testing.T) {
	m, code := sample(t, fused)
	for _, f := range code.Funcs {
		rejects(t, m, code, int(f.End)-1, isa.Word(isa.Copy, 0, 0, 0), "running off the end")
	}
}

// TestVerifyRejectsSites moves the operands of an observed instruction out of the frame.
func TestVerifyRejectsSites(t *testing.T) {
	m, code := sample(t, lower.Observed)
	for i := range code.Sites.Len() {
		site := code.Sites.At(i)
		if len(code.Sites.Operands(site)) == 0 && len(code.Sites.Results(site)) == 0 {
			continue
		}
		was := site.Slot
		site.Slot = 0xffff
		var v *isa.VerifyError
		if err := isa.Verify(m, code); !errors.As(err, &v) {
			t.Errorf("operands of %s outside the frame: %v", site.Op, err)
		}
		site.Slot = was
	}
	if err := isa.Verify(m, code); err != nil {
		t.Error(err)
	}
}

// TestVerifyNeverPanics feeds random words.
func TestVerifyNeverPanics(t *testing.T) {
	m, code := sample(t, fused)
	r := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for range 50_000 {
		bad := *code
		bad.Words = slices.Clone(code.Words)
		for range 1 + r.IntN(3) {
			bad.Words[r.IntN(len(bad.Words))] ^= 1 << r.IntN(64)
		}
		if isa.Verify(m, &bad) == nil {
			accepted++
		}
	}
	if accepted == 0 || accepted == 50_000 {
		t.Errorf("%d of 50000 corruptions were accepted; some are harmless, most are not", accepted)
	}
	t.Logf("%d of 50000 random corruptions are harmless and accepted", accepted)
}
