package module

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// The bounds of what compilers handle by recursion.
const (
	maxChain = 40 // instructions in a row, each of which takes the result of the one before
	maxNest  = 30 // blocks in each other
)

// chain appends a long expression: a value goes through one instruction after the other, and what these take besides is
// loaded or constant. It is the form in which pairs of instructions are combined into one.
func (b *body) chain() {
	t := b.numeric()
	b.constant(t, b.g.classValue(t))
	for range 2 + int(b.t.Byte())%maxChain {
		list := b.g.takers(t)
		if len(list) == 0 || !b.t.More() {
			break
		}
		o := list[b.t.Intn(len(list))]
		t = b.link(o)
	}
	b.consume(t)
}

// numeric reads a type that is no reference.
func (b *body) numeric() wasm.ValType {
	if t := b.anyType(); !t.IsRef() {
		return t
	}
	return wasm.I32
}

// takers are the enabled instructions that chains continue a value of type t with: it is their first operand.
func (g *generator) takers(t wasm.ValType) []wasm.Op {
	if g.byOperand == nil {
		g.byOperand = map[wasm.ValType][]wasm.Op{}
		for _, list := range allTypes {
			for _, o := range g.byResult[list] {
				if c := o.Info().Class; c.IsNumeric() || c == wasm.ClassVector {
					first := o.Operands().Params[0]
					g.byOperand[first] = append(g.byOperand[first], o)
				}
			}
		}
	}
	return g.byOperand[t]
}

// link appends an instruction whose first operand is there, and returns the type of its result. Its other operands are loaded from
// the memory's beginning, where there are patterns, from its end, or are constants.
func (b *body) link(o wasm.Op) wasm.ValType {
	sig := o.Operands()
	for _, t := range sig.Params[1:] {
		if b.t.Bool() {
			b.constant(t, b.g.classValue(t))
			continue
		}
		at := b.g.place(sizeOf(t), false)
		b.pushAddress(at)
		b.op(accessOps.load[t], at.align, at.offset)
	}
	if o.Info().Class == wasm.ClassVector {
		b.vectorOp(o)
		return sig.Results[0]
	}
	if len(o.Info().Traps) > 0 {
		b.guard(o)
	}
	b.op(o)
	if !b.g.opts.RawNaN && o.OpenNaN() {
		b.canonicalise(sig.Results[0])
	}
	return sig.Results[0]
}

// nest appends blocks deep in each other, a value through all of them, and branches out of the innermost.
func (b *body) nest() {
	t := b.numeric()
	depth := 1 + int(b.t.Byte())%maxNest
	for range depth {
		b.op(wasm.OpBlock, uint64(wasm.ResultBlock(t)))
	}
	b.constant(t, b.g.classValue(t))
	in := wasm.Instr{Op: wasm.OpBrTable}
	for range 1 + b.t.Byte()%8 {
		in.Labels = append(in.Labels, uint32(b.t.Intn(depth)))
	}
	v := b.g.classValue(wasm.I32)
	b.i32(uint32(v.low))
	if b.g.enabled(wasm.OpBrIf) {
		b.op(wasm.OpBrIf, uint64(b.t.Intn(depth)))
		b.expr(wasm.I32, 3)
	}
	b.code = wasm.AppendInstr(b.code, &in)
	for range depth {
		b.op(wasm.OpEnd)
	}
	b.consume(t)
}
