package lower

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// instruction lowers one instruction.
func (l *lowerer) instruction(in *wasm.Instr) {
	if l.skip {
		l.skipDead(in.Op)
		return
	}
	lowerings[in.Op](l, in)
}

// lowerings holds how each instruction is lowered: by its class, or in its own way.
var lowerings = func() (all [wasm.NumOps]func(*lowerer, *wasm.Instr)) {
	byClass := map[wasm.Class]func(*lowerer, *wasm.Instr){
		wasm.ClassConst:     func(l *lowerer, in *wasm.Instr) { l.pushConst(in.Imm[0]) },
		wasm.ClassTest:      func(l *lowerer, in *wasm.Instr) { l.unary(in.Op) },
		wasm.ClassUnary:     func(l *lowerer, in *wasm.Instr) { l.unary(in.Op) },
		wasm.ClassCompare:   func(l *lowerer, in *wasm.Instr) { l.binary(in.Op) },
		wasm.ClassBinary:    func(l *lowerer, in *wasm.Instr) { l.binary(in.Op) },
		wasm.ClassLoad:      (*lowerer).load,
		wasm.ClassStore:     (*lowerer).store,
		wasm.ClassBulk:      (*lowerer).bulk,
		wasm.ClassVector:    (*lowerer).vector,
		wasm.ClassLoadLane:  (*lowerer).vector,
		wasm.ClassStoreLane: (*lowerer).vector,
	}
	for op, info := range wasm.Ops() {
		if all[op] = custom[op]; all[op] == nil {
			all[op] = byClass[info.Class]
		}
	}
	return all
}()

// skipDead follows the nesting of code that is never executed, up to the else or end where execution can go on.
func (l *lowerer) skipDead(op wasm.Op) {
	switch op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		l.dead++
	case wasm.OpElse:
		if l.dead == 0 {
			l.otherwise()
		}
	case wasm.OpEnd:
		if l.dead == 0 {
			l.close()
			return
		}
		l.dead--
	}
}

