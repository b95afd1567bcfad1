package module

import (
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// region is something that a bulk operation reads or writes.
type region struct {
	size    uint64 // that the code may rely on
	segment bool
}

// bulkStatement appends a bulk operation. Its row tells what its operands mean: the immediates are the regions, a segment is
// always the source, and of two equal kinds the destination comes first (specification section 4.4.6 and 4.4.7).
func (b *body) bulkStatement() {
	if len(b.g.bulk) == 0 {
		b.foldStatement()
		return
	}
	o := b.g.bulk[b.t.Intn(len(b.g.bulk))]
	info := o.Info()
	var imms [2]uint64
	var regions []region
	if len(o.Operands().Params) == 0 {
		ok := true
		imms[0], ok = b.droppable(info.Imms[0])
		if !ok {
			b.foldStatement()
			return
		}
		b.op(o, imms[0])
		return
	}
	elem := wasm.FuncRef
	for i, kind := range info.Imms {
		var r region
		imms[i], r = b.region(kind, i, &elem)
		regions = append(regions, r)
	}
	if regions[0].segment {
		regions[0], regions[1] = regions[1], regions[0]
	}
	b.ranges(regions, func() { b.expr(wasm.I32, 3) })
	b.op(o, imms[:len(info.Imms)]...)
}

// region chooses what the i-th immediate of a bulk operation refers to. The first table or element segment decides the
// element type of the second.
func (b *body) region(kind wasm.Imm, i int, elem *wasm.ValType) (uint64, region) {
	g := b.g
	switch kind {
	case wasm.ImmData:
		n := b.passiveData()
		return uint64(n), region{g.datas[n].size, true}
	case wasm.ImmElem:
		n := b.t.Intn(len(g.elems))
		*elem = g.elems[n].seg.Type
		return uint64(n), region{g.elems[n].size, true}
	case wasm.ImmTable:
		if i == 0 {
			*elem = []wasm.ValType{wasm.FuncRef, wasm.ExternRef}[b.t.Byte()&1]
		}
		n := b.writeTable(*elem)
		return n, region{g.tables[n].Limits.Min, false}
	}
	return 0, region{g.memory.Limits.Min * wasm.PageSize, false}
}

// passiveData chooses a data segment that is passive, of which there is one at least. memory.init of an active one finds its bytes on
// wazero 1.12.0, although it is dropped, which would hide what else such modules do.
func (b *body) passiveData() int {
	n := b.t.Intn(len(b.g.datas))
	for b.g.datas[n].seg.Mode != wasm.Passive {
		n = (n + 1) % len(b.g.datas)
	}
	return n
}

// writeTable chooses a table that statements may write to. The table of indirect calls is one only if calls may trap.
func (b *body) writeTable(elem wasm.ValType) uint64 {
	switch {
	case elem == wasm.ExternRef:
		return tableExtern
	case b.g.traps && b.t.Chance(64):
		return tableCalls
	}
	return tableFuncs
}

// droppable chooses a segment that the code may drop.
func (b *body) droppable(kind wasm.Imm) (uint64, bool) {
	if kind == wasm.ImmData {
		return chooseDrop(b, b.g.datas)
	}
	return chooseDrop(b, b.g.elems)
}

func chooseDrop[T any](b *body, list []segment[T]) (uint64, bool) {
	i := b.t.Intn(len(list))
	for range list {
		if list[i].drop || list[i].size == 0 || b.g.traps {
			return uint64(i), true
		}
		i = (i + 1) % len(list)
	}
	return 0, false
}

// ranges appends the operands of a bulk operation: where each region is accessed, or for the one region of a fill where
// it is accessed and the value, and then the length. The accesses stay inside the regions unless traps are wanted.
func (b *body) ranges(regions []region, value func()) {
	length := uint64(1023)
	for _, r := range regions {
		length = min(length, r.size/2)
	}
	mask := uint64(0)
	for mask*2+1 <= length {
		mask = mask*2 + 1
	}
	exact := b.t.Chance(64)
	for _, r := range regions {
		switch {
		case b.g.unguarded():
			b.expr(wasm.I32, 3)
		case exact:
			b.i32(uint32(r.size - mask)) // up to the very end
		default:
			b.within(r.size-mask, 3)
		}
	}
	if len(regions) == 1 {
		value()
	}
	switch {
	case b.g.unguarded() && b.t.Bool():
		b.i32(uint32(b.g.classValue(wasm.I32).low))
	case b.g.unguarded():
		b.within(4095, 3)
	case exact:
		b.i32(uint32(mask))
	default:
		b.within(mask, 3)
	}
}

// tableFill appends a table.fill.
func (b *body) tableFill() {
	elem := []wasm.ValType{wasm.FuncRef, wasm.ExternRef}[b.t.Byte()&1]
	n := b.writeTable(elem)
	b.ranges([]region{{size: b.g.tables[n].Limits.Min}}, func() { b.expr(elem, 2) })
	b.op(wasm.OpTableFill, n)
}

// tableSet appends a table.set.
func (b *body) tableSet() {
	elem := []wasm.ValType{wasm.FuncRef, wasm.ExternRef}[b.t.Byte()&1]
	n := b.writeTable(elem)
	b.tableIndex(n, 1)
	b.expr(elem, 1)
	b.op(wasm.OpTableSet, n)
}

// tableIndex appends an index into table n: any up to the size that it begins with, or the last of these, or one more.
func (b *body) tableIndex(n uint64, height int) {
	last := b.g.tables[n].Limits.Min - 1
	switch {
	case b.g.unguarded():
		if b.t.Bool() {
			b.i32(uint32(last + 1))
		} else {
			b.i32(uint32(b.g.classValue(wasm.I32).low))
		}
	case b.t.Chance(40):
		b.i32(uint32(last))
	default:
		b.within(last, height)
	}
}
