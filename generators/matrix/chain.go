package matrix

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// consumers are the instructions on numbers that take a type, and cannot trap but in accesses.
var consumers = func() map[wasm.ValType][]wasm.Op {
	all := map[wasm.ValType][]wasm.Op{}
	for op, info := range wasm.Ops() {
		if onNumbers(op) && info.Access == 0 && len(info.Traps) == 0 && len(info.Imms) == 0 {
			sig := op.Operands()
			for i, t := range sig.Params {
				if i == 0 || sig.Params[0] != t {
					all[t] = append(all[t], op)
				}
			}
		}
	}
	return all
}()

// chains hands the result of the instruction to other instructions: to all that take numbers of its type, to some that take vectors.
func (b *builder) chains(s *subject, imm []uint64, x, y *column) {
	list := consumers[s.result]
	if s.result.IsVector() {
		const each = 12
		var chosen []wasm.Op
		for i := range each {
			chosen = append(chosen, list[(int(s.op)*7+b.turn*each+i*len(list)/each)%len(list)])
		}
		list = chosen
	}
	for i, then := range list {
		for side := range 2 {
			sig := then.Operands()
			if len(sig.Params) == 1 && side > 0 || len(sig.Params) > 2 || len(sig.Params) == 2 && sig.Params[side] != s.result {
				continue
			}
			konst, first := (i+side+b.turn)%2 > 0, (i/2+b.turn/2)%2 > 0 // whether the other instruction, and this one, have a constant
			b.apply(s, imm, x, y, false, func(c *code) { c.chained(then, side, konst, first) }, sig.Results[0])
		}
	}
	for op, info := range wasm.Ops() {
		if sig := op.Operands(); info.Class == wasm.ClassStore && sig.Params[1] == s.result {
			b.apply(s, imm, x, y, false, func(c *code) {
				c.Get(localSlot)
				c.inLocals()
				c.Op(op, 0, foldedAt)
				c.Get(localSlot).Op(wasm.OpI64Load, 0, foldedAt)
			}, wasm.I64)
		}
	}
}

// sample returns the operands of a column that are in the middle of others.
func (b *builder) sample(c *column) *column {
	if len(c.values) <= 4 {
		return c
	}
	turn := b.turn % 4
	return b.column(c.t, append([]value{c.values[turn], c.values[turn+2]}, c.values[len(c.values)-2:]...))
}

// chained hands the result to another instruction, as its operand of an index; the other one is a constant or a local.
func (c *code) chained(then wasm.Op, side int, konst, first bool) {
	params := then.Operands().Params
	push := func() {
		if t := params[1-side]; konst {
			c.konst(t, value{0x4010000000000003, 0x7ff0000080018002})
		} else if t == c.xs.t {
			c.pushX()
		} else if t == c.ys.t {
			c.pushY()
		} else {
			c.zero(t)
		}
	}
	if len(params) == 2 && side == 1 {
		push()
	}
	if first {
		c.constant()
	} else {
		c.inLocals()
	}
	if len(params) == 2 && side == 0 {
		push()
	}
	c.Op(then)
}

// zero pushes a local that nothing was put into, or a load.
func (c *code) zero(t wasm.ValType) {
	switch t {
	case c.result:
		c.Get(localDigest)
	default:
		c.Get(localAt).Op(loads[t], 0, 0)
	}
}