// custom holds the lowering of the instructions of wasm.ClassCustom, and of one that is not lowered like the others of its class.
var custom = [wasm.NumOps]func(*lowerer, *wasm.Instr){
	wasm.OpUnreachable: func(l *lowerer, _ *wasm.Instr) {
		l.emit(isa.Wide(isa.Trap, 0, uint32(wasm.Unreachable)))
		l.fence()
		l.skip = true
	},
	wasm.OpV128Const: (*lowerer).vector,
	wasm.OpNop:       func(*lowerer, *wasm.Instr) {},
	wasm.OpBlock:     func(l *lowerer, in *wasm.Instr) { l.open(blockLabel, in.Block()) },
	wasm.OpLoop:      func(l *lowerer, in *wasm.Instr) { l.open(loopLabel, in.Block()) },
	wasm.OpIf:        func(l *lowerer, in *wasm.Instr) { l.open(ifLabel, in.Block()) },
	wasm.OpElse:      func(l *lowerer, _ *wasm.Instr) { l.otherwise() },
	wasm.OpEnd:       func(l *lowerer, _ *wasm.Instr) { l.close() },
	wasm.OpBr:        func(l *lowerer, in *wasm.Instr) { l.br(in.Imm[0]) },
	wasm.OpBrIf:      func(l *lowerer, in *wasm.Instr) { l.brIf(in.Imm[0]) },
	wasm.OpBrTable:   func(l *lowerer, in *wasm.Instr) { l.brTable(in.Labels) },
	wasm.OpReturn: func(l *lowerer, _ *wasm.Instr) {
		l.giveBack()
		l.skip = true
	},
	wasm.OpCall:         func(l *lowerer, in *wasm.Instr) { l.call(int(in.Imm[0])) },
	wasm.OpCallIndirect: func(l *lowerer, in *wasm.Instr) { l.indirect(isa.CallIndirect, in) },
	wasm.OpReturnCall: func(l *lowerer, in *wasm.Instr) {
		if int(in.Imm[0]) < l.imports || planted.Selected == planted.TailDepth { // the host returns before its caller can
			l.call(int(in.Imm[0]))
			l.giveBack()
		} else {
			l.direct(isa.TailCall, int(in.Imm[0]))
		}
		l.skip = true
	},
	wasm.OpReturnCallIndirect: func(l *lowerer, in *wasm.Instr) {
		l.indirect(isa.TailCallIndirect, in)
		l.giveBack()
		l.skip = true
	},
	wasm.OpDrop:     func(l *lowerer, _ *wasm.Instr) { l.pop() },
	wasm.OpSelect:   func(l *lowerer, _ *wasm.Instr) { l.selectOp() },
	wasm.OpSelectT:  func(l *lowerer, _ *wasm.Instr) { l.selectOp() },
	wasm.OpLocalGet: func(l *lowerer, in *wasm.Instr) { l.pushLocal(int(in.Imm[0])) },
	wasm.OpLocalSet: func(l *lowerer, in *wasm.Instr) { l.localSet(int(in.Imm[0])) },
	wasm.OpLocalTee: func(l *lowerer, in *wasm.Instr) {
		l.localSet(int(in.Imm[0]))
		l.pushLocal(int(in.Imm[0]))
	},
	wasm.OpGlobalGet:     func(l *lowerer, in *wasm.Instr) { l.globalGet(in.Imm[0]) },
	wasm.OpGlobalSet:     func(l *lowerer, in *wasm.Instr) { l.globalSet(in.Imm[0]) },
	wasm.OpI32WrapI64:    func(l *lowerer, _ *wasm.Instr) { l.wrap() },
	wasm.OpI64ExtendI32U: func(l *lowerer, _ *wasm.Instr) { l.extend() },
	wasm.OpMemorySize:    func(l *lowerer, _ *wasm.Instr) { l.emit(isa.Word(isa.MemorySize, l.push(), 0, 0)) },
	wasm.OpMemoryGrow: func(l *lowerer, _ *wasm.Instr) {
		a := l.popSlot()
		l.emit(isa.Word(isa.MemoryGrow, l.push(), a, 0))
	},
	wasm.OpTableGet: func(l *lowerer, in *wasm.Instr) {
		a := l.popSlot()
		l.emitImm(isa.Word(isa.TableGet, l.push(), a, 0), in.Imm[0])
	},
	wasm.OpTableSet: func(l *lowerer, in *wasm.Instr) {
		a, d := l.popSlot(), l.popSlot()
		l.emitImm(isa.Word(isa.TableSet, d, a, 0), in.Imm[0])
	},
	wasm.OpTableSize: func(l *lowerer, in *wasm.Instr) { l.emitImm(isa.Word(isa.TableSize, l.push(), 0, 0), in.Imm[0]) },
	wasm.OpTableGrow: func(l *lowerer, in *wasm.Instr) {
		b, a := l.popSlot(), l.popSlot()
		l.emitImm(isa.Word(isa.TableGrow, l.push(), a, b), in.Imm[0])
	},
	wasm.OpTableFill: func(l *lowerer, in *wasm.Instr) { l.three(isa.TableFill, in.Imm[0], true) },
	wasm.OpRefNull:   func(l *lowerer, _ *wasm.Instr) { l.pushConst(0) },
	wasm.OpRefIsNull: func(l *lowerer, _ *wasm.Instr) { l.unary(wasm.OpI64Eqz) }, // references are numbers, 0 for null
	wasm.OpRefFunc:   func(l *lowerer, in *wasm.Instr) { l.emitImm(isa.Word(isa.RefFunc, l.push(), 0, 0), in.Imm[0]) },
}

// unary lowers an instruction that computes one value from one. They take one slot each.
func (l *lowerer) unary(op wasm.Op) {
	o := l.pop()
	if op == wasm.OpI32Eqz && l.invert(o) {
		return
	}
	a := l.low(o)
	l.emit(isa.Word(isa.Of[op].Plain, l.push(), a, 0))
}

