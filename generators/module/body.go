package module

import (
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// body is a function whose code is being written. Between statements its operand stack is empty above the innermost
// block's floor.
type body struct {
	g       *generator
	t       *tape.Tape
	index   uint32 // in the function index space
	sig     wasm.FuncType
	code    []byte
	locals  []wasm.ValType          // parameters first
	byType  map[wasm.ValType][]int  // the locals that statements may read and write
	scratch map[wasm.ValType]uint64 // one local of each type but references, for guards: written and read at once
	ctrl    []block                 // open blocks, the function itself first
	budget  int                     // expression nodes left to this statement
	args    []byte                  // code that pushes the arguments of its entry point

	tail, tailIndirect bool // it ends with a tail call, if it can
}

// block is an open structured instruction.
type block struct {
	op      wasm.Op // OpBlock, OpLoop or OpIf; OpUnreachable for the function
	typ     wasm.FuncType
	hasElse bool
	counter uint64 // of a loop: the local that counts its iterations
	limit   uint64 // of a loop: iterations of its own back edge
}

// label returns the types that a branch to b carries.
func (b *block) label() []wasm.ValType {
	if b.op == wasm.OpLoop {
		return b.typ.Params
	}
	return b.typ.Results
}

// allTypes are the value types. The vector comes last, so that without SIMD nothing else moves.
var allTypes = []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.FuncRef, wasm.ExternRef, wasm.V128}

// newBody returns an empty function; the rest of the current frame gives its locals and the arguments of its entry point.
func newBody(g *generator, index uint32, sig wasm.FuncType) *body {
	b := &body{g: g, t: g.t, index: index, sig: sig, byType: map[wasm.ValType][]int{}, scratch: map[wasm.ValType]uint64{}}
	g.typeOf(sig)
	b.ctrl = []block{{op: wasm.OpUnreachable, typ: sig}}
	for _, t := range sig.Params {
		b.addLocal(t)
		b.args = g.appendConst(b.args, t)
	}
	for _, t := range allTypes {
		if t.IsVector() && !g.features.Has(wasm.SIMD) {
			continue
		}
		for range 1 + g.t.Intn(3) {
			b.addLocal(t)
		}
		if !t.IsRef() {
			b.scratch[t] = b.newLocal(t)
		}
	}
	if g.features.Has(wasm.TailCall) {
		b.tail, b.tailIndirect = g.t.Chance(100), g.t.Bool()
	}
	return b
}

// newLocal adds a local that statements do not choose by themselves.
func (b *body) newLocal(t wasm.ValType) uint64 {
	b.locals = append(b.locals, t)
	return uint64(len(b.locals) - 1)
}

func (b *body) addLocal(t wasm.ValType) {
	b.byType[t] = append(b.byType[t], int(b.newLocal(t)))
}

// op appends an instruction.
func (b *body) op(o wasm.Op, imm ...uint64) {
	in := wasm.Instr{Op: o}
	copy(in.Imm[:], imm)
	b.code = wasm.AppendInstr(b.code, &in)
}

// i32 appends i32.const.
func (b *body) i32(x uint32) { b.op(wasm.OpI32Const, uint64(x)) }

// prologue begins every function: too deep or out of fuel, and it returns at once.
func (b *body) prologue() {
	b.op(wasm.OpGlobalGet, globalDepth)
	b.i32(maxDepth)
	b.op(wasm.OpI32GtU)
	b.bailIf(false)
	b.tick()
	b.fillLocals()
}

// fillLocals gives the vectors among the locals, and one local of each type of numbers, values of the memory's beginning: most of what is
// computed from zeros is zero, whatever the instruction.
func (b *body) fillLocals() {
	for _, t := range allTypes {
		params := len(b.sig.Params)
		for _, l := range b.byType[t] {
			if t.IsRef() || l < params {
				continue
			}
			b.pattern(t, uint32(l)*40+b.index*24)
			b.op(wasm.OpLocalSet, uint64(l))
			if !t.IsVector() {
				break
			}
		}
	}
}

// pattern appends a load from the memory's beginning.
func (b *body) pattern(t wasm.ValType, at uint32) {
	b.i32(at % (patternBytes - 16))
	b.op(accessOps.load[t], 0, 0)
}

