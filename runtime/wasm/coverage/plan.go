package coverage

import (
	"iter"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// plan says how an instruction is counted.
type plan struct {
	base     int           // its first cell
	operands []operand     // of an instruction with operands of fixed types
	top      []alternative // of others: what the topmost operand can be, if it is counted
	width    uint64        // of a memory access, in bytes
}

// alternative is a type that an operand can have.
type alternative struct {
	t    wasm.ValType
	kind *kind
}

// operand is an operand of a fixed type.
type operand struct {
	kind *kind
	slot int
	wide bool // two slots
}

var anyType = []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128, wasm.FuncRef, wasm.ExternRef}

// tops gives the types that the topmost operand can have of instructions that the opcode table does not type. A test checks it
// against the official scripts. Those that are not here hand their operands on.
var tops = map[wasm.Op][]wasm.ValType{
	wasm.OpIf:                 {wasm.I32},
	wasm.OpBrIf:               {wasm.I32},
	wasm.OpBrTable:            {wasm.I32},
	wasm.OpCallIndirect:       {wasm.I32},
	wasm.OpReturnCallIndirect: {wasm.I32},
	wasm.OpDrop:               anyType,
	wasm.OpSelect:             {wasm.I32},
	wasm.OpSelectT:            {wasm.I32},
	wasm.OpLocalSet:           anyType,
	wasm.OpLocalTee:           anyType,
	wasm.OpGlobalSet:          anyType,
	wasm.OpMemoryGrow:         {wasm.I32},
	wasm.OpTableGet:           {wasm.I32},
	wasm.OpTableSet:           {wasm.FuncRef, wasm.ExternRef},
	wasm.OpTableGrow:          {wasm.I32},
	wasm.OpTableFill:          {wasm.I32},
	wasm.OpRefIsNull:          {wasm.FuncRef, wasm.ExternRef},
}

// plans are the plans of all instructions, and numCells is how many cells they have together.
var plans, numCells = func() (all [wasm.NumOps]plan, cells int) {
	for op, info := range wasm.Ops() {
		p := &all[op]
		*p = plan{base: cells, width: uint64(info.Access)}
		for _, t := range tops[op] {
			p.top = append(p.top, alternative{t, kinds[t]})
		}
		if info.Class != wasm.ClassCustom {
			p.operands = operandsOf(op)
		}
		for range p.cells() {
			cells++
		}
	}
	return all, cells
}()

// operandsOf returns the operands of an instruction that the opcode table types.
func operandsOf(op wasm.Op) (operands []operand) {
	slot := 0
	for i, t := range op.Operands().Params {
		o := operand{kind: kinds[t], slot: slot, wide: t.IsVector()}
		if i == 0 && op.Info().Access > 0 {
			o.kind = addresses
		}
		operands = append(operands, o)
		if slot++; o.wide {
			slot++
		}
	}
	return operands
}

// cells returns the cells of an instruction in their order, and whether each can be counted. The slice is valid during the call.
func (p *plan) cells() iter.Seq2[[]Operand, bool] {
	return func(yield func([]Operand, bool) bool) {
		if len(p.operands) == 2 {
			p.pairs(yield)
			return
		}
		one := func(index int, k *kind) bool {
			for i, name := range k.classes {
				if !yield([]Operand{{index, k.name, name}}, k.possible(i, p.width)) {
					return false
				}
			}
			return true
		}
		for i, o := range p.operands {
			if !one(i, o.kind) {
				return
			}
		}
		for _, a := range p.top {
			if !one(-1, a.kind) {
				return
			}
		}
	}
}

func (p *plan) pairs(yield func([]Operand, bool) bool) {
	first, second := p.operands[0].kind, p.operands[1].kind
	for i, a := range first.classes {
		for _, b := range second.classes {
			if !yield([]Operand{{0, first.name, a}, {1, second.name, b}}, first.possible(i, p.width)) {
				return
			}
		}
	}
}
