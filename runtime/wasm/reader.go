package wasm

import (
	"io"
	"slices"
)

// Reader walks the instructions of an expression, one after the other, without regard to their nesting.
type Reader struct {
	c cursor
}

// NewReader returns a reader that stands before the first instruction of e.
func NewReader(e Expr) Reader { return Reader{cursor{b: e.Code, base: e.Offset}} }

// Pos returns the position in the expression's Code of the instruction that the next call of [Reader.Next] reads.
func (r *Reader) Pos() int { return r.c.pos }

// oneByteOps is the page of opsByCode that nearly all instructions are on.
var oneByteOps = *opsByCode[0]

// Next reads the next instruction into in and returns nil, or io.EOF at the end of the expression's bytes, or a
// [*MalformedError], after which the reader is of no more use.
//
// The elements of in.Labels and in.Types are overwritten by the next call with the same in. Fields that the
// instruction's row has no immediates for are not meaningful.
func (r *Reader) Next(in *Instr) error {
	c := &r.c
	if c.pos >= len(c.b) {
		if c.err != nil {
			return c.err
		}
		return io.EOF
	}
	if c.quick(in) {
		return nil
	}
	in.Offset, in.Imm = c.base+c.pos, [2]uint64{}
	if in.Op = oneByteOps[c.b[c.pos]]; in.Op == NumOps {
		if in.Op = r.prefixed(); in.Op == NumOps {
			return c.err
		}
	} else {
		c.pos++
	}
	n := 0
	for _, kind := range ops[in.Op].Imms {
		n = c.immediate(kind, in, n)
	}
	return c.err
}

// prefixed reads an opcode that is not in one byte; it fails and returns NumOps if there is no such instruction.
func (r *Reader) prefixed() Op {
	c := &r.c
	pos := c.pos
	prefix := c.u8()
	page := opsByCode[prefix]
	if page == nil {
		c.fail(pos, "illegal opcode")
		return NumOps
	}
	code := c.u32()
	if c.err == nil && (code > 0xff || page[code] == NumOps) {
		c.fail(pos, "illegal opcode")
	}
	if c.err != nil {
		return NumOps
	}
	return page[code]
}

// immediate reads an immediate of one kind into in, as the n-th element of in.Imm if it belongs there, and returns
// the index of the element for the next immediate.
func (c *cursor) immediate(kind Imm, in *Instr, n int) int {
	switch kind {
	case ImmLabel, ImmFunc, ImmType, ImmTable, ImmLocal, ImmGlobal, ImmData, ImmElem:
		in.Imm[n] = uint64(c.u32())
	case ImmI32:
		in.Imm[n] = uint64(uint32(c.signed(32)))
	case ImmI64:
		in.Imm[n] = uint64(c.signed(64))
	case ImmF32:
		in.Imm[n] = c.fixed(4)
	case ImmF64:
		in.Imm[n] = c.fixed(8)
	case ImmBlock:
		in.Imm[n] = uint64(c.blockType())
	case ImmRefType:
		in.Imm[n] = uint64(c.refType())
	case ImmMemory:
		if c.u8() != 0 {
			c.fail(c.pos-1, "zero byte expected")
		}
	case ImmMemarg:
		pos := c.pos
		in.Imm[n] = uint64(c.u32())
		if in.Imm[n] >= 32 {
			c.fail(pos, "malformed memop flags")
		}
		n++
		in.Imm[n] = uint64(c.u32())
	case ImmLane:
		in.Lane = c.u8()
		return n
	case ImmV128, ImmLanes:
		in.Imm[n] = c.fixed(8)
		n++
		in.Imm[n] = c.fixed(8)
	case ImmLabels:
		pos, count := c.pos, c.count()
		if c.limit(LimitLabels, uint64(count), pos); c.err != nil {
			return n
		}
		in.Labels = slices.Grow(in.Labels[:0], count+1)
		for range count {
			in.Labels = append(in.Labels, c.u32())
		}
		in.Labels = append(in.Labels, c.u32())
		return n
	case ImmTypes:
		in.Types = in.Types[:0]
		for range c.count() {
			in.Types = append(in.Types, c.valType())
		}
		return n
	}
	return n + 1
}
