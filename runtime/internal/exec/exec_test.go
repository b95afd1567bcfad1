package exec

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/internal/lower"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

const (
	canary  = 0xdeadbeefcafef00d
	margin  = 1 << 16 // slots of canaries on each side: more than a 16-bit slot number reaches
	slots   = 2048
	depth   = 64
	memSize = wasm.PageSize
)

// arena is a State whose stacks and memory stand between canaries.
type arena struct {
	State
	values, calls []uint64
	memory        []byte
}

func newArena() *arena {
	a := &arena{values: filled(slots + 2*margin), calls: filled(depth + 128), memory: make([]byte, 3*memSize)}
	a.Reserve(slots, depth)
	a.State.values = a.values[margin : margin+slots+slack]
	a.State.stack = ptr(a.State.values)
	a.State.stackEnd = uintptr(a.State.stack) + slots*8
	a.State.calls = a.calls[64 : 64+depth]
	a.State.frames = ptr(a.State.calls)
	return a
}

func filled(n int) []uint64 { return slices.Repeat([]uint64{canary}, n) }

// intact reports whether no canary changed.
func (a *arena) intact() bool {
	isCanary := func(v uint64) bool { return v != canary }
	return !slices.ContainsFunc(a.values[:margin], isCanary) && !slices.ContainsFunc(a.values[margin+slots+slack:], isCanary) &&
		!slices.ContainsFunc(a.calls[:64], isCanary) && !slices.ContainsFunc(a.calls[64+depth:], isCanary) &&
		!slices.ContainsFunc(a.memory[:memSize], nonzero) && !slices.ContainsFunc(a.memory[2*memSize:], nonzero)
}

func nonzero(b byte) bool { return b != 0 }

// TestVerifiedCodeStaysInside corrupts the code of real modules at random. What the verifier still accepts is executed:
// however senseless, it must stay inside its stacks and its memory.
func TestVerifiedCodeStaysInside(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	a := newArena()
	tried, ran := 0, 0
	scripts := slices.Concat(spectest.Scripts(t, spectest.V2), spectest.Scripts(t, spectest.TailCall))
	for _, s := range scripts {
		for i := range s.Commands {
			c := &s.Commands[i]
			if c.Type != "module" || c.IsText() {
				continue
			}
			m, err := wasm.Decode(s.Wasm(t, c))
			if err != nil || wasm.Validate(m) != nil || len(m.Funcs) == 0 {
				continue
			}
			code, err := lower.Module(m, lower.All)
			if err != nil {
				t.Fatal(err)
			}
			for range 8 {
				bad := *code
				bad.Words = slices.Clone(code.Words)
				for range r.IntN(4) {
					bad.Words[1+r.IntN(len(bad.Words)-1)] ^= 1 << r.IntN(64)
				}
				tried++
				if isa.Verify(m, &bad) != nil {
					continue
				}
				ran++
				a.execute(m, &bad, r)
			}
			if !a.intact() {
				t.Fatalf("%s: corrupted code wrote outside of its stacks or memory", s.At(c))
			}
		}
	}
	if ran < 1000 {
		t.Errorf("only %d of %d corruptions were executed", ran, tried)
	}
	t.Logf("%d of %d corruptions were accepted and executed", ran, tried)
}

// execute runs each function once, for a short while, with random arguments.
func (a *arena) execute(m *wasm.Module, code *isa.Code, r *rand.Rand) {
	in := &Instance{ID: 1, Code: code.Words, TypeIDs: make([]uint32, len(m.Types))}
	if len(m.MemoryTypes()) > 0 {
		in.Memory = a.memory[memSize : 2*memSize]
	}
	for range m.GlobalTypes() {
		in.Globals = append(in.Globals, new(uint64))
	}
	for range m.TableTypes() {
		table := new(TableView)
		table.Set(make([]uint32, 10)) // null references: calls of functions are reached by direct calls
		in.Tables = append(in.Tables, table)
	}
	for _, f := range code.Funcs {
		a.Unwind(0)
		a.Use(in)
		for i := range slots {
			a.State.values[i] = r.Uint64N(1 << (8 << r.UintN(4) % 64))
		}
		a.Jump(0, 0)
		if !a.Enter(int(f.Entry), r.IntN(64)) {
			continue
		}
		a.SetFuel(1000)
		// What package runtime would do is not done; slots keep their old values.
		for exit := a.Run(Here); exit == ExitSlow || exit == ExitImport; {
			if exit == ExitImport {
				exit = a.Run(Behind)
				continue
			}
			a.Next()
			exit = a.Run(Here)
		}
	}
}

// TestReserveKeepsState grows the stacks in the middle of a run.
func TestReserveKeepsState(t *testing.T) {
	var s State
	s.Reserve(10, 2)
	s.Use(&Instance{Code: []uint64{isa.Word(isa.Exit, 0, 0, 0)}})
	s.Jump(0, 7)
	s.SetSlot(2, 42)
	s.Reserve(1000, 50)
	if s.Frame() != 7 || s.Slot(2) != 42 || s.Slots() != 1000 || s.MaxDepth() != 50 {
		t.Errorf("frame %d, slot %d, %d slots, depth %d", s.Frame(), s.Slot(2), s.Slots(), s.MaxDepth())
	}
	s.Reserve(5, 5)
	if s.Slots() != 1000 || s.MaxDepth() != 50 {
		t.Errorf("the stacks became smaller: %d slots, depth %d", s.Slots(), s.MaxDepth())
	}
}
