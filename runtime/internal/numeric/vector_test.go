package numeric_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/exec"
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// The slots of operands in the code of these tests.
const (
	slotA = 0
	slotB = 2
	slotC = 4
	frame = 16
)

// vectorRunner executes single vector instructions.
type vectorRunner struct {
	exec.State
	memory []byte
}

func newVectorRunner() *vectorRunner {
	r := &vectorRunner{memory: make([]byte, wasm.PageSize)}
	r.Reserve(64, 4)
	return r
}

// vectorCode makes a function of one instruction, with a result in slot d.
func vectorCode(op isa.Op, d uint16, imm ...uint64) *isa.Code {
	s := op.Spec().Shape
	if s.D == isa.Unused {
		d = 0
	}
	b := uint16(slotB)
	if s.B == isa.Lane || s.B == isa.Disp {
		b, imm = uint16(imm[0]), nil
	} else if s.B == isa.Unused {
		b = 0
	}
	if s.D == isa.Disp {
		d, imm = uint16(imm[0]), nil
	}
	words := []uint64{isa.Word(isa.Exit, 0, 0, 0), uint64(isa.NewHeader(frame, 0, 0)), isa.Word(op, d, slotA, b)}
	words = append(words, imm...)
	words = append(words, isa.Word(isa.Ret0, 0, 0, 0))
	return &isa.Code{Words: words, Funcs: []isa.Func{{Entry: 1, End: uint32(len(words))}}}
}

// vectorModule is a module that code of one function is verified for.
func vectorModule() *wasm.Module {
	return &wasm.Module{Types: []wasm.FuncType{{}}, Funcs: []wasm.Func{{}}, Memories: []wasm.MemoryType{{Limits: wasm.Limits{Min: 1}}}}
}

// run executes code with values in the slots from 0 on, and returns the frame afterwards.
func (r *vectorRunner) run(t *testing.T, code *isa.Code, slots []uint64) ([]uint64, wasm.TrapCode) {
	t.Helper()
	r.Unwind(0)
	r.Use(&exec.Instance{ID: 1, Code: code.Words, Memory: r.memory})
	r.Jump(0, 0)
	if !r.Enter(1, 0) {
		t.Fatal("no room for the frame")
	}
	copy(r.Values(0, frame), slots)
	exit := r.Run(exec.Here)
	for exit == exec.ExitSlow {
		r.Slow() // vector instructions that are slow do not trap
		exit = r.Run(exec.Here)
	}
	switch exit {
	case exec.ExitDone:
		return r.Values(0, frame), wasm.NoTrap
	case exec.ExitTrap:
		return r.Values(0, frame), r.TrapCode()
	default:
		t.Fatalf("exit %d", exit)
		return nil, 0
	}
}

// immediates returns the immediate words for a case, or what belongs into field b.
func (c *vectorCase) immediates(s isa.Shape) []uint64 {
	switch {
	case s.B == isa.Lane || s.Imm == isa.LaneIndex:
		return []uint64{uint64(c.lane)}
	case s.Imm == isa.Slot2:
		return []uint64{slotC}
	case s.Imm == isa.LaneIndexes:
		return []uint64{c.shuffle.lane(64, 0), c.shuffle.lane(64, 1)}
	}
	return nil
}

// slots lays out the operands of an instruction.
func (c *vectorCase) slots(op wasm.Op) []uint64 {
	slots := make([]uint64, frame)
	for i, t := range op.Operands().Params {
		at := []int{slotA, slotB, slotC}[i]
		if !t.IsVector() {
			slots[at] = c.scalar
			continue
		}
		slots[at], slots[at+1] = c.v[i].lane(64, 0), c.v[i].lane(64, 1)
	}
	return slots
}

// randomVec returns a vector of lanes of a width: edge values, small numbers, or any bits.
func randomVec(r *rand.Rand, w uint, float bool) vec {
	var x [2]uint64
	for i := range x {
		for at := uint(0); at < 64; at += w {
			lane := r.Uint64()
			switch {
			case float && r.IntN(4) > 0:
				lane = pick(r, letterOf(w))
			case r.IntN(2) == 0:
				all := []uint64{0, 1, 2, 15, 16, 31, 1<<(w-1) - 1, 1 << (w - 1), 1<<(w-1) + 1, ^uint64(0), ^uint64(0) - 1, 1 << (w / 2), 1<<(w/2) - 1}
				lane = all[r.IntN(len(all))]
			}
			x[i] |= lane & (^uint64(0) >> (64 - w)) << at
		}
	}
	return vecOf(x[0], x[1])
}

func randomCase(r *rand.Rand, op wasm.Op, info *wasm.OpInfo) *vectorCase {
	l := info.Lanes
	w := uint(l.Operand())
	float := strings.Contains(info.Name, "f32x4") || strings.Contains(info.Name, "f64x2")
	c := &vectorCase{name: info.Name, lane: r.IntN(l.Count())}
	for i := range c.v {
		c.v[i] = randomVec(r, w, float && w >= 32)
	}
	if r.IntN(4) == 0 {
		c.v[1] = c.v[0]
	}
	for i := range c.shuffle {
		c.shuffle[i] = byte(r.IntN(32))
	}
	c.scalar = r.Uint64() >> r.UintN(64)
	for _, t := range op.Operands().Params {
		if t == wasm.I32 || t == wasm.F32 {
			c.scalar &= 1<<32 - 1
		}
	}
	return c
}

// Every vector instruction without access to memory agrees with the reference, wherever its result goes.
func TestVectorsAgainstReference(t *testing.T) {
	runner := newVectorRunner()
	ops := 0
	for op, info := range wasm.Ops() {
		if info.Class != wasm.ClassVector {
			continue
		}
		ops++
		r := rand.New(rand.NewPCG(7, uint64(op)))
		for i := range 200 {
			c := randomCase(r, op, info)
			d := []uint16{8, slotA, slotB, slotA + 1, slotB + 1}[i%5]
			form := isa.Of[op].Plain
			code := vectorCode(form, d, c.immediates(form.Spec().Shape)...)
			if err := isa.Verify(vectorModule(), code); err != nil {
				t.Fatalf("%s: %v", info.Name, err)
			}
			got, trap := runner.run(t, code, c.slots(op))
			want := referenceVector(c)
			if trap != wasm.NoTrap || !want.allows(vecOf(got[d], got[d+1])) {
				t.Errorf("%s %+v into slot %d: %#x %#x, trap %v; want %+v", info.Name, c, d, got[d], got[d+1], trap, want)
				break
			}
		}
	}
	if ops != 213 {
		t.Errorf("%d instructions were tested", ops)
	}
}

// allows reports whether a result is among those of the reference. A number is in the low half.
func (l *lanewise) allows(got vec) bool {
	for i, want := range l.lanes {
		if !want.allows(l.float, got.lane(l.w, i), wasm.NoTrap) {
			return false
		}
	}
	return len(l.lanes) > 0
}
