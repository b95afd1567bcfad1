package code

import (
	"math/bits"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// maxDepth bounds the open blocks, because each needs an end that the bytes may not have.
const maxDepth = 12

// body is a function under construction, with the two stacks of validation.
type body struct {
	index  int // of the function
	code   []byte
	stack  []wasm.ValType
	blocks []block
}

// block is an open block. What it returns is what a branch to it takes, but for a loop, which takes nothing.
type block struct {
	op      wasm.Op
	results []wasm.ValType
	height  int // of the stack below it
}

// read appends the instructions that data is made of, up to the end of a function, and the ends that are missing. It returns the rest.
func (b *body) read(data []byte) []byte {
	var in wasm.Instr
	for len(data) > 0 {
		first, r := data[0], wasm.NewReader(wasm.Expr{Code: data})
		if r.Next(&in) != nil {
			if data = data[1:]; first == Separator {
				break
			}
			continue
		}
		data = data[r.Pos():]
		b.mend(&in)
		b.instruction(&in)
	}
	for len(b.blocks) > 0 {
		b.end()
	}
	return data
}

func (b *body) emit(in *wasm.Instr) { b.code = wasm.AppendInstr(b.code, in) }

func (b *body) top() *block { return &b.blocks[len(b.blocks)-1] }

// mend brings the immediates of an instruction into their spaces.
func (b *body) mend(in *wasm.Instr) {
	n := 0
	for _, kind := range in.Op.Info().Imms {
		x, width := &in.Imm[min(n, 1)], 1 // an index of a lane comes behind two elements
		switch kind {
		case wasm.ImmLabel:
			*x %= uint64(len(b.blocks))
		case wasm.ImmFunc:
			*x %= uint64(b.index + 1)
		case wasm.ImmType:
			*x = 0
		case wasm.ImmTable:
			*x %= tables
		case wasm.ImmLocal:
			*x %= uint64(len(locals))
		case wasm.ImmGlobal:
			*x %= uint64(len(globals))
		case wasm.ImmData, wasm.ImmElem:
			*x %= segments
		case wasm.ImmMemarg:
			*x %= uint64(bits.Len8(in.Op.Info().Access))
			width = 2
		case wasm.ImmLane:
			in.Lane %= uint8(in.Op.Info().Lanes.Count())
			width = 0
		case wasm.ImmLanes:
			in.Imm[0] &= 0x1f1f1f1f1f1f1f1f
			in.Imm[1] &= 0x1f1f1f1f1f1f1f1f
			width = 0
		case wasm.ImmLabels, wasm.ImmTypes, wasm.ImmV128:
			width = 0
		}
		n += width
	}
}

// need sees to it that operands of the given types are on top of the stack, and takes them.
func (b *body) need(types []wasm.ValType) {
	if have := len(b.stack) - len(types); have >= b.top().height && slices.Equal(b.stack[have:], types) {
		b.stack = b.stack[:have]
		return
	}
	for _, t := range types {
		first := slices.Index(locals, t)
		if last := len(params) + slices.Index(globals, t); len(b.code)%2 == 0 { // the parameter or the other local of the type
			first = last
		}
		in := wasm.NewInstr(wasm.OpLocalGet, uint64(first))
		b.emit(&in)
	}
}

// apply takes operands, appends the instruction and pushes its results.
func (b *body) apply(in *wasm.Instr, operands []wasm.ValType, results ...wasm.ValType) {
	b.need(operands)
	b.emit(in)
	b.stack = append(b.stack, results...)
}

// fold tells how an operand of a type is folded into the global of a type, so that no value is lost.
var fold = map[wasm.ValType]struct {
	ops  []wasm.Op // before the global's value is added
	into wasm.ValType
	op   wasm.Op
}{
	wasm.I32:  {into: wasm.I32, op: wasm.OpI32Xor},
	wasm.I64:  {into: wasm.I64, op: wasm.OpI64Xor},
	wasm.F32:  {ops: []wasm.Op{wasm.OpI32ReinterpretF32}, into: wasm.I32, op: wasm.OpI32Xor},
	wasm.F64:  {ops: []wasm.Op{wasm.OpI64ReinterpretF64}, into: wasm.I64, op: wasm.OpI64Xor},
	wasm.V128: {into: wasm.V128, op: wasm.OpV128Xor},
}

// keep takes what a block has too much on its stack. Numbers and vectors are folded into globals; references replace them.
func (b *body) keep() {
	for len(b.stack) > b.top().height {
		t := b.stack[len(b.stack)-1]
		b.stack = b.stack[:len(b.stack)-1]
		if f, ok := fold[t]; ok {
			t = f.into
			for _, op := range f.ops {
				b.emit(&wasm.Instr{Op: op})
			}
			b.emit(&wasm.Instr{Op: wasm.OpGlobalGet, Imm: [2]uint64{uint64(slices.Index(globals, t))}})
			b.emit(&wasm.Instr{Op: f.op})
		}
		b.emit(&wasm.Instr{Op: wasm.OpGlobalSet, Imm: [2]uint64{uint64(slices.Index(globals, t))}})
	}
}

// finish leaves exactly the results of the innermost block on its stack.
func (b *body) finish() {
	results := b.top().results
	if !slices.Equal(b.stack[b.top().height:], results) {
		b.keep()
		b.need(results)
	}
	b.stack = b.stack[:b.top().height]
}

// end ends the innermost block.
func (b *body) end() {
	b.finish()
	b.emit(&wasm.Instr{Op: wasm.OpEnd})
	b.stack = append(b.stack, b.top().results...)
	b.blocks = b.blocks[:len(b.blocks)-1]
}
