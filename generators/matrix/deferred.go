package matrix

import (
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// What computes an operand can be put off until something takes it, or be left out: a local, a constant, a sum, the low half of an i64. So
// every way to make such an operand is combined with every way to take one.

// deferred are ways to push an i32, most of which come from the i64 in the local of the first operand.
var deferred = []func(c *code){
	func(c *code) { c.pushX(); c.Op(wasm.OpI32WrapI64) },
	func(c *code) { c.pushX(); c.I64(1).Op(wasm.OpI64Add).Op(wasm.OpI32WrapI64) },
	func(c *code) { c.pushX(); c.I64(-1 << 31).Op(wasm.OpI64Sub).Op(wasm.OpI32WrapI64) },
	func(c *code) { c.pushX(); c.Op(wasm.OpI32WrapI64).I32(-1).Op(wasm.OpI32Add) },
	func(c *code) {
		c.pushX()
		c.I64(1<<32 + 5).Op(wasm.OpI64Add).Op(wasm.OpI32WrapI64).I32(7).Op(wasm.OpI32Add)
	},
	func(c *code) { c.pushX(); c.pushX(); c.Op(wasm.OpI64Add).Op(wasm.OpI32WrapI64) },
	func(c *code) { c.pushX(); c.I64(3).Op(wasm.OpI64ShrU).Op(wasm.OpI32WrapI64) },
	func(c *code) { c.Get(localAt).Op(wasm.OpI64Load, 0, 0).Op(wasm.OpI32WrapI64) },
	func(c *code) { c.pushX(); c.Op(wasm.OpCall, uint64(c.b.same[wasm.I64])).Op(wasm.OpI32WrapI64) },
	func(c *code) { c.pushX(); c.Op(wasm.OpI32WrapI64).Op(wasm.OpI64ExtendI32U).Op(wasm.OpI32WrapI64) },
	func(c *code) { c.pushX(); c.Op(wasm.OpI64Eqz) },
	func(c *code) { c.Get(localY) },
	func(c *code) { c.Get(localY).I32(-9).Op(wasm.OpI32Add) },
	func(c *code) { c.I32(-3) },
}

// takers take an i32, which push pushes, and leave an i64 that tells what it is. The next operand of another way is pushed by other.
var takers = []func(c *code, push, other func(c *code)){
	func(c *code, push, _ func(*code)) { push(c); c.Op(wasm.OpI64ExtendI32U) },
	func(c *code, push, _ func(*code)) { push(c); c.Op(wasm.OpI64ExtendI32S) },
	func(c *code, push, _ func(*code)) { push(c); c.Op(wasm.OpI64ExtendI32U).I64(9).Op(wasm.OpI64Add) },
	func(c *code, push, _ func(*code)) { push(c); c.Op(wasm.OpI32Eqz).Op(wasm.OpI64ExtendI32U) },
	func(c *code, push, _ func(*code)) { push(c); c.Op(wasm.OpF64ConvertI32U).Op(wasm.OpI64ReinterpretF64) },
	func(c *code, push, _ func(*code)) { push(c); c.Op(wasm.OpI32x4Splat).Op(wasm.OpI64x2ExtractLane, 1) },
	func(c *code, push, _ func(*code)) {
		push(c)
		c.Op(wasm.OpCall, uint64(c.b.same[wasm.I32])).Op(wasm.OpI64ExtendI32U)
	},
	func(c *code, push, other func(*code)) { c.selected(push, other, (*code).pushCount) },
	func(c *code, push, other func(*code)) { c.selected(other, push, (*code).pushCount) },
	func(c *code, push, other func(*code)) { c.selected(push, other, func(c *code) { c.I32(1) }) },
	func(c *code, push, other func(*code)) { c.selected((*code).pushCount, other, push) },
	func(c *code, push, other func(*code)) {
		push(c)
		other(c)
		c.Op(wasm.OpI32Sub).Op(wasm.OpI64ExtendI32U)
	},
	func(c *code, push, other func(*code)) {
		push(c)
		other(c)
		c.Op(wasm.OpI32ShrU).Op(wasm.OpI64ExtendI32U)
	},
	func(c *code, push, other func(*code)) {
		push(c)
		other(c)
		c.Op(wasm.OpI32LtU).Op(wasm.OpI64ExtendI32U)
	},
	func(c *code, push, _ func(*code)) { push(c); c.kept() },
	func(c *code, push, _ func(*code)) {
		push(c)
		c.Op(wasm.OpLocalTee, localCount).Op(wasm.OpI64ExtendI32U)
		c.forget()
	},
	func(c *code, push, _ func(*code)) { push(c); c.I64(-5).Set(localX).Op(wasm.OpI64ExtendI32U) },
	func(c *code, push, _ func(*code)) {
		push(c)
		push(c)
		c.I64(-5).Set(localX).Op(wasm.OpI32Xor).Op(wasm.OpI64ExtendI32U)
	},
	func(c *code, push, _ func(*code)) { push(c); c.I32(5).Set(localY).Op(wasm.OpI64ExtendI32U) },
	func(c *code, push, _ func(*code)) { c.stored(wasm.OpI32Store, push) },
	func(c *code, push, _ func(*code)) { c.stored(wasm.OpI32Store16, push) },
	func(c *code, push, _ func(*code)) {
		c.block(wasm.OpBlock, nil, aNumber)
		c.pushCount()
		push(c)
		c.Op(wasm.OpBr, 0).End().Op(wasm.OpI64ExtendI32U)
	},
	func(c *code, push, _ func(*code)) {
		c.block(wasm.OpBlock, nil, aNumber)
		push(c)
		c.Get(localAt).Op(wasm.OpBrIf, 0).End().Op(wasm.OpI64ExtendI32U)
	},
	func(c *code, push, _ func(*code)) {
		c.block(wasm.OpBlock, nil, aNumber)
		push(c)
		c.pushCount()
		c.BrTable(0, 0).End().Op(wasm.OpI64ExtendI32U)
	},
	func(c *code, push, _ func(*code)) {
		push(c)
		c.block(wasm.OpLoop, aNumber, aNumber)
		c.End().Op(wasm.OpI64ExtendI32U)
	},
	func(c *code, push, _ func(*code)) {
		push(c)
		c.BlockOf(wasm.OpIf, wasm.ResultBlock(wasm.I64)).I64(11).Op(wasm.OpElse).I64(12).End()
	},
	func(c *code, push, _ func(*code)) {
		c.BlockOf(wasm.OpBlock, wasm.ResultBlock(wasm.I64)).I64(13)
		push(c)
		c.Op(wasm.OpBrIf, 0).I64(14).Op(wasm.OpI64Add).End()
	},
	func(c *code, push, _ func(*code)) {
		push(c)
		c.Op(wasm.OpGlobalSet, 1).Op(wasm.OpGlobalGet, 1).Op(wasm.OpI64ExtendI32U)
	},
}

// aNumber is the type of what is deferred.
var aNumber = []wasm.ValType{wasm.I32}

func (c *code) pushCount() { c.Get(localCount) }

// forget puts the counter back to 0, which other forms rely on.
func (c *code) forget() { c.I32(0).Set(localCount) }

// kept puts an i32 into a local and takes it from there.
func (c *code) kept() { c.Set(localCount).Get(localCount).Op(wasm.OpI64ExtendI32U); c.forget() }

// selected chooses one of two.
func (c *code) selected(a, b, condition func(c *code)) {
	a(c)
	b(c)
	condition(c)
	c.Op(wasm.OpSelect).Op(wasm.OpI64ExtendI32U)
}

// stored stores an i32, and loads it with what is behind it.
func (c *code) stored(op wasm.Op, push func(c *code)) {
	c.I32(foldedAt).I64(-1).Op(wasm.OpI64Store, 0, 0).I32(foldedAt)
	push(c)
	c.Op(op, 0, 0).I32(foldedAt).Op(wasm.OpI64Load, 0, 0)
}

// deferrals combines the ways to make operands with the ways to take them.
func (b *builder) deferrals() {
	b.global(0)
	list := scalars([]uint64{0, 1, 1<<64 - 1, 1 << 32, 1<<32 - 1, 1 << 31, 0x123456789abcdef0, 0xfedcba9800000001})
	xs, ys := b.column(wasm.I64, list), b.column(wasm.I32, scalars([]uint64{0xfffffff0}))
	for i, push := range deferred {
		for k, take := range takers {
			other := deferred[(i+k+b.turn)%len(deferred)]
			b.grid(code{b: b, grid: grid{xs: xs, ys: ys, result: wasm.I64, emit: func(c *code) { take(c, push, other) }}})
		}
	}
}

// carryAgain leaves a block from two places, by tables or otherwise, each with something else below the values.
func (c *code) carryAgain(types []wasm.ValType, below int) {
	leave := []func(){
		func() { c.pushX(); c.BrTable(0, 1, 1, 0) },
		func() { c.pushX(); c.BrTable(1, 0) },
		func() { c.Op(wasm.OpBr, 1) },
	}
	for first := range leave {
		for second := range leave {
			c.block(wasm.OpBlock, nil, types)
			c.values(0, types, 190)
			c.block(wasm.OpBlock, types, types)
			c.digest(types)
			c.Get(localX).I32(1).Op(wasm.OpI32And)
			c.block(wasm.OpIf, nil, types)
			c.values(below, types, 160)
			leave[first]()
			c.Op(wasm.OpElse)
			c.values(2-below, types, 170)
			leave[second]()
			c.End()
			c.digest(types)
			c.values(1, types, 180)
			leave[second]()
			c.End()
			c.digest(types)
			c.values(0, types, 200)
			c.End()
			c.digest(types)
		}
	}
}
