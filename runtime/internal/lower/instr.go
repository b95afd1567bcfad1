package lower

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// instruction lowers one instruction.
func (l *lowerer) instruction(in *wasm.Instr) {
	if l.skip {
		l.skipDead(in.Op)
		return
	}
	info := in.Op.Info()
	switch {
	case info.Class.IsNumeric():
		l.numeric(in.Op)
	case info.Class == wasm.ClassConst:
		l.pushConst(in.Imm[0])
	case info.Class == wasm.ClassLoad:
		l.load(in)
	case info.Class == wasm.ClassStore:
		l.store(in)
	case info.Class == wasm.ClassBulk:
		l.bulk(in)
	default:
		custom[in.Op](l, in)
	}
}

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

// custom holds the lowering of the instructions of wasm.ClassCustom.
var custom = [wasm.NumOps]func(*lowerer, *wasm.Instr){
	wasm.OpUnreachable: func(l *lowerer, _ *wasm.Instr) {
		l.emit(isa.Wide(isa.Trap, 0, uint32(wasm.Unreachable)))
		l.fence()
		l.skip = true
	},
	wasm.OpNop:     func(*lowerer, *wasm.Instr) {},
	wasm.OpBlock:   func(l *lowerer, in *wasm.Instr) { l.open(blockLabel, in.Block()) },
	wasm.OpLoop:    func(l *lowerer, in *wasm.Instr) { l.open(loopLabel, in.Block()) },
	wasm.OpIf:      func(l *lowerer, in *wasm.Instr) { l.open(ifLabel, in.Block()) },
	wasm.OpElse:    func(l *lowerer, _ *wasm.Instr) { l.otherwise() },
	wasm.OpEnd:     func(l *lowerer, _ *wasm.Instr) { l.close() },
	wasm.OpBr:      func(l *lowerer, in *wasm.Instr) { l.br(in.Imm[0]) },
	wasm.OpBrIf:    func(l *lowerer, in *wasm.Instr) { l.brIf(in.Imm[0]) },
	wasm.OpBrTable: func(l *lowerer, in *wasm.Instr) { l.brTable(in.Labels) },
	wasm.OpReturn: func(l *lowerer, _ *wasm.Instr) {
		l.giveBack()
		l.skip = true
	},
	wasm.OpCall:         func(l *lowerer, in *wasm.Instr) { l.call(int(in.Imm[0])) },
	wasm.OpCallIndirect: (*lowerer).callIndirect,
	wasm.OpDrop:         func(l *lowerer, _ *wasm.Instr) { l.pop() },
	wasm.OpSelect:       func(l *lowerer, _ *wasm.Instr) { l.selectOp() },
	wasm.OpSelectT:      func(l *lowerer, _ *wasm.Instr) { l.selectOp() },
	wasm.OpLocalGet:     func(l *lowerer, in *wasm.Instr) { l.pushLocal(int(in.Imm[0])) },
	wasm.OpLocalSet:     func(l *lowerer, in *wasm.Instr) { l.localSet(int(in.Imm[0])) },
	wasm.OpLocalTee: func(l *lowerer, in *wasm.Instr) {
		l.localSet(int(in.Imm[0]))
		l.pushLocal(int(in.Imm[0]))
	},
	wasm.OpGlobalGet:  func(l *lowerer, in *wasm.Instr) { l.emit(isa.Wide(isa.GlobalGet, l.push(), uint32(in.Imm[0]))) },
	wasm.OpGlobalSet:  func(l *lowerer, in *wasm.Instr) { l.emit(isa.Wide(isa.GlobalSet, l.popSlot(), uint32(in.Imm[0]))) },
	wasm.OpMemorySize: func(l *lowerer, _ *wasm.Instr) { l.emit(isa.Word(isa.MemorySize, l.push(), 0, 0)) },
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
	wasm.OpRefIsNull: func(l *lowerer, _ *wasm.Instr) { l.numeric(wasm.OpI64Eqz) }, // references are numbers, 0 for null
	wasm.OpRefFunc:   func(l *lowerer, in *wasm.Instr) { l.emitImm(isa.Word(isa.RefFunc, l.push(), 0, 0), in.Imm[0]) },
}

