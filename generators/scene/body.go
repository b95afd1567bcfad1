package scene

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// body is a function under construction. Behind its parameters it has a local of each type; its results are those in the end.
type body struct {
	*asm.Body
	b      *Built
	typ    wasm.FuncType
	locals []wasm.ValType // parameters included
	unused int            // further locals: frames of many sizes make the stack grow at many places
}

// newBody begins a function, which takes one of the calls that are left, or returns at once.
func newBody(b *Built, t wasm.FuncType, size byte) *body {
	x := &body{new(asm.Body), b, t, slices.Concat(t.Params, argTypes), 1 << (size % 8) / 2}
	x.Op(wasm.OpGlobalGet, b.left).Op(wasm.OpI32Eqz).Block(wasm.OpIf)
	x.results()
	x.Op(wasm.OpReturn).End()
	x.Op(wasm.OpGlobalGet, b.left).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpGlobalSet, b.left)
	for i, p := range t.Params {
		x.Get(uint64(i)).Set(x.local(p))
	}
	return x
}

// local returns the local of a type.
func (x *body) local(t wasm.ValType) uint64 {
	return uint64(len(x.typ.Params) + slices.Index(argTypes, t))
}

func (x *body) results() {
	for _, t := range x.typ.Results {
		x.Get(x.local(t))
	}
}

// finish returns the function.
func (x *body) finish() wasm.Func {
	x.results()
	f := wasm.Func{Type: x.b.Type(x.typ), Body: x.Expr()}
	for _, t := range argTypes {
		f.Locals = append(f.Locals, wasm.Locals{Count: 1, Type: t})
	}
	f.Locals = append(f.Locals, wasm.Locals{Count: uint32(x.unused), Type: wasm.I64})
	return f
}

// operand pushes an operand: a local, a constant, a global or a function.
func (x *body) operand(t *tape.Tape, typ wasm.ValType) {
	v := t.Byte()
	switch v % 4 {
	case 0:
		x.Get(x.local(typ))
		return
	case 1:
		for k := range x.b.globals {
			i := (k + int(v)/4) % len(x.b.globals)
			if x.b.globals[i].Type == typ && i > 1 {
				x.Op(wasm.OpGlobalGet, uint64(i))
				return
			}
		}
	case 2:
		if typ == wasm.FuncRef {
			x.Op(wasm.OpRefFunc, uint64(int(v)/4%len(x.b.funcs)))
			return
		}
	}
	pushConstant(x.Body, typ, v)
}

// small pushes an i32 near zero.
func (x *body) small(t *tape.Tape) {
	v := t.Byte()
	if v == 255 {
		x.I32(-1)
		return
	}
	x.I32(int32(v) % 6)
}

// keep takes values off the stack into the locals of their types.
func (x *body) keep(types []wasm.ValType) {
	for _, t := range slices.Backward(types) {
		x.Set(x.local(t))
	}
}

// statement appends a statement to one of the functions.
func (b *Built) statement(t *tape.Tape) {
	x := b.bodies[t.Intn(len(b.bodies))]
	switch t.Weighted([]int{8, 5, 4, 5, 5, 1}) {
	case 0:
		x.call(t)
	case 1:
		x.callIndirect(t)
	case 2:
		x.global(t)
	case 3:
		x.table(t)
	case 4:
		x.memory(t)
	case 5: // a trap when few calls are left
		x.Op(wasm.OpGlobalGet, b.left).I32(int32(20 + t.Intn(12))).Op(wasm.OpI32LtU).Block(wasm.OpIf).Op(wasm.OpUnreachable).End()
	}
}

// as tells who calls.
func (x *body) as() { x.I32(int32(x.b.ID)).Op(wasm.OpGlobalSet, x.b.who) }

// tail reports whether a call of a function of type f may take the place of x, and is to.
func (x *body) tail(t *tape.Tape, f wasm.FuncType) bool {
	return t.Chance(24) && slices.Equal(f.Results, x.typ.Results)
}

// call calls a function of any module. A tail call is in a block that is entered only if calls are left, so that what follows is there
// for a reason.
func (x *body) call(t *tape.Tape) {
	index := t.Intn(len(x.b.funcs))
	f := x.b.funcs[index]
	tail := x.tail(t, f)
	if tail {
		x.Op(wasm.OpGlobalGet, x.b.left).I32(25).Op(wasm.OpI32LtU).Block(wasm.OpIf)
	}
	for _, p := range f.Params {
		x.operand(t, p)
	}
	x.as()
	if tail {
		x.Op(wasm.OpReturnCall, uint64(index)).End()
		x.b.TailsOut = x.b.TailsOut || index < x.b.ImportedFuncs()
		return
	}
	x.Op(wasm.OpCall, uint64(index))
	x.keep(f.Results)
}

