package matrix

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// branchTables branches by indexes around the number of labels, from a local, a constant, memory and a sum, with values that the
// branches take and without; all labels and the default lead elsewhere, or some to the same place.
func (b *builder) branchTables() {
	b.Elems = []wasm.ElemSegment{{Mode: wasm.Declarative, Type: wasm.FuncRef, Funcs: []uint32{b.nop}}}
	for size := range 6 {
		for _, step := range []int{0, 1, 2, size} {
			var labels []uint32
			for i := range size + 1 {
				labels = append(labels, uint32((i*step+size)%(size+1)))
			}
			list := []uint64{0, 1, 2, 3, 4, 5, 6, 7, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x10000, 0x100000000 - 5}
			b.each(list, []value{{}}, wasm.I32, func(c *code) { c.branchTable(labels, wasm.EmptyBlock, (*code).pushX) })
			b.each(list, []value{{}}, wasm.I32, func(c *code) { c.branchTable(labels, wasm.ResultBlock(wasm.I64), (*code).pushX) })
			b.each(list, []value{{}}, wasm.I32, func(c *code) {
				c.branchTable(labels, wasm.ResultBlock(wasm.F32), func(c *code) { c.Get(localAt).Op(wasm.OpI32Load, 0, 0).I32(1).Op(wasm.OpI32Sub) })
			})
			b.each([]uint64{0}, scalars(list), wasm.I32, func(c *code) { c.branchTable(labels, wasm.EmptyBlock, (*code).pushConst) })
		}
	}
	b.export(b.Func("", ":i", "", b.body().Op(wasm.OpRefFunc, uint64(b.nop)).Op(wasm.OpRefIsNull)))
	b.export(b.Func("", ":i", "", b.body().I32(3).I32(0).BrTable(0, 0).Op(wasm.OpUnreachable)))
	b.export(b.Func("", ":i", "", b.body().Op(wasm.OpNop).I32(4).Op(wasm.OpReturn)))
	b.export(b.Func("", ":", "", b.body().Op(wasm.OpUnreachable)))
}

// branchTable leaves blocks by a table, with a value of the blocks' type, and leaves a number that tells which.
func (c *code) branchTable(labels []uint32, t wasm.BlockType, index func(c *code)) {
	c.I32(0).Set(localCount)
	for range labels {
		c.BlockOf(wasm.OpBlock, t)
	}
	result, has := t.Result()
	if has {
		c.konst(result, value{low: 0x41200000})
	}
	index(c)
	c.BrTable(labels...)
	for i := range labels {
		c.End()
		if has {
			c.Op(wasm.OpDrop)
		}
		c.Get(localCount).I32(int32(i)*16 + 5).Op(wasm.OpI32Add).Set(localCount)
		if has && i < len(labels)-1 {
			c.konst(result, value{})
		}
	}
	c.Get(localCount).I32(0).Set(localCount)
}

