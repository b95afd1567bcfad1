package numeric_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// program is a function body under construction. Its locals are a, b and an i32.
type program struct{ code []byte }

func (p *program) emit(op wasm.Op, imm ...uint64) *program {
	in := wasm.Instr{Op: op}
	copy(in.Imm[:], imm)
	p.code = wasm.AppendInstr(p.code, &in)
	return p
}

// constant emits the constant instruction of a type.
func (p *program) constant(t wasm.ValType, bits uint64) *program {
	for op, info := range wasm.Ops() {
		if info.Class == wasm.ClassConst && op.Operands().Results[0] == t {
			return p.emit(op, bits)
		}
	}
	panic("no constant of type " + t.String())
}

// The places of an instruction's operands and of its result in the code around it. The lowering has several forms for
// each, and the optimiser may join the instruction with its neighbours.
const (
	inLocals     = iota
	firstConst   // a is a constant
	secondConst  // b is a constant
	overwrites   // the result goes to local a, if the types agree
	decidesIf    // the result is the condition of if, as are those below; needs an i32
	decidesNot   // of br_if behind i32.eqz
	decidesLoop  // of br_if back to a loop
	decidesValue // of select
	numPlaces
)

// fits reports whether a place makes sense for an instruction.
func fits(place int, op wasm.Op) bool {
	sig := op.Operands()
	switch place {
	case secondConst:
		return len(sig.Params) == 2
	case overwrites:
		return sig.Params[0] == sig.Results[0]
	case decidesIf, decidesNot, decidesLoop, decidesValue:
		return sig.Results[0] == wasm.I32
	}
	return true
}

// place writes a body in which op stands in a place, with constants where the place wants them.
func place(op wasm.Op, where int, a, b uint64) []byte {
	p := &program{}
	sig := op.Operands()
	operation := func() *program {
		for i, t := range sig.Params {
			if where == firstConst && i == 0 || where == secondConst && i == 1 {
				p.constant(t, []uint64{a, b}[i])
			} else {
				p.emit(wasm.OpLocalGet, uint64(i))
			}
		}
		return p.emit(op)
	}
	result := wasm.ResultBlock(wasm.I32)
	empty := wasm.EmptyBlock
	one := func() *program { return p.emit(wasm.OpI32Const, 1) }
	zero := func() *program { return p.emit(wasm.OpI32Const, 0) }
	switch where {
	case overwrites:
		operation().emit(wasm.OpLocalSet, 0).emit(wasm.OpLocalGet, 0)
	case decidesIf:
		operation().emit(wasm.OpIf, uint64(result))
		one().emit(wasm.OpElse)
		zero().emit(wasm.OpEnd)
	case decidesNot:
		p.emit(wasm.OpBlock, uint64(empty))
		operation().emit(wasm.OpI32Eqz).emit(wasm.OpBrIf, 0)
		one().emit(wasm.OpReturn).emit(wasm.OpEnd)
		zero()
	case decidesLoop: // the loop begins a second time if the result is not zero, and counts it
		p.emit(wasm.OpBlock, uint64(empty)).emit(wasm.OpLoop, uint64(empty)).emit(wasm.OpLocalGet, 2)
		one().emit(wasm.OpI32Add).emit(wasm.OpLocalTee, 2).emit(wasm.OpI32Const, 2).emit(wasm.OpI32Eq).emit(wasm.OpBrIf, 1)
		operation().emit(wasm.OpBrIf, 0).emit(wasm.OpEnd).emit(wasm.OpEnd).emit(wasm.OpLocalGet, 2)
		one().emit(wasm.OpI32Sub)
	case decidesValue:
		one()
		zero()
		operation().emit(wasm.OpSelect)
	default:
		operation()
	}
	return p.emit(wasm.OpEnd).code
}

// engineCase is a function of a module that computes op somewhere.
type engineCase struct {
	place int
	a, b  uint64 // the constants, if the place has some
}

