package isa

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// fused returns the instructions that do the work of several WebAssembly instructions, which a plain lowering would
// translate one by one. At most one of those that each stands for can trap, but for a Move.
func fused() []Spec {
	var specs []Spec
	for op, info := range wasm.Ops() {
		if info.Since == wasm.SIMD {
			continue
		}
		name := ConstName(op)
		if op == wasm.OpI32And {
			specs = append(specs, tests(op, name)...)
		}
		switch info.Class {
		case wasm.ClassLoad:
			if op.Operands().Results[0].IsNum() {
				specs = append(specs,
					Spec{Name: name + "Sum", How: Load, Wasm: op, Sum: true, Shape: Shape{D: Write, A: Read, B: Read}},
					Spec{Name: name + "Abs", How: Load, Wasm: op, Abs: true, Shape: Shape{D: Write, Imm: Address}})
			}
		case wasm.ClassStore:
			if op.Operands().Params[1].IsNum() {
				specs = append(specs,
					Spec{Name: name + "Sum", How: Store, Wasm: op, Sum: true, Shape: Shape{D: Read, A: Read, B: Read}},
					Spec{Name: name + "Abs", How: Store, Wasm: op, Abs: true, Shape: Shape{B: Read, Imm: Address}},
					Spec{Name: name + "Const", How: Store, Wasm: op, Const: true, Shape: Shape{D: Disp, A: Read, Imm: Constant}})
			}
		case wasm.ClassCompare:
			if op.Operands().Params[0].IsNum() {
				specs = append(specs, branches(op, name)...)
			}
		}
	}
	return specs
}

// tests returns the branches on whether an instruction gives something else than zero.
func tests(op wasm.Op, name string) []Spec {
	slots, konst := Shape{D: ShortTarget, A: Read, B: Read}, Shape{D: ShortTarget, A: Read, Imm: Constant}
	return []Spec{
		{Name: "Br" + name, How: Branch, Wasm: op, Shape: slots},
		{Name: "Br" + name + "Const", How: Branch, Wasm: op, Const: true, Shape: konst},
		{Name: "BrNot" + name, How: Branch, Wasm: op, Negated: true, Shape: slots},
		{Name: "BrNot" + name + "Const", How: Branch, Wasm: op, Negated: true, Const: true, Shape: konst},
	}
}

// branches returns the branches on a comparison: as it is, and for floats, where the opposite of less is not
// greater-or-equal, on its opposite too; for integers, also with an addition to the first operand before.
func branches(op wasm.Op, name string) []Spec {
	slots := Shape{D: ShortTarget, A: Read, B: Read}
	konst := Shape{D: ShortTarget, A: Read, Imm: Constant}
	specs := []Spec{
		{Name: "Br" + name, How: Branch, Wasm: op, Shape: slots},
		{Name: "Br" + name + "Const", How: Branch, Wasm: op, Const: true, Shape: konst},
	}
	if op.Operands().Params[0].IsFloat() {
		return append(specs,
			Spec{Name: "BrNot" + name, How: Branch, Wasm: op, Negated: true, Shape: slots},
			Spec{Name: "BrNot" + name + "Const", How: Branch, Wasm: op, Negated: true, Const: true, Shape: konst})
	}
	return append(specs,
		Spec{Name: "Step" + name, How: Step, Wasm: op, Shape: Shape{D: ShortTarget, A: Update, B: Read, Imm: Constant}},
		Spec{Name: "Step" + name + "Slots", How: Step, Wasm: op, Slots: true, Shape: Shape{D: ShortTarget, A: Update, B: Read, Imm: SlotRead}},
		Spec{Name: "Step" + name + "Const", How: Step, Wasm: op, Const: true, Shape: Shape{D: ShortTarget, A: Update, Imm: TwoConstants}})
}

// Forms are the instructions that one WebAssembly instruction can become, alone or with its neighbours.
type Forms struct {
	Plain Op
	Plus  Op // of loads and stores: with the displacement, and something to add to the operand, in the immediate word
	Abs   Op // of loads and stores: with the address in the immediate word
	Sum   Op // of loads and stores: at the sum of two slots, without displacement
	Const Op // of numeric instructions with two operands, and stores: with the second in the immediate word

	// Of comparisons, with the second operand in a slot or in the immediate word. There is no instruction 0 among them: it is
	// Exit.
	Branch, BranchConst       Op // branch if it holds
	BranchNot, BranchNotConst Op // branch if it does not hold; of floats
	Step, StepConst           Op // add a constant to the first operand, store the sum there, compare it and branch; of integers
	StepSlots                 Op // Step, but what is added stands in a slot
}

// place returns where a spec of the instruction belongs.
func (f *Forms) place(s *Spec) *Op {
	switch {
	case s.How == Branch && s.Negated && s.Const:
		return &f.BranchNotConst
	case s.How == Branch && s.Negated:
		return &f.BranchNot
	case s.How == Branch && s.Const:
		return &f.BranchConst
	case s.How == Branch:
		return &f.Branch
	case s.How == Step && s.Slots:
		return &f.StepSlots
	case s.How == Step && s.Const:
		return &f.StepConst
	case s.How == Step:
		return &f.Step
	case s.Plus:
		return &f.Plus
	case s.Abs:
		return &f.Abs
	case s.Sum:
		return &f.Sum
	case s.Const:
		return &f.Const
	}
	return &f.Plain
}

// Of maps numeric instructions, loads and stores to their register forms.
var Of = func() (forms [wasm.NumOps]Forms) {
	for i := range table {
		switch s := &table[i]; s.How {
		case Template, Slow, Pair, Fetch, Put, Move, Probe:
		default:
			*forms[s.Wasm].place(s) = Op(i)
		}
	}
	return forms
}()