func (l *lowerer) numeric(op wasm.Op) {
	if len(op.Operands().Params) == 1 {
		a := l.popSlot()
		l.emit(isa.Word(isa.Of[op].Plain, l.push(), a, 0))
		return
	}
	o, h := l.pop()
	if o.place == isConst {
		a := l.popSlot()
		l.emitImm(isa.Word(isa.Of[op].Const, l.push(), a, 0), o.bits)
		return
	}
	b, a := l.slot(o, h), l.popSlot()
	l.emit(isa.Word(isa.Of[op].Plain, l.push(), a, b))
}

func (l *lowerer) load(in *wasm.Instr) {
	a, disp := l.popSlot(), in.Imm[1]
	if disp > math.MaxUint16 {
		l.emitImm(isa.Word(isa.Of[in.Op].Far, l.push(), a, 0), disp)
		return
	}
	l.emit(isa.Word(isa.Of[in.Op].Plain, l.push(), a, uint16(disp)))
}

func (l *lowerer) store(in *wasm.Instr) {
	b, a, disp := l.popSlot(), l.popSlot(), in.Imm[1]
	if disp > math.MaxUint16 {
		l.emitImm(isa.Word(isa.Of[in.Op].Far, 0, a, b), disp)
		return
	}
	l.emit(isa.Word(isa.Of[in.Op].Plain, uint16(disp), a, b))
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

func (l *lowerer) selectOp() {
	cond := l.popSlot()
	b, a := l.popSlot(), l.popSlot()
	l.emitImm(isa.Word(isa.Select, l.push(), a, b), uint64(cond))
}

// localSet pops the top operand into a local. If the instruction just emitted put it into its home, it writes the local
// instead.
func (l *lowerer) localSet(local int) {
	o, h := l.pop()
	if o.place == inLocal && o.local == local {
		return
	}
	l.settleLocal(local)
	switch {
	case o.place == isConst:
		l.emitImm(isa.Word(isa.Const, uint16(local), 0, 0), o.bits)
	case o.place == inHome && l.retarget(l.home(h), uint16(local)):
	default:
		from := l.home(h)
		if o.place == inLocal {
			from = uint16(o.local)
		}
		l.emit(isa.Word(isa.Copy, uint16(local), from, 0))
	}
	l.fence() // what wrote the local must not be made to write another
}

// retarget makes the last instruction write slot to instead of slot from, if that is what it wrote.
func (l *lowerer) retarget(from, to uint16) bool {
	if l.last < 0 {
		return false
	}
	w := isa.Inst(l.code.Words[l.last])
	if w.Op().Spec().Shape.D != isa.Write || w.D() != from {
		return false
	}
	l.code.Words[l.last] = uint64(w)&^(0xffff<<16) | uint64(to)<<16
	return true
}

func (l *lowerer) call(callee int) {
	t := l.types[callee]
	d := l.args(t)
	if callee < l.imports {
		l.emit(isa.Wide(isa.CallImport, d, uint32(callee)))
	} else {
		at := l.emit(isa.Wide(isa.Call, d, 0))
		l.calls = append(l.calls, call{word: at, callee: callee - l.imports})
	}
	l.fence()
	l.pushN(len(t.Results))
}

func (l *lowerer) callIndirect(in *wasm.Instr) {
	index := l.popSlot()
	t := l.m.Types[in.Imm[0]]
	d := l.args(t)
	l.emitImm(isa.Word(isa.CallIndirect, d, index, 0), in.Imm[0]|in.Imm[1]<<32)
	l.fence()
	l.pushN(len(t.Results))
}

// args puts the arguments of a call into their homes and pops them. It returns the home of the first, where the callee's
// frame begins.
func (l *lowerer) args(t wasm.FuncType) uint16 {
	d := l.settleTop(len(t.Params))
	l.truncate(len(l.stack) - len(t.Params))
	l.grow(len(l.stack) + max(len(t.Params), len(t.Results)))
	return d
}
