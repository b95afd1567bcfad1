package matrix

import (
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// body returns the beginning of a body.
func (b *builder) body() *asm.Body { return new(asm.Body) }

// The tables of the scenarios about tables, and their passive segments.
const (
	firstTable, secondTable = 0, 1
	tableSize, otherSize    = 10, 6
	elements                = 6 // of a segment
	tableMax                = 16
)

// callees is how many functions tables have, of type () -> (i32).
const callees = 5

// withTables defines two exported tables, functions for them, and segments; it returns a function that fills the tables as they were in
// the beginning, and one that returns what is in a table as a number.
func (b *builder) withTables() (fill uint32, digests [2]uint32) {
	var refs []wasm.Expr
	for i := range callees {
		f := b.Func("", ":i", "", b.body().I32(int32(i+1)))
		refs = append(refs, b.body().Op(wasm.OpRefFunc, uint64(f)).Expr())
	}
	null := b.body().Op(wasm.OpRefNull, uint64(wasm.FuncRef)).Expr()
	for i, size := range []uint64{tableSize, otherSize} {
		b.Tables = append(b.Tables, wasm.TableType{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: size, Max: tableMax, HasMax: true}})
		b.Export([]string{"t0", "t1"}[i], wasm.ExternTable, uint32(i))
	}
	b.Elems = []wasm.ElemSegment{
		{Mode: wasm.Passive, Type: wasm.FuncRef, UseExprs: true, Exprs: []wasm.Expr{refs[0], refs[1], null, refs[2], refs[3], refs[4]}},
		{Mode: wasm.Passive, Type: wasm.FuncRef, UseExprs: true, Exprs: []wasm.Expr{refs[4], refs[3], refs[2], refs[1], refs[0], null}},
		{Mode: wasm.Passive, Type: wasm.FuncRef, UseExprs: true, Exprs: []wasm.Expr{refs[4], null, refs[1]}},
		{Type: wasm.FuncRef, UseExprs: true, Offset: b.body().I32(0).Expr(), Exprs: []wasm.Expr{refs[1]}},
	}
	body := b.body()
	for i := range uint64(2) {
		body.I32(0).Op(wasm.OpRefNull, uint64(wasm.FuncRef)).Op(wasm.OpTableSize, i).Op(wasm.OpTableFill, i)
		body.I32(0).I32(0).I32(elements).Op(wasm.OpTableInit, i, i)
	}
	fill = b.Func("", ":", "", body)
	for i := range uint64(2) {
		const n, h = 0, 1
		body := b.body().Block(wasm.OpBlock).Block(wasm.OpLoop).Get(n).Op(wasm.OpTableSize, i).Op(wasm.OpI32GeU).Op(wasm.OpBrIf, 1)
		body.Get(h).I64(31).Op(wasm.OpI64Mul).Get(n).Op(wasm.OpTableGet, i).Op(wasm.OpRefIsNull).BlockOf(wasm.OpIf, wasm.ResultBlock(wasm.I32)).I32(9)
		body.Op(wasm.OpElse).Get(n).Op(wasm.OpCallIndirect, uint64(b.Type(asm.Sig(":i"))), i).End().Op(wasm.OpI64ExtendI32U).Op(wasm.OpI64Add).Set(h)
		body.Get(n).I32(1).Op(wasm.OpI32Add).Set(n).Op(wasm.OpBr, 0).End().End().Get(h)
		digests[i] = b.Func("", ":I", "iI", body)
	}
	return fill, digests
}

// indexes are those at the edges of the tables.
var indexes = []uint64{0, 1, 2, 5, 6, 7, 9, 10, 11, 0x80000000, 0xffffffff}

