package matrix

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// forms applies a subject in every form: the plain ones to all pairs of operands and with all immediates, the others to some.
func (b *builder) forms(s *subject) {
	full := func(imm []uint64, x, y *column, swapped bool, emit func(c *code)) {
		b.apply(s, imm, x, y, swapped, emit, s.result)
	}
	for i, imm := range s.variants {
		x, y, first := s.columns[0], s.seconds[1], s.seconds[0]
		if i > 0 {
			x, y, first = s.few[0], s.few[1], s.few[0]
		}
		full(imm, x, y, false, (*code).inLocals)
		if len(s.params) > 1 {
			full(imm, x, y, false, (*code).constant)
		}
		full(imm, s.columns[1], first, true, (*code).constant)
	}
	some := [][]uint64{s.variants[b.turn%len(s.variants)]}
	if last := len(s.variants) - 1; last > 0 && b.turn%len(s.variants) != last {
		some = append(some, s.variants[last])
	}
	x, y := b.sample(s.few[0]), b.sample(s.few[1])
	for _, imm := range some {
		for _, emit := range []func(c *code){(*code).inMemory, (*code).secondInMemory, (*code).tee, (*code).toOperand, (*code).acrossCall, (*code).deep} {
			full(imm, x, y, false, emit)
		}
		if s.params[0] == wasm.I32 {
			for _, emit := range []func(c *code){(*code).sum, (*code).sumOverwritten, (*code).sumOfLocals} {
				full(imm, s.few[0], y, false, emit)
			}
		}
		for _, overwrite := range overwriters {
			full(imm, x, y, false, func(c *code) { c.overwritten(overwrite, (*code).pushY) })
			if len(s.params) > 1 {
				full(imm, x, y, false, func(c *code) { c.overwritten(overwrite, (*code).pushConst) })
			}
		}
		if s.result == 0 {
			continue
		}
		for _, branch := range branches {
			b.apply(s, imm, s.few[0], s.few[1], false, func(c *code) { branch(c, (*code).pushY) }, wasm.I32)
			b.apply(s, imm, s.few[0], s.few[1], false, func(c *code) { branch(c, (*code).pushConst) }, wasm.I32)
			b.apply(s, imm, s.few[1], s.few[0], true, func(c *code) { branch(c, (*code).pushConst) }, wasm.I32)
		}
		b.steps(s)
		b.chains(s, imm, x, y)
	}
}

// apply adds the grid of a form; emit leaves the result of the instruction, or a value of another type.
func (b *builder) apply(s *subject, imm []uint64, x, y *column, swapped bool, emit func(c *code), result wasm.ValType) {
	if result == 0 {
		result = wasm.I64
	}
	b.grid(code{b: b, s: s, imm: imm, swapped: swapped, grid: grid{xs: x, ys: y, result: result, inner: s.result, traps: s.traps, emit: emit}})
}

// pushX pushes the first operand of the grid, pushY and the others push the second one, if there is one.
func (c *code) pushX() {
	if c.xs.t != 0 {
		c.Get(localX)
	}
}

func (c *code) pushY() {
	if c.ys.t != 0 {
		c.Get(localY)
	}
}

func (c *code) pushConst() {
	if c.ys.t != 0 {
		c.konst(c.ys.t, c.y)
	}
}

// operands pushes the operands: those of the grid in their order, further ones as constants.
func (c *code) operands(x, y func(*code)) {
	if c.swapped {
		x, y = y, x
	}
	x(c)
	y(c)
	for _, t := range c.s.params[min(2, len(c.s.params)):] {
		c.konst(t, value{0x00ff00f0f00f3c5a, 0x8001fffe00000001})
	}
}

// apply appends the instruction. One that returns nothing has stored something: what is at its place is loaded, and what is at the
// edge of the memory.
func (c *code) apply() {
	c.Op(c.s.op, c.imm...)
	if c.s.result != 0 {
		return
	}
	c.Op(wasm.OpI32Const, 0).Op(wasm.OpI64Load, 0, 0).Op(wasm.OpI32Const, memory-8).Op(wasm.OpI64Load, 0, 0).Op(wasm.OpI64Xor)
	for _, at := range []uint64{1 << 16, memory - 16, memory - 32} {
		c.I64(5).Op(wasm.OpI64Rotl).Op(wasm.OpI32Const, at).Op(wasm.OpI64Load, 0, 0).Op(wasm.OpI64Xor)
	}
}

func (c *code) inLocals() {
	c.operands((*code).pushX, (*code).pushY)
	c.apply()
}

func (c *code) constant() {
	c.operands((*code).pushX, (*code).pushConst)
	c.apply()
}

// inMemory takes the operands from memory.
func (c *code) inMemory() {
	c.operands(func(c *code) {
		if c.xs.t != 0 {
			c.Get(localAt).Op(loads[c.xs.t], 0, 0)
		}
	}, (*code).loadY)
	c.apply()
}

func (c *code) loadY() {
	if c.ys.t != 0 {
		c.Get(localAt).Get(localAt).Op(wasm.OpI32Sub).Op(loads[c.ys.t], 0, uint64(c.yAt))
	}
}

