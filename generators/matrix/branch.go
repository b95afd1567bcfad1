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
		for form := range 16 {
			b.apply(s, nil, s.few[0], s.few[1], false, func(c *code) {
				op := add
				if form&1 > 0 {
					op = sub
				}
				c.step(op, by, form&2 > 0, form&4 > 0, form&8 > 0)
			}, t)
		}
	}
}

// step adds a constant, or a local, to the first operand as long as the comparison holds, three times at most. The second operand is
// a constant if konst is set; mirrored, the step is on the right; flipped, the operand is the second addend. It leaves what the sum is in the
// end.
func (c *code) step(op wasm.Op, by uint64, konst, mirrored, flipped bool) {
	t, y := c.xs.t, (*code).pushY
	if konst {
		y = (*code).pushConst
	}
	c.I32(0).Set(localCount)
	c.konst(t, value{low: by}).Set(localDigest)
	c.Block(wasm.OpBlock).Block(wasm.OpLoop)
	c.countTo(4)
	if flipped {
		c.stepBy(by, mirrored)
		c.Get(localX)
	} else {
		c.Get(localX)
		c.stepBy(by, mirrored)
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

// stepBy pushes what is added in a step, as a local or a constant.
func (c *code) stepBy(by uint64, inLocal bool) {
	if inLocal {
		c.Get(localDigest)
	} else {
		c.konst(c.xs.t, value{low: by})
	}
}
