package evaluator

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// tables holds the table instructions (section 4.4.6).
var tables = map[string]*Meaning{
	"table.get": custom(func(f *frame, n *Node) {
		t, i := f.in.tables[n.Imm[0]], f.pop().Bits
		t.check(i, 1)
		f.push(t.Elems[i])
	}),
	"table.set": custom(func(f *frame, n *Node) {
		t, v, i := f.in.tables[n.Imm[0]], f.pop(), f.pop().Bits
		t.check(i, 1)
		t.Elems[i] = v
	}),
	"table.size": custom(func(f *frame, n *Node) { f.push(i32(uint64(len(f.in.tables[n.Imm[0]].Elems)))) }),
	"table.grow": custom(func(f *frame, n *Node) {
		count, v := f.pop().Bits, f.pop()
		f.push(f.in.growTable(f.in.tables[n.Imm[0]], count, v))
	}),
	"table.fill": custom(func(f *frame, n *Node) {
		t, count, v, i := f.in.tables[n.Imm[0]], f.pop().Bits, f.pop(), f.pop().Bits
		t.check(i, count)
		for k := range count {
			t.Elems[i+k] = v
		}
	}),
	"table.copy": typed(types(wasm.I32, wasm.I32, wasm.I32), 0, func(f *frame, n *Node, args []Value) (none Value) {
		from := f.in.tables[n.Imm[1]]
		from.check(args[1].Bits, args[2].Bits)
		elems := append([]Value(nil), from.Elems[args[1].Bits:][:args[2].Bits]...) // as they were before, if the ranges overlap
		f.in.tables[n.Imm[0]].init(elems, args[0].Bits, 0, args[2].Bits)
		return
	}),
	"table.init": typed(types(wasm.I32, wasm.I32, wasm.I32), 0, func(f *frame, n *Node, args []Value) (none Value) {
		f.in.tables[n.Imm[1]].init(f.in.elems[n.Imm[0]], args[0].Bits, args[1].Bits, args[2].Bits)
		return
	}),
	"elem.drop": typed(nil, 0, func(f *frame, n *Node, _ []Value) (none Value) {
		f.in.elems[n.Imm[0]] = nil
		return
	}),
}

// check traps unless n elements from i on are in the table. Neither number is above 2^32, so that the sum does not wrap.
func (t *Table) check(i, n uint64) {
	if i+n > uint64(len(t.Elems)) {
		panic(wasm.TableOutOfBounds)
	}
}

// init copies n elements of a segment, or traps without a change.
func (t *Table) init(elems []Value, to, from, n uint64) {
	t.check(to, n)
	if from+n > uint64(len(elems)) {
		panic(wasm.TableOutOfBounds)
	}
	for k := range n {
		t.Elems[to+k] = elems[from+k]
	}
}

// growTable returns the old size, or -1 if the table would be too large (section 4.5.3).
func (in *Instance) growTable(t *Table, n uint64, v Value) Value {
	old := uint64(len(t.Elems))
	if old+n > in.limits.Elems || old+n >= 1<<32 || t.Type.Limits.HasMax && old+n > t.Type.Limits.Max {
		return i32(1<<32 - 1)
	}
	t.grow(n, v)
	return i32(old)
}