// secondInMemory takes the second operand from memory only.
func (c *code) secondInMemory() {
	c.operands((*code).pushX, func(c *code) {
		if c.ys.t != 0 {
			c.I32(int32(c.yAt)).Op(loads[c.ys.t], 0, 0)
		}
	})
	c.apply()
}

// tee keeps the result in a local and uses it twice.
func (c *code) tee() {
	c.inLocals()
	if c.s.result != 0 {
		c.Op(wasm.OpLocalTee, localResult).Op(wasm.OpLocalTee, localDigest).Op(wasm.OpDrop).Get(localResult)
	}
}

// toOperand puts the result into the local of an operand.
func (c *code) toOperand() {
	c.inLocals()
	switch c.s.result {
	case 0:
	case c.xs.t:
		c.Set(localX).Get(localX)
	case c.ys.t:
		c.Set(localY).Get(localY)
	}
}

// acrossCall has one operand on the stack, and takes the other one from a call.
func (c *code) acrossCall() {
	called := func(push func(*code), t wasm.ValType) func(*code) {
		return func(c *code) {
			if push(c); t != 0 {
				c.Op(wasm.OpCall, uint64(c.b.same[t]))
			}
		}
	}
	c.operands(called((*code).pushX, c.xs.t), called((*code).pushY, c.ys.t))
	c.Op(wasm.OpCall, uint64(c.b.nop))
	c.apply()
}

// deep has many values below the operands, and folds them when the instruction is done.
func (c *code) deep() {
	const depth = 24
	c.I64(-7)
	for i := range depth / 2 {
		c.Get(localAt).I32(int32(i)).Op(wasm.OpI32Add).Op(wasm.OpI64ExtendI32U)
		c.I64(int64(i) << 33)
	}
	c.inLocals()
	c.Set(localDigest)
	for i := range depth {
		c.Op([]wasm.Op{wasm.OpI64Add, wasm.OpI64Xor, wasm.OpI64Sub}[i%3])
	}
	c.Set(localSum)
	c.fold()
	c.Get(localDigest)
}

// fold folds a sum with those before it.
func (c *code) fold() {
	c.I32(foldedAt).I32(foldedAt).Op(wasm.OpI64Load, 0, 0).I64(1).Op(wasm.OpI64Rotl).Get(localSum).Op(wasm.OpI64Xor).Op(wasm.OpI64Store, 0, 0)
}

// foldedAt is where in memory results are folded that have no slot of their own.
const foldedAt = lowest / 2

// sum has a first operand that is the sum of a local and a constant, which may be an address.
func (c *code) sum() {
	c.operands(plus(8), (*code).pushY)
	c.apply()
}

// sumOverwritten is sum, but the local is overwritten before the sum is used.
func (c *code) sumOverwritten() {
	push := plus(-3)
	c.operands(func(c *code) {
		push(c)
		if c.xs.t == wasm.I32 {
			c.I32(77).Set(localX)
		}
	}, (*code).pushY)
	c.apply()
}

// plus pushes the first operand plus a constant.
func plus(n int32) func(c *code) {
	return func(c *code) {
		if c.pushX(); c.xs.t == wasm.I32 {
			c.I32(n).Op(wasm.OpI32Add)
		}
	}
}

// sumOfLocals has a first operand that is the sum of two locals.
func (c *code) sumOfLocals() {
	c.I32(5).Set(localCount)
	c.operands(func(c *code) {
		if c.pushX(); c.xs.t == wasm.I32 {
			c.Get(localCount).Op(wasm.OpI32Add)
		}
	}, (*code).pushY)
	c.apply()
	c.I32(0).Set(localCount)
}

// overwritten overwrites the locals of the operands between where they are pushed and where they are used.
func (c *code) overwritten(overwrite func(c *code), y func(*code)) {
	c.operands((*code).pushX, y)
	overwrite(c)
	c.apply()
}

// overwriters overwrite the locals of the operands: at once, in blocks of each kind, in a loop from its second round on.
var overwriters = []func(c *code){
	(*code).other,
	(*code).swap,
	func(c *code) {
		c.Block(wasm.OpBlock).Get(localCount).Op(wasm.OpBrIf, 0)
		c.other()
		c.End()
	},
	func(c *code) {
		c.Get(localAt).Block(wasm.OpIf)
		c.other()
		c.Op(wasm.OpElse)
		c.swap()
		c.End()
	},
	func(c *code) {
		c.I32(3).Set(localCount).Block(wasm.OpLoop)
		c.other()
		c.Get(localCount).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, localCount).Op(wasm.OpBrIf, 0).End()
	},
	func(c *code) {
		c.I32(2).Set(localCount).Block(wasm.OpLoop)
		c.swap()
		c.Get(localCount).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, localCount).Op(wasm.OpBrIf, 0).End()
	},
}

// other puts constants into the locals of the operands.
func (c *code) other() {
	for i, t := range []wasm.ValType{c.xs.t, c.ys.t} {
		if t != 0 {
			c.konst(t, value{low: 0x1234567 + uint64(i)}).Set(localX + uint64(i))
		}
	}
}

// swap puts the first operand into the local of the second one, if it fits, and the last bits of the address into the other.
func (c *code) swap() {
	if c.xs.t != 0 && c.xs.t == c.ys.t {
		c.Get(localY).Get(localX).Set(localY).Set(localX)
	} else {
		c.other()
	}
}
