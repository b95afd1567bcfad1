package module

import (
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// statementKind is one kind of statement: weight is how often it is one of ordinary modules, edge of those of probes. ops are the instructions with code of their own that it emits, the first of
// which decides whether a module's swarm mask leaves the kind out.
type statementKind struct {
	ops          []wasm.Op
	weight, edge int
	steered      bool // a probe
	hostcalls    bool
	emit         func(*body)
}

// statementKinds are all kinds of statements; the first stands in for what is masked.
var statementKinds []statementKind

func init() {
	statementKinds = []statementKind{
		{weight: 40, edge: 6, emit: (*body).foldStatement},
		{weight: 45, edge: 140, steered: true, emit: (*body).probeStatement},
		{weight: 6, edge: 24, steered: true, emit: (*body).chain},
		{weight: 120, hostcalls: true, emit: (*body).hostcallStatement},
		{weight: 2, edge: 4, steered: true, emit: (*body).nest},
		{ops: []wasm.Op{wasm.OpLocalSet}, weight: 24, edge: 4, emit: (*body).setLocal},
		{ops: []wasm.Op{wasm.OpGlobalSet}, weight: 12, edge: 3, emit: (*body).setGlobal},
		{ops: []wasm.Op{wasm.OpDrop, wasm.OpNop}, weight: 4, edge: 1, emit: (*body).dropStatement},
		{weight: 32, edge: 8, emit: (*body).store},
		{weight: 20, edge: 6, emit: (*body).bulkStatement},
		{ops: []wasm.Op{wasm.OpTableSet}, weight: 6, edge: 2, emit: (*body).tableSet},
		{ops: []wasm.Op{wasm.OpTableFill}, weight: 6, edge: 1, emit: (*body).tableFill},
		{ops: []wasm.Op{wasm.OpBlock}, weight: 14, edge: 2, emit: func(b *body) { b.openBlock(wasm.OpBlock) }},
		{ops: []wasm.Op{wasm.OpLoop}, weight: 14, edge: 4, emit: func(b *body) { b.openBlock(wasm.OpLoop) }},
		{ops: []wasm.Op{wasm.OpIf}, weight: 14, edge: 3, emit: func(b *body) { b.openBlock(wasm.OpIf) }},
		{ops: []wasm.Op{wasm.OpElse, wasm.OpEnd}, weight: 24, edge: 6, emit: (*body).elseOrEnd},
		{ops: []wasm.Op{wasm.OpBr}, weight: 6, edge: 1, emit: (*body).branch},
		{ops: []wasm.Op{wasm.OpBrIf}, weight: 10, edge: 2, emit: (*body).branchIf},
		{ops: []wasm.Op{wasm.OpBrTable}, weight: 8, edge: 1, emit: (*body).branchTable},
		{ops: []wasm.Op{wasm.OpReturn}, weight: 3, edge: 1, emit: (*body).returnIf},
		{ops: []wasm.Op{wasm.OpUnreachable}, weight: 2, edge: 1, emit: (*body).unreachableIf},
		{ops: []wasm.Op{wasm.OpCall}, weight: 12, edge: 4, emit: func(b *body) { b.callStatement((*body).call) }},
		{ops: []wasm.Op{wasm.OpCallIndirect}, weight: 12, edge: 4, emit: func(b *body) { b.callStatement((*body).callIndirect) }},
		{ops: []wasm.Op{wasm.OpReturnCall}, weight: 5, edge: 2, emit: func(b *body) { b.tailCallIf((*body).returnCall) }},
		{ops: []wasm.Op{wasm.OpReturnCallIndirect}, weight: 5, edge: 1, emit: func(b *body) { b.tailCallIf((*body).returnCallIndirect) }},
	}
}

// statement appends what one frame describes.
func (b *body) statement() {
	if len(b.code) > maxBodyBytes {
		return
	}
	b.budget = maxNodes
	k := b.g.kinds[b.t.Weighted(b.g.weights)]
	if len(k.ops) > 0 && !b.g.enabled(k.ops[0]) {
		k = b.g.kinds[0]
	}
	k.emit(b)
}

// anyType reads a value type.
func (b *body) anyType() wasm.ValType { return tape.Pick(b.t, b.g.values) }

func (b *body) foldStatement() {
	t := b.anyType()
	b.expr(t, 0)
	b.fold(t)
}

func (b *body) setLocal() {
	t := b.anyType()
	l := b.local(t)
	b.expr(t, 0)
	b.op(wasm.OpLocalSet, l)
}

func (b *body) setGlobal() {
	t := b.anyType()
	g, ok := b.global(t, true)
	b.expr(t, 0)
	if !ok {
		b.fold(t)
		return
	}
	b.op(wasm.OpGlobalSet, g)
}

func (b *body) dropStatement() {
	t := b.anyType()
	b.expr(t, 0)
	b.op(wasm.OpNop)
	b.op(wasm.OpDrop)
}

// store appends a store, from its row in the opcode table.
func (b *body) store() {
	if len(b.g.stores) == 0 {
		b.foldStatement()
		return
	}
	o := b.g.stores[b.t.Intn(len(b.g.stores))]
	align, offset := b.address(o.Info().Access, 0)
	b.expr(o.Operands().Params[1], 0)
	b.access(o, align, offset)
}

// callStatement calls a function and folds what it returns.
func (b *body) callStatement(call func(*body, callee, int)) {
	list := b.g.callees()
	c := list[b.t.Intn(len(list))]
	call(b, c, 2)
	b.foldAll(c.sig.Results)
}

// call appends a direct call. The caller counts the depth, because a callee has many ways out and a call only one.
func (b *body) call(c callee, height int) {
	b.exprs(c.sig.Params, height)
	b.addGlobal(globalDepth, 1)
	b.op(wasm.OpCall, uint64(c.index))
	b.addGlobal(globalDepth, -1)
}

// callIndirect appends a call through table 0, sometimes by the other of two equal types.
func (b *body) callIndirect(c callee, height int) {
	typ := b.indirect(c, height)
	b.addGlobal(globalDepth, 1)
	b.op(wasm.OpCallIndirect, uint64(typ), tableCalls)
	b.addGlobal(globalDepth, -1)
}

// indirect appends the operands of a call through table 0 and returns the type to call by.
func (b *body) indirect(c callee, height int) uint32 {
	b.exprs(c.sig.Params, height)
	key := c.sig.Key()
	typ := b.g.typeOf(c.sig)
	if twin, ok := b.g.twins[key]; ok && b.t.Bool() {
		typ = twin
	}
	if b.g.unguarded() {
		if b.t.Bool() {
			b.within(63, height+1)
		} else {
			b.i32(uint32(b.g.classValue(wasm.I32).low))
		}
	} else {
		b.i32(b.g.calls[key])
		b.within(callSlots-1, height+1)
		b.op(wasm.OpI32Or)
	}
	return typ
}
