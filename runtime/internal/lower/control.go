package lower

import (
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// label is an open block, or the function itself.
type label struct {
	kind            labelKind
	height          int // of the operand stack below the block's parameters
	params, results int
	start           int // word that a branch to a loop goes to
	forward         int // the last branch to the end of the block, 0 if none; it holds the one before in place of its target
	elseFixup       int // the branch of an if to its else or end; -1 if there is none any more
	stub            int // of a branch table that is being emitted: its code for this label, 0 if none
}

type labelKind uint8

const (
	blockLabel labelKind = iota
	loopLabel
	ifLabel
	funcLabel
)

// arity returns how many operands a branch to the label takes.
func (b *label) arity() int {
	if b.kind == loopLabel {
		return b.params
	}
	return b.results
}

// open begins a block, loop or if. The operands it takes are put into their homes.
func (l *lowerer) open(kind labelKind, bt wasm.BlockType) {
	t := l.m.BlockFunc(bt)
	elseFixup := -1
	cond := uint16(0)
	if kind == ifLabel {
		cond = l.popSlot()
	}
	l.settleTop(len(t.Params))
	l.settleLocals()
	if kind == ifLabel {
		elseFixup = l.emit(isa.Wide(isa.Brz, cond, 0))
	}
	l.fence()
	l.labels = append(l.labels, label{kind: kind, height: len(l.stack) - len(t.Params), params: len(t.Params), results: len(t.Results),
		start: len(l.code.Words), elseFixup: elseFixup})
}

// otherwise ends the first part of an if and begins its else.
func (l *lowerer) otherwise() {
	b := &l.labels[len(l.labels)-1]
	if !l.skip {
		l.settleTop(b.results)
		l.branch(b)
	}
	l.patch(b.elseFixup)
	b.elseFixup = -1
	l.reset(b, b.params)
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
		l.settleTop(b.results)
	}
	if b.elseFixup >= 0 {
		l.patch(b.elseFixup) // an if without else: its parameters are its results, and are in their homes
	}
	for at := b.forward; at != 0; {
		before := int(isa.Inst(l.code.Words[at]).AB())
		l.patch(at)
		at = before
	}
	l.reset(b, b.results)
	l.labels = l.labels[:len(l.labels)-1]
}

// reset makes the operand stack that of a label: what was there below the block, and n operands in their homes.
func (l *lowerer) reset(b *label, n int) {
	l.truncate(b.height)
	l.pushN(n)
	l.skip = false
	l.fence()
}

// patch makes the branch at a word go to the current end of the code.
func (l *lowerer) patch(at int) { l.aim(at, len(l.code.Words)) }

// aim makes the branch at a word go to another.
func (l *lowerer) aim(at, to int) {
	l.code.Words[at] = l.code.Words[at]&(1<<32-1) | uint64(uint32(to-at))<<32
}

// aimAt makes the branch at a word go to a label, now or when the label's place is known.
func (l *lowerer) aimAt(at int, b *label) {
	if b.kind == loopLabel {
		l.aim(at, b.start)
		return
	}
	l.aim(at, at+b.forward)
	b.forward = at
}

// goTo emits a branch instruction to a label, with d as its field d.
func (l *lowerer) goTo(op isa.Op, d uint16, b *label) {
	l.aimAt(l.emit(isa.Wide(op, d, 0)), b)
	l.fence()
}

// branch moves the operands that a label takes, which are in their homes, to where the label wants them, and goes there.
// The operands stay on the stack.
func (l *lowerer) branch(b *label) {
	n := b.arity()
	if b.kind == funcLabel {
		l.giveBack()
		return
	}
	if from, to := l.home(len(l.stack)-n), l.home(b.height); n > 0 && from != to {
		l.move(to, from, n)
	}
	l.goTo(isa.Br, 0, b)
}

// moves reports whether a branch to the label takes more than one instruction.
func (l *lowerer) moves(b *label) bool {
	return b.kind == funcLabel || b.arity() > 0 && len(l.stack)-b.arity() != b.height
}

func (l *lowerer) move(to, from uint16, n int) {
	if n == 1 {
		l.emit(isa.Word(isa.Copy, to, from, 0))
		return
	}
	l.emit(isa.Word(isa.CopyN, to, from, uint16(n)))
}

// giveBack returns from the function with the operands on top of the stack, which stay there.
func (l *lowerer) giveBack() {
	switch n := len(l.t.Results); n {
	case 0:
		l.emit(isa.Word(isa.Ret0, 0, 0, 0))
	case 1:
		h := len(l.stack) - 1
		l.emit(isa.Word(isa.Ret1, 0, l.slot(l.stack[h], h), 0))
	default:
		l.emit(isa.Word(isa.RetN, 0, l.settleTop(n), uint16(n)))
	}
	l.fence()
}

func (l *lowerer) label(depth uint64) *label { return &l.labels[len(l.labels)-1-int(depth)] }

func (l *lowerer) br(depth uint64) {
	b := l.label(depth)
	if b.kind != funcLabel {
		l.settleTop(b.arity())
	}
	l.branch(b)
	l.skip = true
}

func (l *lowerer) brIf(depth uint64) {
	b := l.label(depth)
	cond := l.popSlot()
	l.settleTop(b.arity())
	if !l.moves(b) {
		l.goTo(isa.Brnz, cond, b)
		return
	}
	over := l.emit(isa.Wide(isa.Brz, cond, 0))
	l.branch(b)
	l.patch(over)
	l.fence()
}

// brTable emits the table and, behind it, one stub for each label to which more than a branch is needed.
func (l *lowerer) brTable(depths []uint32) {
	index := l.popSlot()
	l.settleTop(l.label(uint64(depths[0])).arity())
	l.emit(isa.Wide(isa.BrTable, index, uint32(len(depths)-1)))
	l.fence()
	table := len(l.code.Words)
	for range depths {
		l.emit(isa.Wide(isa.Br, 0, 0))
	}
	for i, depth := range depths {
		b, at := l.label(uint64(depth)), table+i
		if !l.moves(b) {
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
		l.label(uint64(depth)).stub = 0
	}
	l.fence()
	l.skip = true
}
