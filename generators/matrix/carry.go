package matrix

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// carried are the values that branches take with them: none, one, several of several sizes.
var carried = []string{"i", "iI", "fII", "IVi", "FiVI", "iiiiii"}

// carries branches with values from above others that are left behind: by every kind of branch, out of blocks and back to the beginnings of
// loops, so that the values have to be moved to where the block wants them.
func (b *builder) carries() {
	for _, sig := range carried {
		types := asm.Sig(sig).Params
		for below := range 3 {
			for _, form := range []func(c *code, types []wasm.ValType, below int){
				(*code).carryOut, (*code).carryIf, (*code).carryArms, (*code).carryTable, (*code).carryBack, (*code).carryAgain,
			} {
				b.each([]uint64{0, 1, 2, 3, 4, 0xffffffff}, []value{{}}, wasm.I64, func(c *code) {
					c.I64(0).Set(localDigest).I64(99) // what is below must stay
					form(c, types, below)
					c.Get(localDigest).Op(wasm.OpI64Add)
				})
			}
		}
	}
}

// block begins a block that takes and leaves values of some types.
func (c *code) block(op wasm.Op, params, results []wasm.ValType) {
	c.BlockOf(op, wasm.BlockType(c.b.Type(wasm.FuncType{Params: params, Results: results})))
}

// values pushes numbers of some types, above some others.
func (c *code) values(below int, types []wasm.ValType, from uint64) {
	for i := range below {
		c.I32(int32(1000 + i))
	}
	for i, t := range types {
		c.konst(t, value{low: from + 3*uint64(i), high: ^from - uint64(i)})
	}
}

// digest takes values off the stack into the digest, the last one first.
func (c *code) digest(types []wasm.ValType) {
	for _, t := range slices.Backward(types) {
		switch t {
		case wasm.I32:
			c.Op(wasm.OpI64ExtendI32U)
		case wasm.F32:
			c.Op(wasm.OpI32ReinterpretF32).Op(wasm.OpI64ExtendI32U)
		case wasm.F64:
			c.Op(wasm.OpI64ReinterpretF64)
		case wasm.V128:
			c.I64(7).Op(wasm.OpI64x2Splat).Op(wasm.OpI64x2Mul).I32(3).Op(wasm.OpI64x2Shl)
			c.I32(16).Op(wasm.OpI16x8Splat).Op(wasm.OpV128Xor).Op(wasm.OpI64x2ExtractLane, 1)
		}
		c.Get(localDigest).I64(5).Op(wasm.OpI64Rotl).Op(wasm.OpI64Xor).Set(localDigest)
	}
}

// carryOut leaves a block.
func (c *code) carryOut(types []wasm.ValType, below int) {
	c.block(wasm.OpBlock, nil, types)
	c.values(below, types, 40)
	c.Op(wasm.OpBr, 0).End()
	c.digest(types)
}

// carryIf leaves two blocks if the operand is not zero, and else one with other values.
func (c *code) carryIf(types []wasm.ValType, below int) {
	c.block(wasm.OpBlock, nil, types)
	c.values(1, nil, 0)
	c.block(wasm.OpBlock, nil, types)
	c.values(below, types, 50)
	c.pushX()
	c.Op(wasm.OpBrIf, 1)
	c.digest(types)
	for range below {
		c.Op(wasm.OpDrop)
	}
	c.values(0, types, 60)
	c.End()
	c.digest(types)
	c.Op(wasm.OpDrop)
	c.values(0, types, 70)
	c.End()
	c.digest(types)
}

// carryArms hands values to the arms of an if, which leave it with others.
func (c *code) carryArms(types []wasm.ValType, below int) {
	c.values(0, types, 80)
	c.pushX()
	c.block(wasm.OpIf, types, types)
	c.digest(types)
	c.values(below, types, 90)
	c.Op(wasm.OpBr, 0).Op(wasm.OpElse)
	c.digest(types)
	c.values(0, types, 100)
	c.End()
	c.digest(types)
}

// carryTable leaves one of three blocks by a table, each of which has something else below.
func (c *code) carryTable(types []wasm.ValType, below int) {
	const blocks = 3
	for i := range blocks {
		c.block(wasm.OpBlock, nil, types)
		c.values(i, nil, 0)
	}
	c.values(below, types, 110)
	c.pushX()
	c.BrTable(0, 2, 1, 0)
	for i := range blocks {
		c.End()
		c.digest(types)
		c.Get(localDigest).I64(int64(i) + 2).Op(wasm.OpI64Mul).Set(localDigest)
		if i == blocks-1 {
			return
		}
		for range blocks - 2 - i {
			c.Op(wasm.OpDrop)
		}
		c.values(0, types, 120)
	}
}

// carryBack begins a loop again, with other values each time.
func (c *code) carryBack(types []wasm.ValType, below int) {
	c.I32(0).Set(localCount)
	c.values(0, types, 130)
	c.block(wasm.OpLoop, types, types)
	c.digest(types)
	c.values(below, types, 140)
	c.Get(localCount).I32(1).Op(wasm.OpI32Add).Op(wasm.OpLocalTee, localCount).I32(3).Op(wasm.OpI32LtU).Op(wasm.OpBrIf, 0)
	c.digest(types)
	for range below {
		c.Op(wasm.OpDrop)
	}
	c.values(0, types, 150)
	c.End()
	c.digest(types)
	c.I32(0).Set(localCount)
}