// tables initialises and fills.
func (b *builder) tables() {
	fill, digests := b.withTables()
	before := func(c *code) { c.Op(wasm.OpCall, uint64(fill)) }
	digest := func(c *code) { c.Op(wasm.OpCall, uint64(digests[0])) }
	few := []uint64{0, 1, 5, 6, 0xffffffff}
	b.three([3][]uint64{{0, 1, 4, 9, 10, 0xffffffff}, few, few}, before, func(c *code) { c.Op(wasm.OpTableInit, 0, firstTable) }, digest)
	for _, ref := range []uint64{0, 1} {
		b.three([3][]uint64{indexes, {0}, {0, 1, 5, 10, 0xffffffff}}, before, func(c *code) {
			// The middle one of three stands for a reference.
			c.Set(localCount).Op(wasm.OpDrop)
			c.reference(ref)
			c.Get(localCount).Op(wasm.OpTableFill, firstTable).I32(0).Set(localCount)
		}, digest)
	}
	for segment := range uint64(4) {
		for range 2 {
			for _, n := range []uint64{0, 1} {
				b.each([]uint64{0, 1}, []value{{low: n}}, wasm.I64, func(c *code) {
					before(c)
					c.I32(3)
					c.pushX()
					c.Op(wasm.OpI32Const, c.y.low).Op(wasm.OpTableInit, segment, firstTable)
					digest(c)
				})
			}
			if segment >= 2 { // the others fill the tables
				b.export(b.Func("", ":", "", b.body().Op(wasm.OpElemDrop, segment)))
			}
		}
	}
}

// reference pushes null, or the first of the functions in tables.
func (c *code) reference(ref uint64) {
	if ref == 0 {
		c.Op(wasm.OpRefNull, uint64(wasm.FuncRef))
		return
	}
	c.I32(0).Op(wasm.OpTableGet, secondTable)
}

// tableCopies copies within tables and between them.
func (b *builder) tableCopies() {
	fill, digests := b.withTables()
	few := []uint64{0, 1, 3, 5, 6, 10, 0xffffffff}
	for _, tables := range [][2]uint64{{0, 0}, {0, 1}, {1, 0}, {1, 1}} {
		b.three([3][]uint64{few, few, {0, 1, 3, 5, 6, 0xffffffff}}, func(c *code) { c.Op(wasm.OpCall, uint64(fill)) },
			func(c *code) { c.Op(wasm.OpTableCopy, tables[0], tables[1]) },
			func(c *code) {
				c.Op(wasm.OpCall, uint64(digests[0])).I64(32).Op(wasm.OpI64Rotl).Op(wasm.OpCall, uint64(digests[1])).Op(wasm.OpI64Xor)
			})
	}
}

// tableAccess gets, sets, grows, and calls what was set and grown.
func (b *builder) tableAccess() {
	fill, digests := b.withTables()
	typ := uint64(b.Type(asm.Sig(":i")))
	digest := func(c *code) *asm.Body { return c.Op(wasm.OpCall, uint64(digests[0])) }
	for table := range uint64(2) {
		b.each(indexes, []value{{}}, wasm.I32, func(c *code) {
			c.Op(wasm.OpCall, uint64(fill))
			c.pushX()
			c.Op(wasm.OpTableGet, table).Op(wasm.OpRefIsNull)
		})
		for _, ref := range []uint64{0, 1} {
			b.each(indexes, []value{{low: ref}}, wasm.I64, func(c *code) {
				c.Op(wasm.OpCall, uint64(fill))
				c.pushX()
				c.reference(ref)
				c.Op(wasm.OpTableSet, table)
				digest(c)
			})
		}
		b.each(indexes, []value{{}}, wasm.I32, func(c *code) {
			c.Op(wasm.OpCall, uint64(fill))
			c.pushX()
			c.Op(wasm.OpCallIndirect, typ, table)
		})
		for _, ref := range []uint64{1, 0, 1} {
			b.each([]uint64{0, 1, 0x7fffffff, 0xffffffff, 2, 1, 9}, []value{{low: ref}}, wasm.I64, func(c *code) {
				c.reference(ref)
				c.pushX()
				c.Op(wasm.OpTableGrow, table).Op(wasm.OpI64ExtendI32U).Op(wasm.OpTableSize, table).Op(wasm.OpI64ExtendI32U).I64(32).Op(wasm.OpI64Shl).Op(wasm.OpI64Xor)
				digest(c).Op(wasm.OpI64Xor)
			})
			b.each(append([]uint64{12, 13, 15, 16}, indexes...), []value{{}}, wasm.I32, func(c *code) { c.pushX(); c.Op(wasm.OpCallIndirect, typ, table) })
		}
	}
}
