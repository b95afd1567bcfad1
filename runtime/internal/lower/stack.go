package lower

import (
	"github.com/touchstone-wasm/touchstone/runtime/internal/isa"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// operand is a value of the operand stack: where it is, and where its home is.
type operand struct {
	bits  uint64 // of a constant, or what a sum adds to the local
	home  int32  // the first slot of its home
	width uint8  // in slots
	local int32  // of a value that is still in a local, or of a sum
	place place
	long  bool // of a sum: it is an i64
	wide  bool // an i32 that is in the low half of an i64; what is above it counts for nothing
}

// place says where an operand is.
type place uint8

const (
	inHome place = iota
	inLocal
	isConst // of one slot
	isSum   // of a local and a constant, i32 or i64; nothing has been emitted for it
)

// usesLocal reports whether o changes with a local.
func (o *operand) usesLocal() bool { return o.place == inLocal || o.place == isSum }

// add adds an operand and returns its home.
func (l *lowerer) add(p place, width uint8, local int32, bits uint64) uint16 {
	home := l.free
	l.stack = append(l.stack, operand{bits: bits, home: int32(home), local: local, width: width, place: p})
	l.free = home + int(width)
	l.frame = max(l.frame, l.free)
	return uint16(home)
}

// pushWidth adds an operand that is in its home, and returns the home.
func (l *lowerer) pushWidth(width uint8) uint16 { return l.add(inHome, width, 0, 0) }

// push adds an operand of one slot that is in its home, and returns the home.
func (l *lowerer) push() uint16 { return l.pushWidth(1) }

// pushType adds an operand of a type that is in its home, and returns the home.
func (l *lowerer) pushType(t wasm.ValType) uint16 { return l.pushWidth(uint8(isa.Width(t))) }

// pushTypes adds operands that are in their homes.
func (l *lowerer) pushTypes(types []wasm.ValType) {
	for _, t := range types {
		l.pushType(t)
	}
}

func (l *lowerer) pushLocal(local int) {
	l.add(inLocal, l.locals[local].width, int32(local), 0)
	l.locals[local].pending++
}

// pushSum adds the sum of a local and a constant, both i64 if long, else i32.
func (l *lowerer) pushSum(local int32, bits uint64, long bool) {
	if !long {
		bits = uint64(uint32(bits))
	}
	l.add(isSum, 1, local, bits)
	l.stack[len(l.stack)-1].long = long
	l.locals[local].pending++
}

// pushAgain adds an operand that was popped just now.
func (l *lowerer) pushAgain(o operand) {
	l.add(o.place, o.width, o.local, o.bits)
	l.stack[len(l.stack)-1] = o
	if o.usesLocal() {
		l.locals[o.local].pending++
	}
}

func (l *lowerer) pushConst(bits uint64) { l.add(isConst, 1, 0, bits) }

// pop removes the top operand and returns it.
func (l *lowerer) pop() operand {
	h := len(l.stack) - 1
	o := l.stack[h]
	if o.usesLocal() {
		l.locals[o.local].pending--
	}
	l.stack, l.clean, l.free = l.stack[:h], min(l.clean, h), int(o.home)
	return o
}

// truncate drops operands until height remain.
func (l *lowerer) truncate(height int) {
	for len(l.stack) > height {
		l.pop()
	}
}

// slot returns the slot that o can be read from; what is in no slot as it is, is put into its home first.
func (l *lowerer) slot(o operand) uint16 {
	if o.wide || o.place == isConst || o.place == isSum {
		l.put(o, o.home)
		return uint16(o.home)
	}
	return l.low(o)
}

// low is slot for a reader of an i32 that does not look at the upper half of the slot.
func (l *lowerer) low(o operand) uint16 {
	switch o.place {
	case inLocal:
		return uint16(l.locals[o.local].slot)
	case inHome:
		return uint16(o.home)
	}
	return l.slot(o)
}

// put puts o into a slot, or the first of two.
func (l *lowerer) put(o operand, to int32) {
	switch {
	case o.wide:
		l.emit(isa.Word(isa.Of[wasm.OpI32WrapI64].Plain, uint16(to), l.low(o), 0))
	case o.place == isConst:
		l.emitImm(isa.Word(isa.Const, uint16(to), 0, 0), o.bits)
	case o.place == isSum:
		add := wasm.OpI32Add
		if o.long {
			add = wasm.OpI64Add
		}
		l.emitImm(isa.Word(isa.Of[add].Const, uint16(to), uint16(l.locals[o.local].slot), 0), o.bits)
	default:
		l.move(int(to), int(l.low(o)), int(o.width))
	}
}

// popSlot pops the top operand and returns a slot that it can be read from.
func (l *lowerer) popSlot() uint16 { return l.slot(l.pop()) }

// settle puts the operand at height h into its home.
func (l *lowerer) settle(h int) {
	o := &l.stack[h]
	if o.place == inHome && !o.wide {
		return
	}
	if o.usesLocal() {
		l.locals[o.local].pending--
	}
	l.put(*o, o.home)
	l.fix() // its destination is an operand that stays on the stack
	o.place, o.wide = inHome, false
}

// settleTwo puts the operands at heights h and h+1 into their homes, if both are in locals, by one instruction. Homes stand behind
// locals, so that the first copy cannot change the second's source.
func (l *lowerer) settleTwo(h int) bool {
	first, second := &l.stack[h], &l.stack[h+1]
	if first.place != inLocal || second.place != inLocal || first.width != 1 || second.width != 1 ||
		first.wide || second.wide || !l.fuses(Copies) {
		return false
	}
	l.locals[first.local].pending--
	l.locals[second.local].pending--
	l.emit(isa.Word(isa.CopyTwo, uint16(first.home), uint16(l.locals[first.local].slot), uint16(l.locals[second.local].slot)))
	l.fix()
	first.place, second.place = inHome, inHome
	return true
}

// settleTop puts the top n operands into their homes and returns the first slot of the first's.
func (l *lowerer) settleTop(n int) int {
	first := l.free
	for h := len(l.stack) - n; h < len(l.stack); h++ {
		if h+1 < len(l.stack) && l.settleTwo(h) {
			h++
			continue
		}
		l.settle(h)
	}
	if n > 0 {
		first = int(l.stack[len(l.stack)-n].home)
	}
	return first
}

// settleLocals puts all operands that are still in locals into their homes. Constants stay.
func (l *lowerer) settleLocals() {
	for h := l.clean; h < len(l.stack); h++ {
		if l.stack[h].usesLocal() {
			l.settle(h)
		}
	}
	l.clean = len(l.stack)
}

// settleLocal puts the operands that are still in one local into their homes, because the local is about to change.
func (l *lowerer) settleLocal(local int) {
	for h := len(l.stack) - 1; l.locals[local].pending > 0; h-- {
		if o := &l.stack[h]; o.usesLocal() && int(o.local) == local {
			if l.settle(h); planted.Selected == planted.SettleOne {
				return
			}
		}
	}
}

// move copies n slots; the runs may overlap if they move down.
func (l *lowerer) move(to, from, n int) {
	if n == 1 {
		l.emit(isa.Word(isa.Copy, uint16(to), uint16(from), 0))
		return
	}
	l.emit(isa.Word(isa.CopyN, uint16(to), uint16(from), uint16(n)))
}
