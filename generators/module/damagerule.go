package module

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// damageOneRule changes code at or behind instruction i so that no more than one rule is broken, and nothing else: a validator that misses
// the rule accepts what comes out.
func damageOneRule(m *wasm.Module, f *wasm.Func, code []wasm.Instr, i int, t *tape.Tape) []wasm.Instr {
	p := newFlaws(m, f, depthAt(code, i), t)
	switch t.Intn(11) {
	case 0:
		return withoutElse(code, i)
	case 1:
		v := p.anyType()
		p.push(v, v, wasm.I32)
		p.emit(wasm.OpSelect) // not for references
		p.drop(1)
	case 2:
		p.edgeBehind(code, i)
		return code
	case 3:
		p.undeclared()
	case 4, 5:
		p.block()
	case 6:
		p.push(p.anyType())
		p.unreachedBlock()
		p.drop(1)
	case 7:
		p.nestedLabels()
	default:
		p.instruction()
	}
	return slices.Insert(code, i, p.code...)
}

// depthAt returns how many blocks are open at instruction i.
func depthAt(code []wasm.Instr, i int) (depth int) {
	for k := range code[:i] {
		switch code[k].Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			depth++
		case wasm.OpEnd:
			depth--
		}
	}
	return depth
}

// withoutElse takes the first else from instruction i on out, with what is up to its end.
func withoutElse(code []wasm.Instr, i int) []wasm.Instr {
	for ; i < len(code); i++ {
		if code[i].Op != wasm.OpElse {
			continue
		}
		for k := i + 1; k < len(code); k++ {
			if code[k].Op == wasm.OpEnd && depthAt(code[i:], k-i) == 0 {
				return slices.Delete(code, i, k)
			}
		}
	}
	return code
}

// edgeBehind moves an immediate of the first instruction from i on that has one with an edge to that.
func (p *flaws) edgeBehind(code []wasm.Instr, i int) {
	for ; i < len(code); i++ {
		switch in := &code[i]; in.Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf:
			p.depth++
		case wasm.OpEnd:
			p.depth--
		default:
			kinds := in.Op.Info().Imms
			if len(kinds) == 0 || in.Op.Info().Class == wasm.ClassConst {
				continue
			}
			n := p.t.Intn(len(kinds))
			p.immediate(in, kinds[n], min(n, 1))
			return
		}
	}
}

// unreachedBlock makes a block that takes nothing and in which nothing is reached, from its first instruction on.
func (p *flaws) unreachedBlock() {
	kind, v := p.blockType()
	if len(v.Params) > 0 {
		return
	}
	p.emit(wasm.OpBlock, kind)
	p.depth++
	p.stop(v.Results)
	p.unreached()
	p.depth--
	p.emit(wasm.OpEnd)
	p.drop(len(v.Results))
}

// undeclared makes a reference to a function that is new, and that nothing outside of code names, but for one thing by chance.
func (p *flaws) undeclared() {
	x := uint32(len(p.spaces.Funcs))
	p.m.Funcs = append(slices.Clone(p.m.Funcs), *p.f)
	in := wasm.NewInstr(wasm.OpRefFunc, uint64(x))
	switch p.t.Intn(7) {
	case 0:
		p.m.Exports = append(slices.Clone(p.m.Exports), wasm.Export{Name: "declared", Kind: wasm.ExternFunc, Index: x})
	case 1:
		p.m.Elems = append(slices.Clone(p.m.Elems), wasm.ElemSegment{Mode: wasm.Declarative, Type: wasm.FuncRef, Funcs: []uint32{x}})
	case 2:
		e := wasm.Expr{Code: wasm.AppendInstr(wasm.AppendInstr(nil, &in), &wasm.Instr{Op: wasm.OpEnd})}
		p.m.Elems = append(slices.Clone(p.m.Elems), wasm.ElemSegment{Mode: wasm.Passive, Type: wasm.FuncRef, UseExprs: true, Exprs: []wasm.Expr{e}})
	case 3:
		if v := p.funcType(uint64(p.f.Type)); len(v.Params)+len(v.Results) == 0 {
			p.m.Start = &x // that does not count
		}
	}
	p.code = append(p.code, in)
	p.drop(1)
}

// damageConstant replaces a constant expression, by one of a few that are valid at the most.
func damageConstant(m *wasm.Module, e *wasm.Expr, t *tape.Tape) {
	p := newFlaws(m, &wasm.Func{}, 0, t)
	switch t.Intn(5) {
	case 0:
		p.emit(wasm.OpGlobalGet, p.edge(len(p.spaces.Globals)))
	case 1:
		p.emit(wasm.OpRefFunc, p.edge(len(p.spaces.Funcs)))
	case 2:
		p.push(p.anyType())
	case 3:
		op := wasm.Op(t.Uint16()) % wasm.NumOps
		if t.Bool() || op.Info().Class == wasm.ClassCustom {
			op = tape.Pick(t, []wasm.Op{wasm.OpI32Add, wasm.OpI32And, wasm.OpI32Mul, wasm.OpI32Sub, wasm.OpI64Add, wasm.OpI64Or, wasm.OpI32DivU, wasm.OpI32Eqz})
		}
		in := p.immediates(op)
		p.push(in.Op.Operands().Params...)
		p.code = append(p.code, in)
	default:
		p.instruction()
		p.push(wasm.I32)
	}
	encodeDamaged(e, append(p.code, wasm.Instr{Op: wasm.OpEnd}), t)
}