// indirectCalls calls functions of several types through a table, some of which fit the call: with values below that must survive, as
// tail calls, and in recursion.
func (b *builder) indirectCalls() {
	sigs := []string{"ii:i", "ii:I", "Ii:i", "i:i", "ii:ii", ":", "ff:f", "ii:"}
	var refs []wasm.Expr
	for i, sig := range sigs {
		body := b.body()
		for _, t := range asm.Sig(sig).Results {
			c := code{Body: body}
			c.konst(t, value{low: uint64(i) + 40})
		}
		refs = append(refs, b.body().Op(wasm.OpRefFunc, uint64(b.Func("", sig, "", body))).Expr())
	}
	refs = slices.Insert(refs, 3, b.body().Op(wasm.OpRefNull, uint64(wasm.FuncRef)).Expr())
	minus := b.Func("", "ii:i", "", b.body().Get(0).Get(1).Op(wasm.OpI32Sub))
	refs = append(refs, b.body().Op(wasm.OpRefFunc, uint64(minus)).Expr())
	size := uint64(len(refs))
	b.Tables = []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: size + 1, Max: size + 1, HasMax: true}}}
	b.Elems = []wasm.ElemSegment{{Type: wasm.FuncRef, UseExprs: true, Offset: b.body().I32(0).Expr(), Exprs: refs}}
	list := []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, size - 1, size, size + 1, 0x80000000, 0xffffffff}
	for _, sig := range sigs {
		t := asm.Sig(sig)
		called := func(c *code, push func(c *code)) {
			c.I64(77).Get(localAt)
			for i, p := range t.Params {
				c.konst(p, value{low: uint64(3 * i)})
			}
			push(c)
			c.Op(wasm.OpCallIndirect, uint64(b.Type(t)), 0)
			for range t.Results {
				c.Op(wasm.OpDrop)
			}
			c.Op(wasm.OpI64ExtendI32U).Op(wasm.OpI64Add)
		}
		b.each(list, []value{{}}, wasm.I64, func(c *code) { called(c, (*code).pushX) })
		b.each([]uint64{0}, scalars(list), wasm.I64, func(c *code) { called(c, (*code).pushConst) })
	}
	typ := uint64(b.Type(asm.Sig("ii:i")))
	tail := b.Func("", "i:i", "", b.body().I32(50).I32(8).Get(0).Op(wasm.OpReturnCallIndirect, typ, 0))
	b.each(list, []value{{}}, wasm.I32, func(c *code) { c.pushX(); c.Op(wasm.OpCall, uint64(tail)) })
	b.recursions()
}

// recursions counts down by calls, and by tail calls that take no room.
func (b *builder) recursions() {
	const deep, endless = 150, 70_000 // more than calls can be nested
	self := uint64(b.ImportedFuncs() + len(b.Funcs))
	b.Func("", "iI:I", "", b.body().Get(0).Op(wasm.OpI32Eqz).BlockOf(wasm.OpIf, wasm.ResultBlock(wasm.I64)).Get(1).
		Op(wasm.OpElse).Get(1).Get(0).I32(1).Op(wasm.OpI32Sub).Get(1).I64(3).Op(wasm.OpI64Mul).Op(wasm.OpCall, self).Op(wasm.OpI64Add).End())
	b.Func("", "iI:I", "", b.body().Get(0).Op(wasm.OpI32Eqz).Block(wasm.OpIf).Get(1).Op(wasm.OpReturn).End().
		Get(0).I32(1).Op(wasm.OpI32Sub).Get(1).I64(5).Op(wasm.OpI64Mul).Op(wasm.OpReturnCall, self+1))
	b.export(b.Func("", ":I", "", b.body().I32(deep).I64(7).Op(wasm.OpCall, self)))
	b.export(b.Func("", ":I", "", b.body().I32(endless).I64(7).Op(wasm.OpReturnCall, self+1)))
}

// variables selects, and uses locals and globals, of each type. Locals are zero whenever a function begins.
func (b *builder) variables() {
	for _, t := range []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128} {
		c := code{Body: b.body()}
		c.konst(t, value{3, 4})
		b.Globals = append(b.Globals, wasm.Global{Type: wasm.GlobalType{Type: t, Mutable: true}, Init: c.Expr()})
		global := uint64(len(b.Globals) - 1)
		for _, typed := range []bool{false, true} {
			b.each([]uint64{0, 1, 2, 0x80000000, 0xffffffff, 0x100}, []value{{}}, t, func(c *code) {
				c.konst(t, value{5, 6})
				c.Op(wasm.OpGlobalGet, global)
				c.pushX()
				if typed {
					c.SelectOf(t)
				} else {
					c.Op(wasm.OpSelect)
				}
				c.konst(t, value{7, 8})
				c.Op(wasm.OpGlobalGet, global)
				c.konst(t, value{9, 10})
				c.Op(wasm.OpGlobalSet, global).Get(localAt).Op(wasm.OpSelect).Get(localAt).Op(wasm.OpSelect)
			})
		}
		at := b.next
		b.next += slotSize
		c = code{Body: b.body()}
		c.I32(int32(at)).Get(2).Op(stores[t], 0, 0)
		c.konst(t, value{11, 12}).Set(2)
		l := string(letters[t])
		fresh := b.Func("", ":", l+l+l, c.Body)
		for range 3 {
			b.export(fresh)
		}
	}
}
