package lower

import (
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// label is an open block, or the function itself.
type label struct {
	kind     labelKind
	height   int            // of the operand stack below the block's parameters
	base     int            // the slot behind the homes of the operands below
	t        *wasm.FuncType // what it takes and returns
	start    int            // word that a branch to a loop goes to
	elseJump int            // the branch of an if to its else or end; -1 if there is none any more
	stub     int            // of a branch table that is being emitted: its code for this label, 0 if none

	// Branches to the end of a block, chained: each holds, in place of its target, the word of the one before, or for short
	// ones the distance to it. 0 ends a chain.
	forward, short int
}

type labelKind uint8

const (
	blockLabel labelKind = iota
	loopLabel
	ifLabel
	funcLabel
)

// takes returns the types of the operands that a branch to the label takes.
func (b *label) takes() []wasm.ValType {
	if b.kind == loopLabel {
		return b.t.Params
	}
	return b.t.Results
}

// open begins a block, loop or if. The operands it takes are put into their homes.
func (l *lowerer) open(kind labelKind, bt wasm.BlockType) {
	t := l.m.BlockFunc(bt)
	b := label{kind: kind, t: t, elseJump: -1}
	var c cond
	if kind == ifLabel {
		c = l.popCond()
	}
	b.height = len(l.stack) - len(t.Params)
	b.base = l.settleTop(len(t.Params))
	if planted.Selected != planted.LoopLocal || kind != loopLabel {
		l.settleLocals()
	}
	if kind == ifLabel {
		b.elseJump = l.jump(c, false)
	}
	l.fence()
	b.start = len(l.code.Words)
	l.labels = append(l.labels, b)
}

// otherwise ends the first part of an if and begins its else.
func (l *lowerer) otherwise() {
	b := &l.labels[len(l.labels)-1]
	if !l.skip {
		l.settleTop(len(b.t.Results))
		l.branch(b)
	}
	l.aim(b.elseJump, len(l.code.Words))
	b.elseJump = -1
	l.reset(b, b.t.Params)
}

// close ends the innermost block or the function.
func (l *lowerer) close() {
	b := &l.labels[len(l.labels)-1]
	if b.kind == funcLabel {
		if !l.skip {
			l.giveBack()
		}
		l.labels = l.labels[:0]
		return
	}
	if !l.skip {
		l.settleTop(len(b.t.Results))
	}
	if b.elseJump >= 0 {
		l.aim(b.elseJump, len(l.code.Words)) // an if without else: its parameters are its results, and are in their homes
	}
	l.land(b)
	l.reset(b, b.t.Results)
	l.labels = l.labels[:len(l.labels)-1]
}

// land makes the branches to the end of a block go to the current end of the code.
func (l *lowerer) land(b *label) {
	end := len(l.code.Words)
	for at := b.forward; at != 0; {
		before := int(isa.Inst(l.code.Words[at]).AB())
		l.aim(at, end)
		at = before
	}
	for at := b.short; at != 0; {
		distance := int(isa.Inst(l.code.Words[at]).D())
		l.aim(at, end)
		if distance == 0 {
			break
		}
		at -= distance
	}
}

// reset makes the operand stack that of a label: what was there below the block, and operands in their homes.
func (l *lowerer) reset(b *label, types []wasm.ValType) {
	l.truncate(b.height)
	l.pushTypes(types)
	l.skip = false
	l.fence()
}

// isShort reports whether the branch at a word has a distance of 16 bits.
func (l *lowerer) isShort(at int) bool {
	return isa.Inst(l.code.Words[at]).Op().Target() == isa.ShortTarget
}

// aim makes the branch at a word go to another.
func (l *lowerer) aim(at, to int) {
	w, distance := l.code.Words[at], to-at
	if l.isShort(at) {
		l.tooFar = l.tooFar || distance != int(int16(distance))
		l.code.Words[at] = w&^(0xffff<<16) | uint64(uint16(distance))<<16
		return
	}
	l.code.Words[at] = w&math.MaxUint32 | uint64(uint32(distance))<<32
}

// aimAt makes the branch at a word go to a label, now or when the label's place is known.
func (l *lowerer) aimAt(at int, b *label) {
	switch {
	case b.kind == loopLabel:
		l.aim(at, b.start)
	case l.isShort(at):
		distance := 0
		if b.short != 0 {
			distance = at - b.short
		}
		l.tooFar = l.tooFar || distance > math.MaxUint16
		l.code.Words[at] = l.code.Words[at]&^(0xffff<<16) | uint64(uint16(distance))<<16
		b.short = at
	default:
		l.aim(at, at+b.forward)
		b.forward = at
	}
}

// branch moves the operands that a label takes, which are in their homes, to where the label wants them, and goes there.
// The operands stay on the stack.
func (l *lowerer) branch(b *label) {
	if b.kind == funcLabel {
		l.giveBack()
		return
	}
	if from, n := l.taken(b); n > 0 && from != b.base {
		if planted.Selected == planted.BranchValues {
			n = min(n, 2)
		}
		l.move(b.base, from, n)
	}
	l.aimAt(l.leap(), b)
	l.fence()
}

// leap emits a branch, together with the last instruction if there is one that does both, and returns its word.
func (l *lowerer) leap() int {
	if l.end < 0 || !l.fuses(Leaps) || l.long {
		return l.emit(isa.Wide(isa.Br, 0, 0))
	}
	at := l.end
	w := isa.Inst(l.code.Words[at])
	imm := l.immOf(at, w.Op().Spec())
	switch w.Op() {
	case isa.Copy:
		l.takeBack(at)
		return l.emit(isa.Word(isa.CopyBr, 0, w.A(), w.D()))
	case isa.Const:
		l.takeBack(at)
		return l.emitImm(isa.Word(isa.ConstBr, 0, 0, w.D()), imm)
	case isa.Of[wasm.OpI32Add].Const:
		l.takeBack(at)
		return l.emitImm(isa.Word(isa.AddConstBr, 0, w.A(), w.D()), imm)
	}
	return l.emit(isa.Wide(isa.Br, 0, 0))
}

// taken returns the first slot of the operands that a branch to the label takes, and how many slots they have.
func (l *lowerer) taken(b *label) (first, n int) {
	first = l.free
	if k := len(b.takes()); k > 0 {
		first = int(l.stack[len(l.stack)-k].home)
	}
	return first, l.free - first
}

// moves reports whether a branch to the label takes more than one instruction.
func (l *lowerer) moves(b *label) bool {
	first, n := l.taken(b)
	return b.kind == funcLabel || n > 0 && first != b.base
}

// giveBack returns from the function with the operands on top of the stack, which stay there.
func (l *lowerer) giveBack() {
	switch n := isa.Slots(l.t.Results); n {
	case 0:
		l.emit(isa.Word(isa.Ret0, 0, 0, 0))
	case 1:
		l.emit(isa.Word(isa.Ret1, 0, l.slot(l.stack[len(l.stack)-1]), 0))
	default:
		first := l.settleTop(len(l.t.Results))
		l.emit(isa.Word(isa.RetN, 0, uint16(first), uint16(n)))
	}
	l.fence()
}

func (l *lowerer) label(depth uint64) *label { return &l.labels[len(l.labels)-1-int(depth)] }

func (l *lowerer) br(depth uint64) {
	b := l.label(depth)
	if b.kind != funcLabel {
		l.settleTop(len(b.takes()))
	}
	l.branch(b)
	l.skip = true
}

func (l *lowerer) brIf(depth uint64) {
	b := l.label(depth)
	c := l.popCond()
	l.settleTop(len(b.takes()))
	if !l.moves(b) {
		l.aimAt(l.jump(c, true), b)
		l.fence()
		return
	}
	over := l.jump(c, false)
	l.branch(b)
	l.aim(over, len(l.code.Words))
	l.fence()
}

// brTable emits the table and, behind it, one stub for each label to which more than a branch is needed.
func (l *lowerer) brTable(depths []uint32) {
	index := l.low(l.pop())
	l.settleTop(len(l.label(uint64(depths[0])).takes()))
	last := uint32(len(depths) - 1)
	if planted.Selected == planted.BrTableDefault {
		last = max(last, 1) - 1
	}
	l.emit(isa.Wide(isa.BrTable, index, last))
	table := len(l.code.Words)
	for range depths {
		l.emit(isa.Wide(isa.Br, 0, 0))
	}
	for i, depth := range depths {
		b, at := l.label(uint64(depth)), table+i
		if !l.moves(b) || planted.Selected == planted.TableValues && b.kind != funcLabel && i < int(last) {
			l.aimAt(at, b)
			continue
		}
		if b.stub == 0 {
			b.stub = len(l.code.Words)
			l.branch(b)
		}
		l.aim(at, b.stub)
	}
	for _, depth := range depths {
		if planted.Selected == planted.StubKept {
			break
		}
		l.label(uint64(depth)).stub = 0
	}
	l.fence()
	l.skip = true
}
