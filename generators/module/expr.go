package module

import (
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// maxHeight bounds the height of expressions, maxNodes the number of their nodes for each statement.
const (
	maxHeight = 6
	maxNodes  = 40
)

// exprs appends code that pushes values of the given types.
func (b *body) exprs(types []wasm.ValType, height int) {
	for _, t := range types {
		b.expr(t, height)
	}
}

// expr appends code that pushes one value of type t. When the frame is at its end it is a leaf.
func (b *body) expr(t wasm.ValType, height int) {
	b.budget--
	if height >= maxHeight || b.budget <= 0 || !b.t.More() {
		b.leaf(t)
		return
	}
	switch k := b.t.Byte(); {
	case k < 80:
		b.leaf(t)
	case k < 200 && len(b.g.byResult[t]) > 0:
		list := b.g.byResult[t]
		b.row(list[b.t.Intn(len(list))], height)
	default:
		b.producer(t, height)
	}
}

// leaf appends a constant or a variable.
func (b *body) leaf(t wasm.ValType) {
	switch k := b.t.Byte(); {
	case k == 0:
		b.code = appendZero(b.code, t)
	case k < 80 || k < 100 && t.IsRef():
		b.op(wasm.OpLocalGet, b.local(t))
	case k < 100:
		b.pattern(t, uint32(b.t.Byte())*2)
	case k < 120:
		if g, ok := b.global(t, false); ok {
			b.op(wasm.OpGlobalGet, g)
			return
		}
		b.op(wasm.OpLocalGet, b.local(t))
	default:
		b.code = b.g.appendConst(b.code, t)
	}
}

// local chooses a local of type t; every function has one of each type.
func (b *body) local(t wasm.ValType) uint64 {
	list := b.byType[t]
	return uint64(list[b.t.Intn(len(list))])
}

// global chooses a global of type t that statements may use.
func (b *body) global(t wasm.ValType, mutable bool) (uint64, bool) {
	var list []int
	for i := numFixedGlobals; i < len(b.g.globals); i++ {
		if typ := b.g.globals[i].Type; typ.Type == t && (typ.Mutable || !mutable) {
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		return 0, false
	}
	return uint64(list[b.t.Intn(len(list))]), true
}

// row appends an instruction of one result, and its operands, from its row in the opcode table.
func (b *body) row(o wasm.Op, height int) {
	info, sig := o.Info(), o.Operands()
	switch info.Class {
	case wasm.ClassLoad, wasm.ClassLoadLane:
		align, offset := b.address(info.Access, height)
		b.exprs(sig.Params[1:], height+1)
		b.access(o, align, offset)
		return
	case wasm.ClassVector:
		b.vector(o, height)
		return
	}
	b.exprs(sig.Params, height+1)
	if len(info.Traps) > 0 && !b.g.unguarded() {
		b.guard(o)
	}
	b.op(o)
	if !b.g.opts.RawNaN && o.OpenNaN() {
		b.canonicalise(sig.Results[0])
	}
}

// The canonical NaNs.
const (
	nan32 = 0x7fc00000
	nan64 = 0x7ff8000000000000
)

// canonicalise replaces a NaN on the stack by the canonical NaN.
func (b *body) canonicalise(t wasm.ValType) {
	nan, eq := uint64(nan32), wasm.OpF32Eq
	if t == wasm.F64 {
		nan, eq = nan64, wasm.OpF64Eq
	}
	s := b.scratch[t]
	b.op(wasm.OpLocalTee, s)
	b.op(constOps[t], nan)
	b.op(wasm.OpLocalGet, s)
	b.op(wasm.OpLocalGet, s)
	b.op(eq)
	b.op(wasm.OpSelect)
}