// binary lowers an instruction that computes one value from two. They take one slot each.
func (l *lowerer) binary(op wasm.Op) {
	b, a := l.pop(), l.pop()
	if l.pair(op, a, b) {
		return
	}
	if a.place == isConst && b.place != isConst {
		if mirror, ok := mirrorOf(op); ok {
			op, a, b = mirror, b, a
		}
	}
	if b.place == isConst && l.fuses(Consts) && !isNaN(op, b.bits) {
		op, bits := addition(op, b.bits)
		if l.address(op, a, bits) || l.globalAdd(op, a, bits) || l.pairConst(op, a, bits) {
			return
		}
		from := l.low(a)
		l.emitImm(isa.Word(isa.Of[op].Const, l.push(), from, 0), bits)
		return
	}
	second, first := l.low(b), l.low(a)
	l.emit(isa.Word(isa.Of[op].Plain, l.push(), first, second))
}

// canonical makes the result of op canonical, which was lowered last, if it is a NaN that the specification leaves open. The
// result is in its home.
func (l *lowerer) canonical(op wasm.Op) {
	if canon, ok := isa.CanonOf(op); ok && !l.skip && (planted.Selected != planted.CanonDemote || op != wasm.OpF32DemoteF64) {
		home := uint16(l.stack[len(l.stack)-1].home)
		l.emit(isa.Word(canon, home, home, 0))
	}
}

// isNaN reports whether the constant operand of a float instruction is a NaN. Which of two NaNs the instruction returns is left
// open, and may be another when the constant stands in the instruction: so it does not.
func isNaN(op wasm.Op, bits uint64) bool {
	switch op.Operands().Params[1] {
	case wasm.F32:
		f := math.Float32frombits(uint32(bits))
		return f != f
	case wasm.F64:
		f := math.Float64frombits(bits)
		return f != f
	}
	return false
}

// invert makes the integer comparison that computed o, the operand of an eqz, the opposite one.
func (l *lowerer) invert(o operand) bool {
	at, w, spec := l.writes(o)
	if spec == nil || spec.How != isa.Numeric || !l.fuses(Opposite) {
		return false
	}
	opposite, ok := oppositeOf(spec.Wasm)
	if !ok {
		return false
	}
	op := isa.Of[opposite].Plain
	if spec.Const {
		op = isa.Of[opposite].Const
	}
	l.code.Words[at] = uint64(w)&^0xffff | uint64(op)
	l.push() // the same home
	return true
}

// mirrorOf returns the instruction that gives for (b, a) what op gives for (a, b). Additions and products of floats are
// left out: which NaN they return depends on the order.
func mirrorOf(op wasm.Op) (wasm.Op, bool) {
	if isa.Commutes(op) {
		return op, true
	}
	mirror, ok := mirrors[op]
	if planted.Selected == planted.MirrorEqual && op == wasm.OpI32LeU {
		mirror = wasm.OpI32GtU
	}
	return mirror, ok
}

// addition turns the subtraction of a constant into the addition of its opposite, which more can be fused with.
func addition(op wasm.Op, bits uint64) (wasm.Op, uint64) {
	switch op {
	case wasm.OpI32Sub:
		return wasm.OpI32Add, uint64(-uint32(bits))
	case wasm.OpI64Sub:
		if planted.Selected == planted.SubConstant {
			return wasm.OpI64Add, uint64(-uint32(bits))
		}
		return wasm.OpI64Add, -bits
	}
	return op, bits
}

func (l *lowerer) load(in *wasm.Instr) {
	forms, t := &isa.Of[in.Op], in.Op.Operands().Results[0]
	o, disp := l.pop(), in.Imm[1]
	if at, w := l.sum(forms, o, disp); at >= 0 {
		l.takeBack(at)
		l.emit(isa.Word(forms.Sum, l.pushType(t), w.A(), w.B()))
		return
	}
	if o.place == isConst && forms.Abs != isa.Exit && l.fuses(Addresses) {
		if planted.Selected == planted.AddressWrap {
			disp = uint64(uint32(o.bits+disp)) - o.bits
		}
		l.emitImm(isa.Word(forms.Abs, l.pushType(t), 0, 0), o.bits+disp)
		return
	}
	a, add := l.base(o)
	if add != 0 || disp > math.MaxUint16 {
		l.emitImm(isa.Word(forms.Plus, l.pushType(t), a, 0), add|disp<<32)
		return
	}
	l.emit(isa.Word(forms.Plain, l.pushType(t), a, uint16(disp)))
}

