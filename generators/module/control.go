package module

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// maxBlocks bounds the nesting of the blocks that statements open.
const maxBlocks = 8

// blockType reads the type of a block: nothing, one result, or one of the module's function types.
func (b *body) blockType() (wasm.FuncType, uint64) {
	switch k := b.t.Byte(); {
	case k < 100:
		return wasm.FuncType{}, emptyBlock
	case k < 150:
		t := b.anyType()
		return wasm.FuncType{Results: []wasm.ValType{t}}, uint64(wasm.ResultBlock(t))
	}
	i := b.t.Intn(len(b.g.types))
	return b.g.types[i], uint64(i)
}

// openBlock begins a block, loop or if. Its parameters are folded at once; later statements go inside.
func (b *body) openBlock(o wasm.Op) {
	if len(b.ctrl) > maxBlocks {
		b.closeBlock()
		return
	}
	typ, imm := b.blockType()
	blk := block{op: o, typ: typ}
	if o == wasm.OpLoop {
		blk.counter, blk.limit = b.newLocal(wasm.I32), uint64(1+b.t.Intn(6))
		b.i32(0)
		b.op(wasm.OpLocalSet, blk.counter)
	}
	b.exprs(typ.Params, 2)
	if o == wasm.OpIf {
		b.condition(false)
	}
	b.op(o, imm)
	b.ctrl = append(b.ctrl, blk)
	if o == wasm.OpLoop {
		b.tick()
	}
	b.foldAll(typ.Params)
}

// elseOrEnd begins the other branch of an if, or ends the innermost block.
func (b *body) elseOrEnd() {
	top := &b.ctrl[len(b.ctrl)-1]
	switch {
	case len(b.ctrl) == 1:
		b.foldStatement()
	case top.op == wasm.OpIf && !top.hasElse && b.t.Bool():
		b.beginElse()
	default:
		b.closeBlock()
	}
}

func (b *body) beginElse() {
	top := &b.ctrl[len(b.ctrl)-1]
	top.hasElse = true
	b.exprs(top.typ.Results, 2)
	b.op(wasm.OpElse)
	b.foldAll(top.typ.Params)
}

// closeBlock ends the innermost block and folds its results. A loop gets its back edge here.
func (b *body) closeBlock() {
	top := &b.ctrl[len(b.ctrl)-1]
	results := top.typ.Results
	switch top.op {
	case wasm.OpLoop:
		b.exprs(top.typ.Params, 2)
		b.op(wasm.OpLocalGet, top.counter)
		b.i32(1)
		b.op(wasm.OpI32Add)
		b.op(wasm.OpLocalTee, top.counter)
		b.i32(uint32(top.limit))
		b.op(wasm.OpI32LtU)
		b.op(wasm.OpBrIf, 0)
		b.foldAll(top.typ.Params)
	case wasm.OpIf:
		if !top.hasElse && len(top.typ.Params)+len(results) > 0 {
			b.beginElse()
		}
	}
	b.exprs(results, 2)
	b.op(wasm.OpEnd)
	b.ctrl = b.ctrl[:len(b.ctrl)-1]
	b.foldAll(results)
}

// label chooses an open block and returns its label index and what a branch to it carries.
func (b *body) label() (uint64, []wasm.ValType) {
	d := b.t.Intn(len(b.ctrl))
	return uint64(d), b.ctrl[len(b.ctrl)-1-d].label()
}

// condition appends a condition. One that leaves the function or goes round a loop once more is rarely true, because
// otherwise little of what follows would ever be executed; of the others half are taken every other time.
func (b *body) condition(rare bool) {
	b.expr(wasm.I32, 1)
	switch {
	case rare:
		// Neither zero, which is what frames end in, nor one of the frequent constants makes it true.
		b.i32(15)
		b.op(wasm.OpI32And)
		b.i32(6)
		b.op(wasm.OpI32Eq)
	case b.t.Bool():
		b.i32(1)
		b.op(wasm.OpI32And)
	}
}

// leaves reports whether a branch to label d leaves the function or goes round a loop.
func (b *body) leaves(d uint64) bool {
	at := len(b.ctrl) - 1 - int(d)
	return at == 0 || b.ctrl[at].op == wasm.OpLoop
}

// branch appends a br: under a condition, or bare at the end of a block, so that the rest of the block is dead code.
func (b *body) branch() {
	if top := &b.ctrl[len(b.ctrl)-1]; len(b.ctrl) > 1 && top.op != wasm.OpLoop && b.t.Chance(40) {
		b.exprs(top.label(), 2)
		b.op(wasm.OpBr, 0)
		return
	}
	d, types := b.label()
	b.condition(b.leaves(d))
	b.op(wasm.OpIf, emptyBlock)
	b.exprs(types, 2)
	b.op(wasm.OpBr, d+1)
	b.op(wasm.OpEnd)
}

func (b *body) branchIf() {
	d, types := b.label()
	b.exprs(types, 2)
	b.condition(b.leaves(d))
	b.op(wasm.OpBrIf, d)
	b.foldAll(types)
}

// branchTable appends a br_table inside an if, over labels that carry the same types.
func (b *body) branchTable() {
	d, types := b.label()
	var same []uint32
	if len(types) == 0 {
		same = append(same, 0)
	}
	for i := range b.ctrl {
		if slices.Equal(b.ctrl[len(b.ctrl)-1-i].label(), types) {
			same = append(same, uint32(i+1))
		}
	}
	in := wasm.Instr{Op: wasm.OpBrTable}
	for range 1 + b.t.Intn(6) {
		in.Labels = append(in.Labels, same[b.t.Intn(len(same))])
	}
	b.condition(b.leaves(d) && len(types) > 0)
	b.op(wasm.OpIf, emptyBlock)
	b.exprs(types, 2)
	if b.t.Chance(200) {
		b.within(7, 1)
	} else {
		b.expr(wasm.I32, 1)
	}
	b.code = wasm.AppendInstr(b.code, &in)
	b.op(wasm.OpEnd)
}

func (b *body) returnIf() {
	b.condition(true)
	b.op(wasm.OpIf, emptyBlock)
	b.exprs(b.sig.Results, 2)
	b.op(wasm.OpReturn)
	b.op(wasm.OpEnd)
}

// unreachableIf appends an unreachable that is never reached unless traps are wanted.
func (b *body) unreachableIf() {
	if b.g.traps {
		b.condition(true)
	} else {
		b.i32(0)
	}
	b.op(wasm.OpIf, emptyBlock)
	b.op(wasm.OpUnreachable)
	b.op(wasm.OpEnd)
}
