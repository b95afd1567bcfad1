package matrix

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// branches decide something by the result of the instruction, and leave a number that tells how. The second operand is pushed by y.
var branches = func() (list []func(c *code, y func(*code))) {
	for _, eqz := range []int{0, 1, 2} {
		for _, branch := range []wasm.Op{wasm.OpBrIf, wasm.OpIf, wasm.OpSelect, wasm.OpBrTable, wasm.OpLoop} {
			if eqz < 2 || branch == wasm.OpBrIf {
				list = append(list, func(c *code, y func(*code)) { c.branch(branch, eqz, y) })
			}
		}
	}
	return list
}()

// truth makes the result of the instruction a condition.
func (c *code) truth() {
	switch c.inner {
	case wasm.I64:
		c.Op(wasm.OpI64Eqz)
	case wasm.F32:
		c.F32(1).Op(wasm.OpF32Lt)
	case wasm.F64:
		c.F64(1).Op(wasm.OpF64Lt)
	case wasm.V128:
		c.Op(wasm.OpV128AnyTrue)
	}
}

// branch puts a branch behind the instruction, and so many eqz between them.
func (c *code) branch(branch wasm.Op, eqz int, y func(*code)) {
	condition := func() {
		c.operands((*code).pushX, y)
		c.apply()
		c.truth()
		for range eqz {
			c.Op(wasm.OpI32Eqz)
		}
	}
	block := wasm.ResultBlock(wasm.I32)
	switch branch {
	case wasm.OpBrIf:
		c.BlockOf(wasm.OpBlock, block).I32(7)
		condition()
		c.Op(wasm.OpBrIf, 0).I32(2).Op(wasm.OpI32Add).End()
	case wasm.OpIf:
		condition()
		c.BlockOf(wasm.OpIf, block).I32(7).Op(wasm.OpElse).I32(9).End()
	case wasm.OpSelect:
		c.I32(7).Get(localAt)
		condition()
		c.Op(wasm.OpSelect)
	case wasm.OpBrTable:
		c.BlockOf(wasm.OpBlock, block).BlockOf(wasm.OpBlock, block).BlockOf(wasm.OpBlock, block).I32(3)
		condition()
		c.BrTable(0, 1, 2).End().I32(10).Op(wasm.OpI32Add).End().I32(20).Op(wasm.OpI32Add).End()
	case wasm.OpLoop:
		c.I32(0).Set(localCount).Block(wasm.OpBlock).Block(wasm.OpLoop)
		c.countTo(3)
		condition()
		c.Op(wasm.OpBrIf, 0).End().I32(100).Get(localCount).Op(wasm.OpI32Add).Set(localCount).End().Get(localCount).I32(0).Set(localCount)
	}
}

// countTo leaves the block around a loop in its n-th round.
func (c *code) countTo(n int32) {
	c.Get(localCount).I32(1).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, localCount).I32(n).Op(wasm.OpI32GeS).Op(wasm.OpBrIf, 1)
}

// steps adds loops whose condition is a comparison of integers after an addition to the local that it is about.
func (b *builder) steps(s *subject) {
	t := s.params[0]
	if s.info.Class != wasm.ClassCompare || t.IsFloat() {
		return
	}
	add, sub := wasm.OpI32Add, wasm.OpI32Sub
	if t == wasm.I64 {
		add, sub = wasm.OpI64Add, wasm.OpI64Sub
	}
	for _, by := range []uint64{1, ^uint64(0), 1 << 31, 0xffffffff, 0x7fffffff, 1 << 32} {
		for form := range 8 {
			b.apply(s, nil, s.few[0], s.few[1], false, func(c *code) {
				op := add
				if form&1 > 0 {
					op = sub
				}
				c.step(op, by, form&2 > 0, form&4 > 0)
			}, t)
		}
	}
}

// step adds a constant, or a local, to the first operand as long as the comparison holds, three times at most. The second operand is
// a constant if konst is set; mirrored, the step is on the right. It leaves what the sum is in the end.
func (c *code) step(op wasm.Op, by uint64, konst, mirrored bool) {
	t, y := c.xs.t, (*code).pushY
	if konst {
		y = (*code).pushConst
	}
	c.I32(0).Set(localCount)
	c.konst(t, value{low: by}).Set(localDigest)
	c.Block(wasm.OpBlock).Block(wasm.OpLoop)
	c.countTo(4)
	c.Get(localX)
	if mirrored {
		c.Get(localDigest)
	} else {
		c.konst(t, value{low: by})
	}
	c.Op(op).Set(localX)
	if mirrored && !konst {
		y(c)
		c.pushX()
	} else {
		c.pushX()
		y(c)
	}
	c.apply()
	c.Op(wasm.OpBrIf, 0).End().End()
	if t == wasm.I64 {
		c.Get(localCount).Op(wasm.OpI64ExtendI32U).Op(wasm.OpI64Const, 60).Op(wasm.OpI64Shl)
	} else {
		c.Get(localCount).I32(28).Op(wasm.OpI32Shl)
	}
	c.Get(localX).Op(map[wasm.ValType]wasm.Op{wasm.I32: wasm.OpI32Xor, wasm.I64: wasm.OpI64Xor}[t]).I32(0).Set(localCount)
}

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
func (b *builder) chains(s *subject, imm []uint64) {
	x, y := b.sample(s.few[0]), b.sample(s.few[1])
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
			for other := range 2 {
				if sig := then.Operands(); len(sig.Params) == 1 && side+other > 0 || len(sig.Params) > 2 || len(sig.Params) == 2 && sig.Params[side] != s.result {
					continue
				}
				first := (i+b.turn)%2 > 0 // whether the instruction has a constant
				b.apply(s, imm, x, y, false, func(c *code) { c.chained(then, side, other > 0, first) }, then.Operands().Results[0])
			}
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