// base returns the slot of an address, and what is to be added to it.
func (l *lowerer) base(o operand) (slot uint16, add uint64) {
	if o.place == isSum {
		return uint16(l.locals[o.local].slot), o.bits
	}
	return l.low(o), 0
}

// sum returns the last instruction if it is the addition that computed the address o of an access without displacement, and the
// access can do it; else -1.
func (l *lowerer) sum(forms *isa.Forms, o operand, disp uint64) (int, isa.Inst) {
	at, w, spec := l.writes(o)
	if spec == nil || forms.Sum == isa.Exit || disp != 0 || w.Op() != isa.Of[wasm.OpI32Add].Plain || !l.fuses(Sums) {
		return -1, 0
	}
	return at, w
}

func (l *lowerer) store(in *wasm.Instr) {
	v, o, disp := l.pop(), l.pop(), in.Imm[1]
	forms := &isa.Of[in.Op]
	switch {
	case o.place == isConst && forms.Abs != isa.Exit && l.fuses(Addresses):
		l.emitImm(isa.Word(forms.Abs, 0, 0, l.low(v)), o.bits+disp)
		return
	case v.place == isConst && disp <= math.MaxUint16 && l.fuses(Consts):
		l.emitImm(isa.Word(forms.Const, uint16(disp), l.low(o), 0), v.bits)
		return
	case v.place == inLocal: // nothing was emitted for the value
		if at, w := l.sum(forms, o, disp); at >= 0 {
			l.takeBack(at)
			l.emit(isa.Word(forms.Sum, w.A(), w.B(), l.low(v)))
			return
		}
	}
	if o.place != isConst && v.place == inHome { // then the address needs no instruction, so that the last one is that of the value
		if a, add := l.base(o); l.putTwo(in.Op, v, a, add|disp<<32) {
			return
		}
	}
	b := l.low(v)
	a, add := l.base(o)
	if add != 0 || disp > math.MaxUint16 {
		l.emitImm(isa.Word(forms.Plus, 0, a, b), add|disp<<32)
		return
	}
	l.emit(isa.Word(forms.Plain, uint16(disp), a, b))
}

func (l *lowerer) bulk(in *wasm.Instr) {
	switch in.Op {
	case wasm.OpMemoryInit:
		l.three(isa.MemoryInit, in.Imm[0], true)
	case wasm.OpMemoryCopy:
		l.three(isa.MemoryCopy, 0, false)
	case wasm.OpMemoryFill:
		l.three(isa.MemoryFill, 0, false)
	case wasm.OpTableInit:
		l.three(isa.TableInit, in.Imm[0]|in.Imm[1]<<32, true)
	case wasm.OpTableCopy:
		l.three(isa.TableCopy, in.Imm[0]|in.Imm[1]<<32, true)
	case wasm.OpDataDrop:
		l.emitImm(isa.Word(isa.DataDrop, 0, 0, 0), in.Imm[0])
	case wasm.OpElemDrop:
		l.emitImm(isa.Word(isa.ElemDrop, 0, 0, 0), in.Imm[0])
	}
}

// three emits an instruction that takes three operands and returns none.
func (l *lowerer) three(op isa.Op, imm uint64, hasImm bool) {
	b, a, d := l.popSlot(), l.popSlot(), l.popSlot()
	if hasImm {
		l.emitImm(isa.Word(op, d, a, b), imm)
		return
	}
	l.emit(isa.Word(op, d, a, b))
}

// selectOp lowers both forms of select.
func (l *lowerer) selectOp() {
	cond := l.low(l.pop())
	b, a := l.pop(), l.pop()
	op := isa.Select
	if a.width == 2 {
		op = isa.Select2
	}
	if planted.Selected == planted.SelectWide {
		a.wide = false
	}
	second, first := l.slot(b), l.slot(a)
	l.emitImm(isa.Word(op, l.pushWidth(a.width), first, second), uint64(cond))
}

func (l *lowerer) globalGet(index uint64) {
	t, op := l.v.Globals[index].Type, isa.GlobalGet
	if isa.Width(t) == 2 {
		op = isa.GlobalGet2
	}
	l.emit(isa.Wide(op, l.pushType(t), uint32(index)))
}