// callIndirect calls an element of a table of functions.
func (x *body) callIndirect(t *tape.Tape) {
	table := slices.IndexFunc(x.b.tables, func(t wasm.TableType) bool { return t.Elem == wasm.FuncRef })
	if table < 0 {
		x.call(t)
		return
	}
	f := Slots[t.Intn(Funcs)].Func
	tail := x.tail(t, f)
	if tail {
		x.Op(wasm.OpGlobalGet, x.b.left).I32(25).Op(wasm.OpI32LtU).Block(wasm.OpIf)
	}
	for _, p := range f.Params {
		x.operand(t, p)
	}
	x.small(t)
	x.as()
	typ := uint64(x.b.Type(f))
	if tail {
		x.Op(wasm.OpReturnCallIndirect, typ, uint64(table)).End()
		x.b.TailsOut = true
		return
	}
	x.Op(wasm.OpCallIndirect, typ, uint64(table))
	x.keep(f.Results)
}

// global sets or gets a global.
func (x *body) global(t *tape.Tape) {
	i := 2 + t.Intn(len(x.b.globals)-1)
	if i >= len(x.b.globals) {
		x.call(t)
		return
	}
	g := x.b.globals[i]
	if g.Mutable && t.Bool() {
		x.operand(t, g.Type)
		x.Op(wasm.OpGlobalSet, uint64(i))
		return
	}
	x.Op(wasm.OpGlobalGet, uint64(i)).Set(x.local(g.Type))
}

// table works on a table.
func (x *body) table(t *tape.Tape) {
	if len(x.b.tables) == 0 {
		x.call(t)
		return
	}
	i := t.Intn(len(x.b.tables))
	table, elem := uint64(i), x.b.tables[i].Elem
	segment := uint64(t.Intn(len(x.b.Elems)))
	i32 := x.local(wasm.I32)
	switch t.Intn(8) {
	case 0:
		x.small(t)
		x.operand(t, elem)
		x.Op(wasm.OpTableSet, table)
	case 1:
		x.small(t)
		x.Op(wasm.OpTableGet, table).Set(x.local(elem))
	case 2:
		x.operand(t, elem)
		x.small(t)
		x.Op(wasm.OpTableGrow, table).Set(i32)
	case 3:
		x.Op(wasm.OpTableSize, table).Set(i32)
	case 4:
		x.small(t)
		x.operand(t, elem)
		x.small(t)
		x.Op(wasm.OpTableFill, table)
	case 5:
		x.small(t)
		x.small(t)
		x.small(t)
		from := slices.IndexFunc(x.b.tables, func(t wasm.TableType) bool { return t.Elem == elem })
		x.Op(wasm.OpTableCopy, table, uint64(from))
	case 6:
		if elem == wasm.FuncRef {
			x.small(t)
			x.small(t)
			x.small(t)
			x.Op(wasm.OpTableInit, segment, table)
		}
	case 7:
		x.Op(wasm.OpElemDrop, segment)
	}
}

// address pushes an address near the beginning of the memory, or near the end of its first page.
func (x *body) address(t *tape.Tape) {
	at := int32(t.Byte())
	if at >= 224 {
		at += wasm.PageSize - 248
	}
	x.I32(at)
}

// memory works on the memory.
func (x *body) memory(t *tape.Tape) {
	if x.b.memories == 0 {
		x.call(t)
		return
	}
	i32, i64 := x.local(wasm.I32), x.local(wasm.I64)
	switch op := t.Intn(8); op {
	case 0:
		x.address(t)
		x.operand(t, wasm.I64)
		x.Op(wasm.OpI64Store, 0, 0)
	case 1:
		x.address(t)
		x.Op(wasm.OpI64Load, 0, 0).Set(i64)
	case 2:
		x.small(t)
		x.Op(wasm.OpMemoryGrow, 0).Set(i32)
	case 3:
		x.Op(wasm.OpMemorySize, 0).Set(i32)
	case 4, 5:
		x.address(t)
		if op == 4 {
			x.address(t)
			x.address(t)
			x.Op(wasm.OpMemoryCopy, 0, 0)
			return
		}
		x.operand(t, wasm.I32)
		x.address(t)
		x.Op(wasm.OpMemoryFill, 0)
	default:
		if len(x.b.Datas) == 0 {
			return
		}
		segment := uint64(t.Intn(len(x.b.Datas)))
		if op == 7 {
			x.Op(wasm.OpDataDrop, segment)
			return
		}
		x.address(t)
		x.small(t)
		x.small(t)
		x.Op(wasm.OpMemoryInit, segment, 0)
	}
}
