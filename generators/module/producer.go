package module

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// producerKind is a kind of expression that has code of its own. ops are its instructions, the first of which decides
// whether a module's swarm mask leaves the kind out; makes tells the types it can produce.
type producerKind struct {
	ops   []wasm.Op
	makes func(wasm.ValType) bool
	emit  func(b *body, t wasm.ValType, height int)
}

// producerKinds are all kinds of expressions that no row of the opcode table describes by itself.
var producerKinds []producerKind

func only(types ...wasm.ValType) func(wasm.ValType) bool {
	return func(t wasm.ValType) bool { return slices.Contains(types, t) }
}

func anyValue(wasm.ValType) bool { return true }

func notRef(t wasm.ValType) bool { return !t.IsRef() }

func init() {
	producerKinds = []producerKind{
		{[]wasm.Op{wasm.OpLocalGet}, anyValue, func(b *body, t wasm.ValType, _ int) { b.op(wasm.OpLocalGet, b.local(t)) }},
		{[]wasm.Op{wasm.OpGlobalGet}, anyValue, (*body).globalGet},
		{[]wasm.Op{wasm.OpLocalTee}, anyValue, (*body).localTee},
		{[]wasm.Op{wasm.OpSelect}, notRef, (*body).selectPlain},
		{[]wasm.Op{wasm.OpSelectT}, anyValue, (*body).selectAny},
		{[]wasm.Op{wasm.OpBlock, wasm.OpBrIf}, anyValue, (*body).blockExpr},
		{[]wasm.Op{wasm.OpIf, wasm.OpElse, wasm.OpEnd}, anyValue, (*body).ifExpr},
		{[]wasm.Op{wasm.OpCall}, anyValue, func(b *body, t wasm.ValType, h int) { b.callExpr(t, h, (*body).call) }},
		{[]wasm.Op{wasm.OpCallIndirect}, anyValue, func(b *body, t wasm.ValType, h int) { b.callExpr(t, h, (*body).callIndirect) }},
		{[]wasm.Op{wasm.OpMemorySize}, only(wasm.I32), func(b *body, _ wasm.ValType, _ int) { b.op(wasm.OpMemorySize, 0) }},
		{[]wasm.Op{wasm.OpMemoryGrow}, only(wasm.I32), (*body).memoryGrow},
		{[]wasm.Op{wasm.OpTableSize}, only(wasm.I32), (*body).tableSize},
		{[]wasm.Op{wasm.OpTableGrow}, only(wasm.I32), (*body).tableGrow},
		{[]wasm.Op{wasm.OpTableGet}, wasm.ValType.IsRef, (*body).tableGet},
		{[]wasm.Op{wasm.OpRefIsNull}, only(wasm.I32), (*body).refIsNull},
		{[]wasm.Op{wasm.OpRefFunc}, only(wasm.FuncRef), (*body).refFunc},
		{[]wasm.Op{wasm.OpRefNull}, wasm.ValType.IsRef, func(b *body, t wasm.ValType, _ int) { b.op(wasm.OpRefNull, uint64(t)) }},
	}
	for _, t := range allTypes {
		for i := range producerKinds {
			if producerKinds[i].makes(t) {
				producersOf[t] = append(producersOf[t], &producerKinds[i])
			}
		}
	}
}

var producersOf = map[wasm.ValType][]*producerKind{}

// producer appends an expression of a kind that makes a t, or a leaf if the swarm mask leaves the kind out.
func (b *body) producer(t wasm.ValType, height int) {
	list := producersOf[t]
	k := list[b.t.Intn(len(list))]
	if !b.g.enabled(k.ops[0]) {
		b.leaf(t)
		return
	}
	k.emit(b, t, height+1)
}

func (b *body) globalGet(t wasm.ValType, _ int) {
	if g, ok := b.global(t, false); ok {
		b.op(wasm.OpGlobalGet, g)
		return
	}
	b.leaf(t)
}

func (b *body) localTee(t wasm.ValType, height int) {
	l := b.local(t)
	b.expr(t, height)
	b.op(wasm.OpLocalTee, l)
}

func (b *body) selectPlain(t wasm.ValType, height int) {
	b.exprs([]wasm.ValType{t, t, wasm.I32}, height)
	b.op(wasm.OpSelect)
}

func (b *body) selectAny(t wasm.ValType, height int) {
	b.exprs([]wasm.ValType{t, t, wasm.I32}, height)
	b.code = wasm.AppendInstr(b.code, &wasm.Instr{Op: wasm.OpSelectT, Types: []wasm.ValType{t}})
}

// blockExpr appends a block with one result that is left early under a condition.
func (b *body) blockExpr(t wasm.ValType, height int) {
	b.op(wasm.OpBlock, uint64(wasm.ResultBlock(t)))
	b.exprs([]wasm.ValType{t, wasm.I32}, height)
	b.op(wasm.OpBrIf, 0)
	b.fold(t)
	b.expr(t, height)
	b.op(wasm.OpEnd)
}

func (b *body) ifExpr(t wasm.ValType, height int) {
	b.expr(wasm.I32, height)
	b.op(wasm.OpIf, uint64(wasm.ResultBlock(t)))
	b.expr(t, height)
	b.op(wasm.OpElse)
	b.expr(t, height)
	b.op(wasm.OpEnd)
}

// callExpr appends a call of a function whose last result is a t; the results above it are folded.
func (b *body) callExpr(t wasm.ValType, height int, call func(*body, callee, int)) {
	var list []callee
	for _, c := range b.g.callees() {
		if len(c.sig.Results) > 0 && c.sig.Results[0] == t {
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		b.leaf(t)
		return
	}
	c := list[b.t.Intn(len(list))]
	call(b, c, height+1)
	b.foldAll(c.sig.Results[1:])
}

func (b *body) memoryGrow(_ wasm.ValType, height int) {
	if b.t.Chance(64) {
		b.i32(uint32(b.g.classValue(wasm.I32).low)) // mostly more than there can be
	} else {
		b.within(3, height)
	}
	b.op(wasm.OpMemoryGrow, 0)
}

func (b *body) tableSize(wasm.ValType, int) {
	b.op(wasm.OpTableSize, uint64(b.t.Intn(numTables)))
}

func (b *body) tableGrow(_ wasm.ValType, height int) {
	n := uint64(b.t.Intn(numTables))
	b.expr(b.g.tables[n].Elem, height)
	if b.t.Chance(64) {
		b.i32(uint32(b.g.classValue(wasm.I32).low))
	} else {
		b.within(31, height)
	}
	b.op(wasm.OpTableGrow, n)
}

func (b *body) tableGet(t wasm.ValType, height int) {
	n := uint64(tableExtern)
	if t == wasm.FuncRef {
		n = []uint64{tableCalls, tableFuncs}[b.t.Byte()&1]
	}
	b.tableIndex(n, height)
	b.op(wasm.OpTableGet, n)
}

func (b *body) refIsNull(_ wasm.ValType, height int) {
	b.expr([]wasm.ValType{wasm.FuncRef, wasm.ExternRef}[b.t.Byte()&1], height)
	b.op(wasm.OpRefIsNull)
}

func (b *body) refFunc(wasm.ValType, int) {
	b.op(wasm.OpRefFunc, uint64(b.g.bodies[b.t.Intn(len(b.g.bodies))].index))
}