// globalAdd makes the last instruction add a constant, if op is that addition and it reads a global for it.
func (l *lowerer) globalAdd(op wasm.Op, a operand, bits uint64) bool {
	at, w, spec := l.writes(a)
	if spec == nil || w.Op() != isa.GlobalGet || op != wasm.OpI32Add || !l.fuses(Globals) {
		return false
	}
	l.takeBack(at)
	l.emitImm(isa.Wide(isa.GlobalGetAdd, l.push(), w.AB()), bits)
	return true
}

func (l *lowerer) globalSet(index uint64) {
	op := isa.GlobalSet
	if isa.Width(l.v.Globals[index].Type) == 2 {
		op = isa.GlobalSet2
	}
	o := l.pop()
	if o.place == isSum && !o.long && l.fuses(Globals) {
		l.emitImm(isa.Wide(isa.GlobalSetAdd, uint16(l.locals[o.local].slot), uint32(index)), o.bits)
		return
	}
	l.emit(isa.Wide(op, l.slot(o), uint32(index)))
}

// localSet pops the top operand into a local. If the instruction just emitted put it into its home, it writes the local
// instead.
func (l *lowerer) localSet(local int) {
	o := l.pop()
	if o.place == inLocal && int(o.local) == local {
		return
	}
	if planted.Selected != planted.StaleLocal || o.place != isConst {
		l.settleLocal(local)
	}
	to, added := int(l.locals[local].slot), -1
	switch {
	case o.place == isSum:
		l.put(o, int32(to))
		added = l.last
	case l.retarget(o, to):
		added = l.last
	default:
		l.put(o, int32(to))
	}
	l.fix() // what wrote the local must not be made to write another
	if added >= 0 {
		l.noteAddition(added)
	}
}

// noteAddition remembers the instruction at a word if it adds something to the local that it writes.
func (l *lowerer) noteAddition(at int) {
	w := isa.Inst(l.code.Words[at])
	switch w.Op() {
	case isa.Of[wasm.OpI32Add].Const, isa.Of[wasm.OpI64Add].Const:
		if w.A() == w.D() {
			l.added = at
		}
	case isa.Of[wasm.OpI32Add].Plain, isa.Of[wasm.OpI64Add].Plain:
		if w.A() == w.D() || w.B() == w.D() {
			l.added = at
		}
	}
}

// retarget makes the last instruction write slot to instead of the home of o, if that is what it wrote.
func (l *lowerer) retarget(o operand, to int) bool {
	at, w, spec := l.writes(o)
	if spec == nil || !l.fuses(Targets) {
		return false
	}
	l.code.Words[at] = uint64(w)&^(0xffff<<16) | uint64(to)<<16
	return true
}

func (l *lowerer) call(callee int) {
	if callee >= l.imports {
		l.direct(isa.Call, callee)
		return
	}
	t := l.typeOf(callee)
	l.emit(isa.Wide(isa.CallImport, l.args(t), uint32(callee)))
	l.fence()
	l.pushTypes(t.Results)
}

// typeOf returns the type of a function.
func (l *lowerer) typeOf(f int) *wasm.FuncType { return &l.m.Types[l.v.Funcs[f]] }

// direct emits a call of a function that the module defines.
func (l *lowerer) direct(op isa.Op, callee int) {
	t := l.typeOf(callee)
	at := l.emit(isa.Wide(op, l.args(t), 0))
	l.calls = append(l.calls, call{word: at, callee: callee - l.imports})
	l.fence()
	l.pushTypes(t.Results)
}

// indirect emits a call of a function in a table.
func (l *lowerer) indirect(op isa.Op, in *wasm.Instr) {
	index := l.low(l.pop())
	t := &l.m.Types[in.Imm[0]]
	l.emitImm(isa.Word(op, l.args(t), index, 0), in.Imm[0]|in.Imm[1]<<32)
	l.fence()
	l.pushTypes(t.Results)
}

// args puts the arguments of a call into their homes and pops them. It returns the first slot of them, where the callee's frame
// begins.
func (l *lowerer) args(t *wasm.FuncType) uint16 {
	first := l.settleTop(len(t.Params))
	l.truncate(len(l.stack) - len(t.Params))
	l.frame = max(l.frame, first+isa.Slots(t.Params), first+isa.Slots(t.Results))
	return uint16(first)
}
