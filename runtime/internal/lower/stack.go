package lower

import "github.com/touchstone-wasm/touchstone/runtime/internal/isa"

// operand is where a value of the operand stack is.
type operand struct {
	place place
	bits  uint64 // of a constant
	local int    // of a value that is still in a local
}

// place says where an operand is.
type place uint8

const (
	inHome place = iota
	inLocal
	isConst
)

// home returns the slot that an operand at a height has for itself.
func (l *lowerer) home(height int) uint16 { return uint16(l.locals + height) }

// grow makes the frame large enough for height operands.
func (l *lowerer) grow(height int) { l.frame = max(l.frame, l.locals+height) }

// push adds an operand that is in its home, and returns the home.
func (l *lowerer) push() uint16 {
	l.stack = append(l.stack, operand{place: inHome})
	l.grow(len(l.stack))
	return l.home(len(l.stack) - 1)
}

// pushN adds n operands that are in their homes.
func (l *lowerer) pushN(n int) {
	for range n {
		l.push()
	}
}

func (l *lowerer) pushLocal(local int) {
	l.push()
	l.stack[len(l.stack)-1] = operand{place: inLocal, local: local}
	l.inLocal[local]++
}

func (l *lowerer) pushConst(bits uint64) {
	l.push()
	l.stack[len(l.stack)-1] = operand{place: isConst, bits: bits}
}

// pop removes the top operand and returns it with its height.
func (l *lowerer) pop() (operand, int) {
	h := len(l.stack) - 1
	o := l.stack[h]
	if o.place == inLocal {
		l.inLocal[o.local]--
	}
	l.stack, l.clean = l.stack[:h], min(l.clean, h)
	return o, h
}

// truncate drops operands until height remain.
func (l *lowerer) truncate(height int) {
	for len(l.stack) > height {
		l.pop()
	}
}

// slot returns the slot that o, an operand popped at height h, can be read from; a constant is put into its home first.
func (l *lowerer) slot(o operand, h int) uint16 {
	switch o.place {
	case inLocal:
		return uint16(o.local)
	case isConst:
		l.emitImm(isa.Word(isa.Const, l.home(h), 0, 0), o.bits)
	}
	return l.home(h)
}

// popSlot pops the top operand and returns a slot that it can be read from.
func (l *lowerer) popSlot() uint16 { return l.slot(l.pop()) }

// settle puts the operand at height h into its home.
func (l *lowerer) settle(h int) {
	o := &l.stack[h]
	switch o.place {
	case inHome:
		return
	case inLocal:
		l.inLocal[o.local]--
		l.emit(isa.Word(isa.Copy, l.home(h), uint16(o.local), 0))
	case isConst:
		l.emitImm(isa.Word(isa.Const, l.home(h), 0, 0), o.bits)
	}
	l.fence() // its destination is an operand that stays on the stack
	*o = operand{place: inHome}
}

// settleTop puts the top n operands into their homes and returns the home of the first.
func (l *lowerer) settleTop(n int) uint16 {
	for h := len(l.stack) - n; h < len(l.stack); h++ {
		l.settle(h)
	}
	return l.home(len(l.stack) - n)
}

// settleLocals puts all operands that are still in locals into their homes. Constants stay.
func (l *lowerer) settleLocals() {
	for h := l.clean; h < len(l.stack); h++ {
		if l.stack[h].place == inLocal {
			l.settle(h)
		}
	}
	l.clean = len(l.stack)
}

// settleLocal puts the operands that are still in one local into their homes, because the local is about to change.
func (l *lowerer) settleLocal(local int) {
	for h := len(l.stack) - 1; l.inLocal[local] > 0; h-- {
		if o := l.stack[h]; o.place == inLocal && o.local == local {
			l.settle(h)
		}
	}
}
