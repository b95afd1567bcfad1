package module

import (
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// block makes a block of any kind with what it takes and returns, without that behind it.
func (p *flaws) block() {
	kind, v := p.blockType()
	op := tape.Pick(p.t, []wasm.Op{wasm.OpBlock, wasm.OpLoop, wasm.OpIf, wasm.OpIf})
	p.push(v.Params...)
	if op == wasm.OpIf {
		p.push(wasm.I32)
	}
	p.emit(op, kind)
	label := v.Results
	if op == wasm.OpLoop {
		label = v.Params
	}
	p.depth++
	p.arm(v, label)
	if op == wasm.OpIf && !p.t.Chance(100) {
		p.emit(wasm.OpElse)
		p.arm(v, label)
	}
	p.depth--
	p.emit(wasm.OpEnd)
	p.drop(len(v.Results))
}

// blockType returns a type for a block and what it stands for: one of the module, a result or nothing.
func (p *flaws) blockType() (uint64, wasm.FuncType) {
	switch n := len(p.m.Types); p.t.Intn(4) {
	case 0:
		empty := wasm.EmptyBlock
		return uint64(empty), wasm.FuncType{}
	case 1:
		x := p.edge(n)
		return x, p.funcType(x)
	case 2:
		if n > 0 {
			x := uint64(p.t.Intn(n))
			return x, p.m.Types[x]
		}
	}
	of := p.anyType()
	return uint64(wasm.ResultBlock(of)), wasm.FuncType{Results: []wasm.ValType{of}}
}

// arm makes what is inside a block with a type and a label: it returns, branches, or goes on behind a place that is not reached.
func (p *flaws) arm(v wasm.FuncType, label []wasm.ValType) {
	if !p.t.Chance(20) { // with parameters that are as the results, that is right too
		p.drop(len(v.Params))
	}
	switch p.t.Intn(5) {
	case 0:
		p.push(label...)
		p.push(wasm.I32)
		p.emit(wasm.OpBrIf, 0)
		p.drop(len(label))
		p.push(v.Results...)
	case 1:
		p.stop(label)
		p.unreached()
		if p.t.Bool() {
			p.push(v.Results...)
		}
	case 2:
		p.stop(label)
		if p.t.Bool() && len(v.Results) > 0 {
			p.push(v.Results[p.t.Intn(len(v.Results)):]...)
		}
	default:
		p.push(v.Results...)
	}
}

// stop makes an instruction behind which nothing is reached.
func (p *flaws) stop(label []wasm.ValType) {
	own := p.funcType(uint64(p.f.Type)).Results
	switch p.t.Intn(6) {
	case 0:
		p.emit(wasm.OpUnreachable)
	case 1:
		p.push(own...)
		p.emit(wasm.OpReturn)
	case 2:
		p.push(label...)
		p.emit(wasm.OpBr, 0)
	case 3:
		p.push(own...)
		p.emit(wasm.OpBr, p.edge(p.depth+1))
	case 4:
		p.push(label...)
		p.push(wasm.I32)
		p.code = append(p.code, p.branches())
	default:
		in := p.immediates(tape.Pick(p.t, []wasm.Op{wasm.OpReturnCall, wasm.OpReturnCallIndirect}))
		call := in
		call.Op -= wasm.OpReturnCall - wasm.OpCall // the same without the return, whose type is told
		p.push(p.typeOf(&call).Params...)
		p.code = append(p.code, in)
	}
}

// branches returns a br_table: to the innermost label, the one around it, or labels at the edge.
func (p *flaws) branches() wasm.Instr {
	in := wasm.Instr{Op: wasm.OpBrTable}
	for range 1 + p.t.Intn(3) {
		label := uint64(0)
		if p.t.Chance(100) {
			label = p.edge(p.depth + 1)
		}
		in.Labels = append(in.Labels, uint32(label))
	}
	return in
}

// nestedLabels makes a branch out of two blocks, whose labels take the same or not.
func (p *flaws) nestedLabels() {
	outer, a := p.blockType()
	inner, b := p.blockType()
	if len(a.Params)+len(b.Params) > 0 {
		return
	}
	p.emit(wasm.OpBlock, outer)
	p.emit(wasm.OpBlock, inner)
	p.depth += 2
	p.push(b.Results...)
	p.push(wasm.I32)
	if p.t.Chance(64) {
		p.emit(wasm.OpBrIf, uint64(p.t.Intn(2)))
	} else {
		in := wasm.Instr{Op: wasm.OpBrTable}
		for range 1 + p.t.Intn(4) {
			in.Labels = append(in.Labels, uint32(p.t.Intn(2)))
		}
		p.code = append(p.code, in)
	}
	p.depth -= 2
	p.emit(wasm.OpEnd)
	p.drop(len(b.Results))
	p.push(a.Results...)
	p.emit(wasm.OpEnd)
	p.drop(len(a.Results))
}

// unreached makes a few instructions that find whatever operands they want, but for those that others of them have made. A value is left
// by chance.
func (p *flaws) unreached() {
	for range 1 + p.t.Intn(4) {
		switch p.t.Intn(6) {
		case 0:
			p.constant(p.anyType())
		case 1:
			p.emit(wasm.OpDrop)
		case 2:
			p.code = append(p.code, p.immediates(tape.Pick(p.t, []wasm.Op{wasm.OpSelect, wasm.OpSelectT, wasm.OpRefIsNull, wasm.OpBrIf, wasm.OpLocalTee})))
			if p.t.Bool() {
				p.emit(wasm.OpDrop)
			}
		case 3:
			p.code = append(p.code, p.branches())
		default:
			in := p.immediates(wasm.Op(p.t.Uint16()) % wasm.NumOps)
			if control[in.Op] {
				in = p.immediates(wasm.OpI32Add)
			}
			results := len(p.typeOf(&in).Results)
			p.code = append(p.code, in)
			if !p.t.Chance(80) {
				p.drop(results)
			}
		}
	}
}
