package wasm

import "github.com/touchstone-wasm/touchstone/runtime/planted"

// Nearly all instructions are one byte with no more than two immediate numbers behind it, of one byte each. They are read
// without a branch that depends on which instruction it is: such branches would take most of the time, since processors do
// not foresee them.

// quickForm says how to read an instruction of this kind by its first byte.
type quickForm struct {
	op    Op
	bytes uint8     // of the whole instruction; 0 if it is not of this kind
	imms  [2]number // how the bytes behind the opcode are to be taken
}

// number says what a byte must be to stand for a number on its own, and for which.
type number struct {
	flip, zero uint8  // the byte must have no bit of zero set after those of flip were turned over
	sign       uint8  // the bit that is its sign, if it has one
	mask       uint64 // of the bits of the result
}

var (
	shortUnsigned = number{zero: 0x80, mask: 0x7f}
	shortS32      = number{zero: 0x80, sign: 0x40, mask: 1<<32 - 1}
	shortS64      = number{zero: 0x80, sign: 0x40, mask: 1<<64 - 1}
	shortAlign    = number{zero: 0xe0, mask: 0x1f}
	emptyBlock    = number{flip: 0x40, zero: 0xff, sign: 0x40, mask: 1<<64 - 1}
)

// quickForms holds the forms by first byte.
var quickForms = func() (forms [256]quickForm) {
	for code, op := range oneByteOps {
		if op == NumOps {
			continue
		}
		f := quickForm{op: op}
		switch compacts[op].imm {
		case immNone:
			f.bytes = 1
		case ImmLabel, ImmFunc, ImmLocal, ImmGlobal, ImmTable:
			f.bytes, f.imms[0] = 2, shortUnsigned
		case ImmI32:
			f.bytes, f.imms[0] = 2, shortS32
		case ImmI64:
			f.bytes, f.imms[0] = 2, shortS64
			if planted.Selected == planted.ShortI64 {
				f.imms[0] = shortS32
			}
		case ImmBlock:
			f.bytes, f.imms[0] = 2, emptyBlock
		case ImmMemarg:
			f.bytes, f.imms[0], f.imms[1] = 3, shortAlign, shortUnsigned
		}
		forms[code] = f
	}
	return forms
}()

// quick reads an instruction and reports whether it is one that can be read in this way; if not, it reads nothing.
func (c *cursor) quick(in *Instr) bool {
	if c.left() < 3 {
		return false
	}
	b := c.b[c.pos : c.pos+3]
	f := &quickForms[b[0]]
	if bad := (b[1]^f.imms[0].flip)&f.imms[0].zero | b[2]&f.imms[1].zero; f.bytes == 0 || bad != 0 {
		return false
	}
	in.Op, in.Offset = f.op, c.base+c.pos
	in.Imm = [2]uint64{f.imms[0].value(b[1]), f.imms[1].value(b[2])}
	c.pos += int(f.bytes)
	return true
}

// value returns the number that b stands for.
func (n *number) value(b byte) uint64 {
	// Where the sign bit is set, the first step clears it and the second takes it off.
	return uint64(int64(b^n.sign)-int64(n.sign)) & n.mask
}
