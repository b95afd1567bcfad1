package wasm

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// endExpected is the message for an else without an if, and for bytes after an expression's end.
const endExpected = "END opcode expected"

// expr reads instructions up to the end that matches the beginning, and checks that blocks nest. It keeps the open
// blocks in a list, since a module can nest them as deep as it is long.
func (d *decoder) expr() Expr {
	r := NewReader(Expr{Code: d.b[d.pos:], Offset: d.pos})
	r.c.bounds = d.bounds
	d.nesting = append(d.nesting[:0], OpBlock)
	for len(d.nesting) > 0 {
		if err := r.Next(&d.in); err != nil {
			if d.short(); r.c.err != nil {
				d.err = r.c.err
			}
			return Expr{}
		}
		top := &d.nesting[len(d.nesting)-1]
		switch d.in.Op {
		case OpBlock, OpLoop, OpIf:
			d.nesting = append(d.nesting, d.in.Op)
			r.c.limit(LimitNesting, uint64(len(d.nesting))-1, d.in.Offset-d.pos)
		case OpElse:
			if *top != OpIf {
				d.fail(d.in.Offset, endExpected)
				return Expr{}
			}
			*top = OpElse
		case OpEnd:
			d.nesting = d.nesting[:len(d.nesting)-1]
		}
		if d.usesData < 0 && namesData[d.in.Op] {
			d.usesData = d.in.Offset
		}
	}
	start := d.pos
	return Expr{Code: d.bytes(r.Pos()), Offset: start}
}

// namesData tells the instructions that have a data segment index; they require a data count section.
var namesData = func() (set [NumOps]bool) {
	for o, info := range Ops() {
		set[o] = slices.Contains(info.Imms, ImmData)
	}
	return set
}()

// tableType reads the type of a table.
func (d *decoder) tableType() TableType { return TableType{Elem: d.refType(), Limits: d.limits()} }

// limits reads the limits of a table or a memory.
func (d *decoder) limits() (l Limits) {
	bits := 1
	if planted.Selected == planted.LimitsFlag {
		bits = 7
	}
	flag := d.unsigned(bits) & 1
	l.Min = uint64(d.u32())
	if flag == 1 {
		l.HasMax = true
		l.Max = uint64(d.u32())
	}
	return l
}

// globalType reads the type of a global.
func (d *decoder) globalType() GlobalType {
	t := d.valType()
	mutable := d.u8()
	if mutable > 1 && planted.Selected != planted.MutabilityByte {
		d.fail(d.pos-1, "malformed mutability")
	}
	return GlobalType{Type: t, Mutable: mutable == 1}
}
