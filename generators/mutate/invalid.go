package mutate

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// indexes are the kinds of immediates that are indexes, but for labels.
var indexes = []wasm.Imm{wasm.ImmFunc, wasm.ImmType, wasm.ImmTable, wasm.ImmLocal, wasm.ImmGlobal, wasm.ImmData, wasm.ImmElem}

// changeIndex changes an index in an instruction by a little.
func changeIndex(e *editor) bool {
	p, ok := e.find(func(list []edit.Node, i int) bool {
		imms := list[i].Op.Info().Imms
		return len(imms) > 0 && slices.Contains(indexes, imms[0])
	})
	if !ok {
		return false
	}
	n := *p.node()
	n.Imm[0] = uint64(uint32(n.Imm[0]) + tape.Pick(e.t, []uint32{1, 2, 3, 7, 100, 1 << 31, 1<<32 - 1}))
	return e.replace(p, n)
}

// changeLabel lets a branch lead elsewhere.
func changeLabel(e *editor) bool {
	p, ok := e.find(func(list []edit.Node, i int) bool {
		op := list[i].Op
		return op == wasm.OpBr || op == wasm.OpBrIf || op == wasm.OpBrTable
	})
	if !ok {
		return false
	}
	n, label := *p.node(), uint32(e.t.Intn(5))
	if n.Op == wasm.OpBrTable {
		n.Labels = slices.Clone(n.Labels)
		n.Labels[e.t.Intn(len(n.Labels))] = label
	} else {
		n.Imm[0] = uint64(label)
	}
	return e.replace(p, n)
}

// anything accepts every instruction.
func anything([]edit.Node, int) bool { return true }

func removeInstruction(e *editor) bool {
	p, ok := e.find(anything)
	return ok && e.replace(p)
}

// exchangeInstructions exchanges an instruction with the one behind it.
func exchangeInstructions(e *editor) bool {
	p, ok := e.find(func(list []edit.Node, i int) bool { return i+1 < len(list) })
	if !ok {
		return false
	}
	p.to++
	return e.replace(p, (*p.list)[p.from+1], (*p.list)[p.from])
}

// changeFuncType gives a function another type.
func changeFuncType(e *editor) bool {
	if len(e.m.Funcs) == 0 || len(e.m.Types) < 2 {
		return false
	}
	f := &e.m.Funcs[e.t.Intn(len(e.m.Funcs))]
	n := uint32(len(e.m.Types))
	f.Type = (f.Type + 1 + uint32(e.t.Intn(int(n)-1))) % n
	return true
}

var valueTypes = []wasm.ValType{wasm.I32, wasm.I64, wasm.F32, wasm.F64, wasm.V128, wasm.FuncRef, wasm.ExternRef}

// changeBlockType gives a block another type.
func changeBlockType(e *editor) bool {
	p, ok := e.find(func(list []edit.Node, i int) bool { return list[i].IsBlock() })
	if !ok {
		return false
	}
	n := *p.node()
	if e.t.Bool() && n.Block() != emptyBlock {
		n.Imm[0] = uint64(emptyBlock)
	} else {
		n.Imm[0] = uint64(wasm.ResultBlock(tape.Pick(e.t, valueTypes)))
	}
	return e.replace(p, n)
}

// changeLocalType gives a run of locals another type.
func changeLocalType(e *editor) bool {
	var list []int
	for i := range e.m.Funcs {
		if len(e.m.Funcs[i].Locals) > 0 {
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		return false
	}
	f := &e.m.Funcs[tape.Pick(e.t, list)]
	f.Locals = slices.Clone(f.Locals)
	f.Locals[e.t.Intn(len(f.Locals))].Type = tape.Pick(e.t, valueTypes)
	return true
}
