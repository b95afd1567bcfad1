package module

import (
	"math/bits"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// flaws makes instructions that leave the stack as it is and could stand anywhere in a function, if it were not for what is wrong with them
// in one place at most: an operand or an immediate. So there is one reason to refuse them, and every instruction comes with each.
type flaws struct {
	t     *tape.Tape
	m     *wasm.Module
	f     *wasm.Func // that the instructions are for
	depth int        // open blocks, the function's body aside

	spaces wasm.Spaces
	code   []wasm.Instr
	good   int // operands that are as they must be before the next one that is not
}

func newFlaws(m *wasm.Module, f *wasm.Func, depth int, t *tape.Tape) *flaws {
	return &flaws{t: t, m: m, f: f, depth: depth, spaces: m.Spaces(), good: t.Intn(6)}
}

func (p *flaws) emit(op wasm.Op, imms ...uint64) { p.code = append(p.code, wasm.NewInstr(op, imms...)) }

// push makes operands; the one whose turn it is has another type, is missing or comes twice.
func (p *flaws) push(types ...wasm.ValType) {
	for _, v := range types {
		if p.good--; p.good == 0 {
			switch p.t.Intn(3) {
			case 0:
				v = tape.Pick(p.t, damagedTypes)
			case 1:
				continue
			default:
				p.constant(v)
			}
		}
		p.constant(v)
	}
}

func (p *flaws) constant(v wasm.ValType) {
	switch v {
	case wasm.I32:
		p.emit(wasm.OpI32Const, 1)
	case wasm.I64:
		p.emit(wasm.OpI64Const, 1)
	case wasm.F32:
		p.emit(wasm.OpF32Const, 0)
	case wasm.F64:
		p.emit(wasm.OpF64Const, 0)
	case wasm.V128:
		p.emit(wasm.OpV128Const, 0, 0)
	default:
		p.emit(wasm.OpRefNull, uint64(v))
	}
}

func (p *flaws) drop(n int) {
	for range n {
		p.emit(wasm.OpDrop)
	}
}

// edge returns an index at the end of a space of n: the first that is not in it, the last that is, or any.
func edge(t *tape.Tape, n int) uint32 {
	switch t.Intn(4) {
	case 0:
		return uint32(n)
	case 1:
		return uint32(n - 1)
	}
	return uint32(t.Intn(max(n, 1)))
}

func (p *flaws) edge(n int) uint64 { return uint64(edge(p.t, n)) }

// size returns how many things an index of a kind can name.
func (p *flaws) size(kind wasm.Imm) int {
	switch kind {
	case wasm.ImmLabel, wasm.ImmLabels:
		return p.depth + 1
	case wasm.ImmLocal:
		return len(p.locals())
	}
	return edit.Size(p.m, kind)
}

// locals returns the types of parameters and locals, as many as are of interest.
func (p *flaws) locals() (types []wasm.ValType) {
	if int(p.f.Type) < len(p.m.Types) {
		types = append(types, p.m.Types[p.f.Type].Params...)
	}
	for _, l := range p.f.Locals {
		for range min(l.Count, 200) {
			types = append(types, l.Type)
		}
	}
	return types
}

// immediate sets an immediate that is at index n of in.Imm to the edge of what is valid.
func (p *flaws) immediate(in *wasm.Instr, kind wasm.Imm, n int) {
	switch kind {
	case wasm.ImmBlock:
		in.Imm[n] = blockType(p.t)
	case wasm.ImmLabels:
		in.Labels = []uint32{uint32(p.edge(p.size(kind))), uint32(p.edge(p.size(kind)))}
	case wasm.ImmLane:
		in.Lane = uint8(p.edge(in.Op.Info().Lanes.Count()))
	case wasm.ImmLanes:
		in.Imm = [2]uint64{p.edge(32) << (8 * p.t.Intn(8)), 0}
	case wasm.ImmMemarg:
		in.Imm[0], in.Imm[1] = p.edge(bits.Len8(in.Op.Info().Access)), 0
	case wasm.ImmTypes:
		in.Types = []wasm.ValType{tape.Pick(p.t, damagedTypes)}
		if p.t.Intn(8) == 0 {
			in.Types = append(in.Types, tape.Pick(p.t, damagedTypes))
		}
	case wasm.ImmRefType:
		in.Imm[n] = uint64(tape.Pick(p.t, []wasm.ValType{wasm.FuncRef, wasm.ExternRef}))
	case wasm.ImmMemory, wasm.ImmI32, wasm.ImmI64, wasm.ImmF32, wasm.ImmF64, wasm.ImmV128:
	default:
		in.Imm[n] = p.edge(p.size(kind))
	}
	if count := uint32(len(p.m.Datas)); kind == wasm.ImmData && p.m.DataCount == nil && !p.t.Chance(64) {
		p.m.DataCount = &count
	}
}

// immediates gives an instruction immediates, all at the edge of what is valid or within.
func (p *flaws) immediates(op wasm.Op) wasm.Instr {
	in, n := wasm.Instr{Op: op}, 0
	for _, kind := range op.Info().Imms {
		p.immediate(&in, kind, n)
		if kind != wasm.ImmLane {
			n = min(n+1, 1)
		}
	}
	return in
}

// instruction makes an instruction of any kind, with operands and without its results.
func (p *flaws) instruction() {
	op := wasm.Op(p.t.Uint16()) % wasm.NumOps
	if op.Info().Class == wasm.ClassCustom {
		if control[op] {
			p.block()
			return
		}
	} else if p.t.Bool() { // the others are few
		op = tape.Pick(p.t, customOps)
	}
	in := p.immediates(op)
	v := p.typeOf(&in)
	p.push(v.Params...)
	p.code = append(p.code, in)
	p.drop(len(v.Results))
}

// control are the instructions that blocks are made of or that end one.
var control = map[wasm.Op]bool{
	wasm.OpUnreachable: true, wasm.OpBlock: true, wasm.OpLoop: true, wasm.OpIf: true, wasm.OpElse: true, wasm.OpEnd: true,
	wasm.OpBr: true, wasm.OpBrIf: true, wasm.OpBrTable: true, wasm.OpReturn: true, wasm.OpReturnCall: true, wasm.OpReturnCallIndirect: true,
}

// customOps are those with rules of their own for their operands.
var customOps = func() (list []wasm.Op) {
	for op, info := range wasm.Ops() {
		if info.Class == wasm.ClassCustom && !control[op] {
			list = append(list, op)
		}
	}
	return list
}()