// tick takes one unit of fuel, and leaves the function if there is none.
func (b *body) tick() {
	b.op(wasm.OpGlobalGet, globalFuel)
	b.op(wasm.OpI32Eqz)
	b.bailIf(b.g.trapFuel)
	b.addGlobal(globalFuel, -1)
}

// bailIf takes a condition from the stack and, if it holds, leaves the function with default results, or traps.
func (b *body) bailIf(trap bool) {
	b.op(wasm.OpIf, emptyBlock)
	if trap {
		b.op(wasm.OpUnreachable)
	} else {
		for _, t := range b.sig.Results {
			b.code = appendZero(b.code, t)
		}
		b.op(wasm.OpReturn)
	}
	b.op(wasm.OpEnd)
}

// emptyBlock is wasm.EmptyBlock as an immediate.
const emptyBlock = 1<<64 - 64

// addGlobal adds a constant to an i32 global.
func (b *body) addGlobal(global uint64, delta int32) {
	b.op(wasm.OpGlobalGet, global)
	b.i32(uint32(delta))
	b.op(wasm.OpI32Add)
	b.op(wasm.OpGlobalSet, global)
}

// fold takes a value from the stack into a sink, so that nothing that is computed is invisible.
func (b *body) fold(t wasm.ValType) {
	if t.IsVector() {
		b.foldVector()
		return
	}
	sink, get := uint64(globalSink32), wasm.OpI32Rotl
	switch t {
	case wasm.F32:
		b.op(wasm.OpI32ReinterpretF32)
	case wasm.F64:
		b.op(wasm.OpI64ReinterpretF64)
	case wasm.FuncRef, wasm.ExternRef:
		b.op(wasm.OpRefIsNull)
	}
	if t == wasm.I64 || t == wasm.F64 {
		sink, get = globalSink64, wasm.OpI64Rotl
		b.op(wasm.OpGlobalGet, sink)
		b.op(wasm.OpI64Const, 5)
		b.op(get)
		b.op(wasm.OpI64Xor)
	} else {
		b.op(wasm.OpGlobalGet, sink)
		b.i32(5)
		b.op(get)
		b.op(wasm.OpI32Xor)
	}
	b.op(wasm.OpGlobalSet, sink)
}

// foldAll takes values of the given types from the stack.
func (b *body) foldAll(types []wasm.ValType) {
	for i := len(types) - 1; i >= 0; i-- {
		b.fold(types[i])
	}
}

// foldLocals folds what the locals hold at the end, all of a type together: half of what is computed ends there.
func (b *body) foldLocals() {
	for _, t := range allTypes {
		locals := b.byType[t]
		if t.IsRef() || len(locals) == 0 {
			continue
		}
		integer, xor := t, wasm.OpV128Xor
		switch t {
		case wasm.I32, wasm.F32:
			integer, xor = wasm.I32, wasm.OpI32Xor
		case wasm.I64, wasm.F64:
			integer, xor = wasm.I64, wasm.OpI64Xor
		}
		for i, l := range locals {
			b.op(wasm.OpLocalGet, uint64(l))
			switch t {
			case wasm.F32:
				b.op(wasm.OpI32ReinterpretF32)
			case wasm.F64:
				b.op(wasm.OpI64ReinterpretF64)
			}
			if i > 0 {
				b.op(xor)
			}
		}
		b.fold(integer)
	}
}

// finish closes what is open and ends the function.
func (b *body) finish() wasm.Func {
	b.budget = 0
	for len(b.ctrl) > 1 {
		b.closeBlock()
	}
	b.foldLocals()
	if !b.tailCallAtEnd() {
		b.exprs(b.sig.Results, 0)
	}
	b.op(wasm.OpEnd)
	return b.function()
}

// function returns the function as it stands.
func (b *body) function() wasm.Func {
	f := wasm.Func{Type: b.g.typeOf(b.sig), Body: wasm.Expr{Code: b.code}}
	for _, t := range b.locals[len(b.sig.Params):] {
		if n := len(f.Locals); n > 0 && f.Locals[n-1].Type == t {
			f.Locals[n-1].Count++
			continue
		}
		f.Locals = append(f.Locals, wasm.Locals{Count: 1, Type: t})
	}
	return f
}