// instantiate makes a module with one function for each case and returns the functions.
func instantiate(t *testing.T, op wasm.Op, cases []engineCase) []*runtime.Func {
	t.Helper()
	sig := op.Operands()
	typ := wasm.FuncType{Params: []wasm.ValType{sig.Params[0], sig.Params[len(sig.Params)-1]}, Results: sig.Results}
	m := &wasm.Module{Types: []wasm.FuncType{typ}}
	for i, c := range cases {
		body := place(op, c.place, c.a, c.b)
		m.Funcs = append(m.Funcs, wasm.Func{Locals: []wasm.Locals{{Count: 1, Type: wasm.I32}}, Body: wasm.Expr{Code: body}})
		m.Exports = append(m.Exports, wasm.Export{Name: fmt.Sprint(i), Index: uint32(i)})
	}
	compiled, err := runtime.Compile(wasm.Encode(m))
	if err != nil {
		t.Fatal(err)
	}
	in, err := runtime.New(nil).Instantiate(t.Context(), compiled, nil)
	if err != nil {
		t.Fatal(err)
	}
	funcs := make([]*runtime.Func, len(cases))
	for i := range cases {
		funcs[i] = in.Export(fmt.Sprint(i)).(*runtime.Func)
	}
	return funcs
}

// casesOf returns the places of an instruction, those with constants for a sample of constants.
func casesOf(op wasm.Op, r *rand.Rand) (cases []engineCase) {
	const constants = 12
	for place := range numPlaces {
		switch {
		case !fits(place, op):
		case place == firstConst || place == secondConst:
			for range constants {
				a, b := pick(r, op.Info().Sig[0]), pick(r, op.Info().Sig[0])
				cases = append(cases, engineCase{place, a, b})
			}
		default:
			cases = append(cases, engineCase{place: place})
		}
	}
	return cases
}

// pick returns an edge value or a random one.
func pick(r *rand.Rand, letter byte) uint64 {
	if all := edges[letter]; r.IntN(3) > 0 {
		return all[r.IntN(len(all))]
	}
	return random(r, letter)
}

// callEngine calls a function by slots.
func callEngine(f *runtime.Func, a, b uint64) (uint64, wasm.TrapCode, error) {
	stack := []uint64{a, b}
	err := f.CallStack(context.Background(), stack)
	var trap *runtime.Trap
	if errors.As(err, &trap) {
		return 0, trap.Code, nil
	}
	return stack[0], wasm.NoTrap, err
}

// The interpreter agrees with the reference wherever an instruction stands in the code.
func TestEngineAgainstReference(t *testing.T) {
	const calls = 150 // of each function
	for op, info := range wasm.Ops() {
		if !info.Class.IsNumeric() {
			continue
		}
		t.Run(info.Name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(2, uint64(op)))
			cases := casesOf(op, r)
			for i, f := range instantiate(t, op, cases) {
				for range calls {
					a, b := pick(r, info.Sig[0]), pick(r, info.Sig[0])
					if got, want, ok := compareEngine(t, f, op, cases[i], a, b); !ok {
						t.Errorf("place %d, constants %#x %#x, arguments %#x %#x: %s; want %+v", cases[i].place, cases[i].a, cases[i].b, a, b, got, want)
					}
				}
			}
		})
	}
}

// compareEngine calls a function and compares what it gives with the reference.
func compareEngine(t *testing.T, f *runtime.Func, op wasm.Op, c engineCase, a, b uint64) (string, outcome, bool) {
	got, trap, err := callEngine(f, a, b)
	if err != nil {
		t.Fatal(err)
	}
	switch c.place {
	case firstConst:
		a = c.a
	case secondConst:
		b = c.b
	}
	want := reference(op.Info(), a, b)
	if c.place >= decidesIf && want.trap == wasm.NoTrap {
		want = truth(want.bits != 0)
	}
	letter := op.Info().Sig[len(op.Info().Sig)-1]
	return fmt.Sprintf("%#x, trap %v", got, trap), want, want.allows(letter, got, trap)
}
