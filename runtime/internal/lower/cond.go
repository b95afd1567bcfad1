package lower

import (
	"math"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// cond is what a branch depends on: a slot that is not zero or, if compares is set, a comparison.
type cond struct {
	compares bool
	negated  bool    // the branch depends on the opposite
	op       wasm.Op // the comparison
	a, b     uint16  // its operands; of a slot, a
	konst    bool    // the second operand is imm
	imm      uint64
	load     isa.Inst // what loads the first operand, if it is to be part of the branch, else 0
	offset   uint32   // of the load
}

// popCond pops the condition of a branch. If the last instruction computes it, that is taken back, and the branch does its
// work. Its operands are in locals or in homes above those that stay on the stack, so they keep their values up to there.
func (l *lowerer) popCond() cond { return l.probe(l.cond(l.pop())) }

// probe takes back the load of what the condition compares with a constant, if that is the last instruction and there is a branch
// that does its work too. Its address is where operands of a branch are.
func (l *lowerer) probe(c cond) cond {
	at, w, spec := l.writes(operand{home: int32(c.a)})
	if spec == nil || spec.How != isa.Load || c.load != 0 || c.compares && !c.konst || !l.fuses(Probes) || l.long {
		return c
	}
	op := c.op
	if !c.compares {
		op = wasm.OpI32Ne
	}
	if follow(w, isa.Follow{Then: op, Tail: true, Branch: true}) == isa.Exit {
		return c
	}
	c.load, c.compares, c.op, c.konst = w, true, op, true
	c.offset = l.takeBack(at)
	return c
}

// cond is popCond for an operand that was popped.
func (l *lowerer) cond(o operand) cond {
	at, w, spec := l.writes(o)
	if c, ok := l.condFetched(at, w, spec); ok {
		return c
	}
	if spec == nil || spec.How != isa.Numeric || !l.fuses(Branches) || l.long {
		return cond{a: l.low(o)}
	}
	c := cond{compares: true, op: spec.Wasm, a: w.A(), b: w.B(), konst: spec.Const}
	switch {
	case spec.Wasm.Info().Class == wasm.ClassCompare || spec.Wasm == wasm.OpI32And:
		if spec.Const {
			c.imm = l.code.Words[at+1]
		}
	case spec.Wasm == wasm.OpI32Eqz:
		l.takeBack(at)
		c = l.cond(operand{home: int32(w.A())})
		c.negated = !c.negated
		return c
	case spec.Wasm == wasm.OpI64Eqz:
		c.op, c.konst = wasm.OpI64Eq, true
	default:
		return cond{a: l.low(o)}
	}
	if c.compares && isa.Of[c.op].Branch == isa.Exit {
		return cond{a: l.low(o)} // a comparison without a branch of its own
	}
	l.takeBack(at)
	return c
}

// condFetched is cond for some bits of what the last instruction loads.
func (l *lowerer) condFetched(at int, w isa.Inst, spec *isa.Spec) (cond, bool) {
	if spec == nil || spec.How != isa.Fetch || !spec.Tail || spec.Then != wasm.OpI32And || !l.fuses(Probes) || l.long {
		return cond{}, false
	}
	c := cond{compares: true, op: spec.Then, konst: true, imm: l.immOf(at, spec)}
	c.load = isa.Inst(isa.Word(isa.Of[spec.Wasm].Plain, 0, w.A(), w.B()))
	c.offset = l.takeBack(at)
	return c, true
}

// writes returns the last instruction if it wrote o into its home.
func (l *lowerer) writes(o operand) (at int, w isa.Inst, spec *isa.Spec) {
	if o.place != inHome || o.wide || l.last < 0 {
		return 0, 0, nil
	}
	w = isa.Inst(l.code.Words[l.last])
	spec = w.Op().Spec()
	if d := spec.Shape.D; d != isa.Write && d != isa.Write2 || int32(w.D()) != o.home {
		return 0, 0, nil
	}
	return l.last, w, spec
}

// takeBack removes the last instruction, which is at word at, and returns the offset of the WebAssembly instruction that it came
// from.
func (l *lowerer) takeBack(at int) (offset uint32) {
	l.code.Words = l.code.Words[:at]
	l.last, l.before, l.end = l.before, -1, -1
	n := len(l.code.Pos) - 1
	for int(l.code.Pos[n].Word) > at {
		n--
	}
	offset = l.code.Pos[n].Offset
	if int(l.code.Pos[n].Word) < at {
		n++
	}
	l.code.Pos = l.code.Pos[:n]
	return offset
}

// jump emits a branch that is taken if the condition holds, or if it does not, and returns its word; where it goes is to be
// filled in.
func (l *lowerer) jump(c cond, holds bool) int {
	holds = holds != c.negated
	if c.load != 0 {
		return l.jumpProbe(c, holds)
	}
	if at, ok := l.step(c, holds); ok {
		return at
	}
	if !c.compares {
		op := isa.Brz
		if holds {
			op = isa.Brnz
		}
		return l.emit(isa.Wide(op, c.a, 0))
	}
	forms := &isa.Of[c.op]
	slots, konst := forms.Branch, forms.BranchConst
	if !holds {
		if opposite, ok := oppositeOf(c.op); ok {
			forms = &isa.Of[opposite]
			slots, konst = forms.Branch, forms.BranchConst
		} else {
			slots, konst = forms.BranchNot, forms.BranchNotConst
		}
	}
	if c.konst {
		return l.emitImm(isa.Word(konst, 0, c.a, 0), c.imm)
	}
	return l.emit(isa.Word(slots, 0, c.a, c.b))
}

// jumpProbe is jump for a condition with its load, which is what may trap.
func (l *lowerer) jumpProbe(c cond, holds bool) int {
	want := isa.Follow{Then: c.op, Tail: true, Branch: true}
	if !holds {
		if opposite, ok := oppositeOf(c.op); ok {
			want.Then = opposite
		} else {
			want.Negated = true
		}
	}
	offset := l.offset
	l.offset = c.offset
	at := l.emitImm(isa.Word(follow(c.load, want), 0, c.load.A(), c.load.B()), c.imm)
	l.offset = offset
	return at
}

// step emits the branch together with the addition before it, if there is one, to the local that the condition is about.
func (l *lowerer) step(c cond, holds bool) (int, bool) {
	if l.added < 0 || !l.fuses(Steps) || l.long {
		return 0, false
	}
	add := isa.Inst(l.code.Words[l.added])
	spec := add.Op().Spec()
	if l.added+spec.Shape.Words() != len(l.code.Words) {
		return 0, false
	}
	by, width := l.immOf(l.added, spec), spec.Wasm.Operands().Params[0]
	if !c.compares {
		c.op, c.konst = wasm.OpI32Ne, true
	}
	if isa.Of[c.op].Step == isa.Exit {
		return 0, false // a test of bits, or a comparison of floats
	}
	if c.compares && !c.konst && add.D() == c.b && c.a != c.b {
		if mirror, ok := mirrors[c.op]; ok {
			c.op, c.a, c.b = mirror, c.b, c.a
		}
	}
	if add.D() != c.a || c.op.Operands().Params[0] != width {
		return 0, false
	}
	op := c.op
	if !holds {
		op, _ = oppositeOf(op)
	}
	switch {
	case !spec.Const && c.konst:
		return 0, false
	case !spec.Const:
		from := add.B()
		if from == add.D() && planted.Selected != planted.StepOperand {
			from = add.A()
		}
		l.takeBack(l.added)
		return l.emitImm(isa.Word(isa.Of[op].StepSlots, 0, c.a, c.b), uint64(from)), true
	case !c.konst:
		l.takeBack(l.added)
		return l.emitImm(isa.Word(isa.Of[op].Step, 0, c.a, c.b), by), true
	}
	if width == wasm.I64 && (!short(by) || !short(c.imm)) {
		return 0, false
	}
	l.takeBack(l.added)
	return l.emitImm(isa.Word(isa.Of[op].StepConst, 0, c.a, 0), by&math.MaxUint32|c.imm<<32), true
}

// short reports whether v is a sign-extended number of 32 bits.
func short(v uint64) bool {
	return int64(v) == int64(int32(v)) || planted.Selected == planted.StepExtend && v == uint64(uint32(v))
}

// opposites and mirrors pair the comparisons: a < b is not a >= b, and is b > a.
var (
	opposites = pairs(map[string]string{"eq": "ne", "lt": "ge", "gt": "le"})
	mirrors   = pairs(map[string]string{"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge"})
)

// pairs maps comparisons to others of the same type and sign by the first part of their names, in both directions.
func pairs(names map[string]string) map[wasm.Op]wasm.Op {
	byName := map[string]wasm.Op{}
	for op, info := range wasm.Ops() {
		byName[info.Name] = op
	}
	found := map[wasm.Op]wasm.Op{}
	for op, info := range wasm.Ops() {
		typ, rest, _ := strings.Cut(info.Name, ".")
		if info.Class != wasm.ClassCompare || len(rest) < 2 {
			continue
		}
		if other, ok := byName[typ+"."+names[rest[:2]]+rest[2:]]; ok && names[rest[:2]] != "" {
			found[op], found[other] = other, op
		}
	}
	return found
}

// oppositeOf returns the comparison that holds where op does not. There is none for floats but eq and ne: NaN is neither less
// nor greater.
func oppositeOf(op wasm.Op) (wasm.Op, bool) {
	opposite, ok := opposites[op]
	if ok && planted.Selected != planted.FloatOpposite && op.Operands().Params[0].IsFloat() && op != wasm.OpF32Eq && op != wasm.OpF32Ne && op != wasm.OpF64Eq && op != wasm.OpF64Ne {
		return 0, false
	}
	return opposite, ok
}
