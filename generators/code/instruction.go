package code

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// list is for short lists of types.
func list(ts ...wasm.ValType) []wasm.ValType { return ts }

// instruction appends an instruction with immediates that are in their spaces, and what it needs.
func (b *body) instruction(in *wasm.Instr) {
	if in.Op.Info().Class != wasm.ClassCustom {
		sig := in.Op.Operands()
		b.apply(in, sig.Params, sig.Results...)
		return
	}
	x := in.Imm[0]
	switch in.Op {
	case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
		b.open(in)
	case wasm.OpElse:
		if b.top().op == wasm.OpIf {
			b.finish()
			b.emit(in)
			b.top().op = wasm.OpElse
		}
	case wasm.OpEnd:
		if len(b.blocks) > 1 {
			b.end()
		}
	case wasm.OpBr:
		b.apply(in, b.label(x))
	case wasm.OpBrIf:
		types := b.label(x)
		b.apply(in, append(slices.Clone(types), wasm.I32), types...)
	case wasm.OpBrTable:
		b.brTable(in)
	case wasm.OpReturn:
		b.apply(in, result)
	case wasm.OpCall:
		b.apply(in, params, result...)
	case wasm.OpCallIndirect:
		b.apply(in, append(slices.Clone(params), wasm.I32), result...)
	case wasm.OpReturnCall:
		b.apply(in, params)
	case wasm.OpReturnCallIndirect:
		b.apply(in, append(slices.Clone(params), wasm.I32))
	case wasm.OpDrop:
		if len(b.stack) > b.top().height {
			b.apply(in, b.stack[len(b.stack)-1:])
		}
	case wasm.OpSelect, wasm.OpSelectT:
		b.choose(in)
	case wasm.OpLocalGet:
		b.apply(in, nil, locals[x])
	case wasm.OpLocalSet:
		b.apply(in, list(locals[x]))
	case wasm.OpLocalTee:
		b.apply(in, list(locals[x]), locals[x])
	case wasm.OpGlobalGet:
		b.apply(in, nil, globals[x])
	case wasm.OpGlobalSet:
		b.apply(in, list(globals[x]))
	case wasm.OpMemorySize, wasm.OpTableSize:
		b.apply(in, nil, wasm.I32)
	case wasm.OpMemoryGrow:
		b.apply(in, list(wasm.I32), wasm.I32)
	case wasm.OpTableGet:
		b.apply(in, list(wasm.I32), wasm.FuncRef)
	case wasm.OpTableSet:
		b.apply(in, list(wasm.I32, wasm.FuncRef))
	case wasm.OpTableGrow:
		b.apply(in, list(wasm.FuncRef, wasm.I32), wasm.I32)
	case wasm.OpTableFill:
		b.apply(in, list(wasm.I32, wasm.FuncRef, wasm.I32))
	case wasm.OpRefNull:
		b.apply(in, nil, wasm.ValType(x))
	case wasm.OpRefIsNull:
		b.apply(in, list(wasm.FuncRef), wasm.I32)
	case wasm.OpRefFunc:
		in.Imm[0] = 0 // the one that an element segment declares
		b.apply(in, nil, wasm.FuncRef)
	default: // nop and unreachable
		b.apply(in, nil)
	}
}

// open begins a block. A block may return a value; a loop and an if do not.
func (b *body) open(in *wasm.Instr) {
	if len(b.blocks) == maxDepth {
		return
	}
	var results []wasm.ValType
	if t, ok := in.Block().Result(); ok && in.Op == wasm.OpBlock && slices.Contains(globals, t) {
		results = list(t)
	} else {
		empty := wasm.EmptyBlock
		in.Imm[0] = uint64(empty)
	}
	if in.Op == wasm.OpIf {
		b.need(list(wasm.I32))
	}
	b.emit(in)
	b.blocks = append(b.blocks, block{op: in.Op, results: results, height: len(b.stack)})
}

// label returns what a branch to a label takes.
func (b *body) label(x uint64) []wasm.ValType {
	target := b.blocks[len(b.blocks)-1-int(x)]
	if target.op == wasm.OpLoop {
		return nil
	}
	return target.results
}

// brTable appends a br_table. Labels that take something else than the default's become the default.
func (b *body) brTable(in *wasm.Instr) {
	last := len(in.Labels) - 1
	if last > maxDepth {
		return
	}
	for i := last; i >= 0; i-- {
		in.Labels[i] %= uint32(len(b.blocks))
		if !slices.Equal(b.label(uint64(in.Labels[i])), b.label(uint64(in.Labels[last]))) {
			in.Labels[i] = in.Labels[last]
		}
	}
	b.apply(in, append(slices.Clone(b.label(uint64(in.Labels[last]))), wasm.I32))
}

// choose appends a select of two values of a type: of the one below the condition, if it is on the stack.
func (b *body) choose(in *wasm.Instr) {
	t := wasm.I64
	if n := len(b.stack) - 2; n >= b.top().height {
		t = b.stack[n]
	}
	if in.Op == wasm.OpSelectT {
		in.Types = list(t)
	} else if t.IsRef() {
		t = wasm.F64
	}
	b.apply(in, list(t, t, wasm.I32), t)
}
