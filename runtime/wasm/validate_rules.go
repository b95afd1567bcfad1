package wasm

import (
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// rules are the typing rules of the instructions that their rows give no signature for (specification section 3.3).
// Their immediates have been checked.
var rules = [NumOps]func(*Validator) error{
	OpUnreachable:        (*Validator).ruleUnreachable,
	OpNop:                func(*Validator) error { return nil },
	OpBlock:              (*Validator).ruleBlock,
	OpLoop:               (*Validator).ruleBlock,
	OpIf:                 (*Validator).ruleIf,
	OpElse:               (*Validator).ruleElse,
	OpEnd:                (*Validator).ruleEnd,
	OpBr:                 (*Validator).ruleBr,
	OpBrIf:               (*Validator).ruleBrIf,
	OpBrTable:            (*Validator).ruleBrTable,
	OpReturn:             (*Validator).ruleReturn,
	OpCall:               (*Validator).ruleCall,
	OpCallIndirect:       (*Validator).ruleCallIndirect,
	OpReturnCall:         (*Validator).ruleReturnCall,
	OpReturnCallIndirect: (*Validator).ruleReturnCallIndirect,
	OpDrop:               (*Validator).ruleDrop,
	OpSelect:             (*Validator).ruleSelect,
	OpSelectT:            (*Validator).ruleSelectT,
	OpLocalGet:           (*Validator).ruleLocalGet,
	OpLocalSet:           (*Validator).ruleLocalSet,
	OpLocalTee:           (*Validator).ruleLocalTee,
	OpGlobalGet:          (*Validator).ruleGlobalGet,
	OpGlobalSet:          (*Validator).ruleGlobalSet,
	OpMemorySize:         (*Validator).ruleMemorySize,
	OpMemoryGrow:         (*Validator).ruleMemoryGrow,
	OpTableGet:           (*Validator).ruleTableGet,
	OpTableSet:           (*Validator).ruleTableSet,
	OpTableGrow:          (*Validator).ruleTableGrow,
	OpTableSize:          (*Validator).ruleTableSize,
	OpTableFill:          (*Validator).ruleTableFill,
	OpRefNull:            (*Validator).ruleRefNull,
	OpRefIsNull:          (*Validator).ruleRefIsNull,
	OpRefFunc:            (*Validator).ruleRefFunc,
}

func (v *Validator) ruleUnreachable() error {
	v.rest()
	return nil
}

func (v *Validator) ruleBlock() error { return v.block(nil) }

func (v *Validator) ruleIf() error { return v.block([]ValType{I32}) }

// block types a block that takes some operands before its parameters.
func (v *Validator) block(first []ValType) error {
	block := v.in.Block()
	if block >= 0 && int64(block) >= int64(len(v.m.Types)) {
		return v.fail(unknown(spaceNames[ImmType], uint64(block)))
	}
	if err := v.popTypes(first); err != nil {
		return err
	}
	if block != EmptyBlock {
		if err := v.popTypes(v.m.BlockFunc(block).Params); err != nil {
			return err
		}
	}
	v.open(v.in.Op, block)
	return v.limit(LimitNesting, "open blocks of function %d", v.fn, len(v.frames)-1, v.in.Offset)
}

func (v *Validator) ruleElse() error {
	if v.top().op != OpIf {
		return &MalformedError{Offset: v.in.Offset, Msg: endExpected}
	}
	f, err := v.closeBlock()
	if err != nil {
		return err
	}
	v.open(OpElse, BlockType(f.block))
	if planted.Selected == planted.ElseReached {
		v.top().unreachable = f.unreachable
	}
	return nil
}

func (v *Validator) ruleEnd() error {
	if top := v.top(); top.block == int32(EmptyBlock) && len(v.stack) == int(top.height) {
		v.closed()
		return nil
	}
	f, err := v.closeBlock()
	if err != nil {
		return err
	}
	t := v.m.BlockFunc(BlockType(f.block))
	// An if without an else hands its parameters on.
	if f.op == OpIf && !equalTypes(t.Params, t.Results) && planted.Selected != planted.MissingElse {
		return v.mismatch("an else, or results "+joinTypes(t.Params), joinTypes(t.Results))
	}
	v.pushTypes(t.Results)
	return nil
}

// label returns the block that a branch to label index x leaves or repeats.
func (v *Validator) label(x uint64) *frame { return &v.frames[len(v.frames)-1-int(x)] }

func (v *Validator) ruleBr() error {
	if err := v.popTypes(v.labelTypes(v.label(v.in.Imm[0]))); err != nil {
		return err
	}
	v.rest()
	return nil
}

func (v *Validator) ruleBrIf() error {
	if err := v.popType(I32); err != nil {
		return err
	}
	ts := v.labelTypes(v.label(v.in.Imm[0]))
	if err := v.popTypes(ts); err != nil {
		return err
	}
	v.pushTypes(ts)
	return nil
}

func (v *Validator) ruleBrTable() error {
	if err := v.popType(I32); err != nil {
		return err
	}
	arity := -1
	v.branches++
	for i := len(v.in.Labels) - 1; i >= 0; i-- {
		x := v.in.Labels[i]
		if uint64(x) >= uint64(len(v.frames)) {
			return v.fail(unknown("label", uint64(x)))
		}
		f := v.label(uint64(x))
		if f.branch == v.branches || planted.Selected == planted.BrTableLabels && arity >= 0 { // named by this instruction before
			continue
		}
		f.branch = v.branches
		ts := v.labelTypes(f)
		if arity < 0 {
			arity = len(ts)
		}
		if len(ts) != arity && planted.Selected != planted.BrTableArity {
			return v.mismatch(fmt.Sprintf("%d values for label %d", arity, x), fmt.Sprint(len(ts)))
		}
		if err := v.peekTypes(ts); err != nil {
			return err
		}
	}
	v.rest()
	return nil
}

// peekTypes checks that the topmost operands have the given types, and leaves them.
func (v *Validator) peekTypes(ts []ValType) error {
	whole := v.stack
	err := v.popTypes(ts)
	v.stack = whole
	return err
}

func (v *Validator) ruleReturn() error {
	if err := v.popTypes(v.results(&v.frames[0])); err != nil {
		return err
	}
	v.rest()
	return nil
}

// call types a call of a function of type t.
func (v *Validator) call(t *FuncType) error {
	if err := v.popTypes(t.Params); err != nil {
		return err
	}
	v.pushTypes(t.Results)
	return nil
}

func (v *Validator) ruleCall() error { return v.call(&v.m.Types[v.Funcs[v.in.Imm[0]]]) }

func (v *Validator) ruleCallIndirect() error {
	if t := v.Tables[v.in.Imm[1]].Elem; t != FuncRef && planted.Selected != planted.CallExtern {
		return v.mismatch("a table of funcref", t.String())
	}
	if err := v.popType(I32); err != nil {
		return err
	}
	return v.call(&v.m.Types[v.in.Imm[0]])
}

// returnAfter types what a call that ends the function adds to one that does not: the callee's results are the function's.
func (v *Validator) returnAfter(t *FuncType, call func() error) error {
	if results := v.results(&v.frames[0]); !equalTypes(t.Results, results) && planted.Selected != planted.TailResults {
		return v.mismatch("a function with results "+joinTypes(results), joinTypes(t.Results))
	}
	if err := call(); err != nil {
		return err
	}
	v.rest()
	return nil
}

func (v *Validator) ruleReturnCall() error {
	return v.returnAfter(&v.m.Types[v.Funcs[v.in.Imm[0]]], v.ruleCall)
}

func (v *Validator) ruleReturnCallIndirect() error {
	return v.returnAfter(&v.m.Types[v.in.Imm[0]], v.ruleCallIndirect)
}

func (v *Validator) ruleDrop() error {
	_, err := v.pop()
	return err
}

// ruleSelect types the select without a type, which is for numbers and vectors only.
func (v *Validator) ruleSelect() error {
	if err := v.popType(I32); err != nil {
		return err
	}
	b, err := v.pop()
	if err != nil {
		return err
	}
	a, err := v.pop()
	if err != nil {
		return err
	}
	if a == bottom {
		a = b
	}
	if b == bottom {
		b = a
	}
	if a != b {
		return v.mismatch(a.String(), b.String())
	}
	if a.IsRef() && planted.Selected != planted.SelectReferences {
		return v.mismatch("a number type", a.String())
	}
	v.push(a)
	return nil
}

func (v *Validator) ruleSelectT() error {
	if len(v.in.Types) != 1 && !(planted.Selected == planted.SelectArity && len(v.in.Types) > 1) {
		return v.fail("invalid result arity")
	}
	t := v.in.Types[0]
	return v.operands(t, []ValType{t, t, I32})
}

// operands takes operands of the given types, the last of which is on top, and pushes a result unless it is 0.
func (v *Validator) operands(result ValType, params []ValType) error {
	if err := v.popTypes(params); err != nil {
		return err
	}
	if result != 0 {
		v.push(result)
	}
	return nil
}

func (v *Validator) local() ValType { return v.locals[v.in.Imm[0]] }

func (v *Validator) ruleLocalGet() error {
	v.push(v.local())
	return nil
}

func (v *Validator) ruleLocalSet() error { return v.popType(v.local()) }

func (v *Validator) ruleLocalTee() error {
	t := v.local()
	if err := v.popType(t); err != nil {
		return err
	}
	v.push(t)
	return nil
}

func (v *Validator) ruleGlobalGet() error {
	t := v.Globals[v.in.Imm[0]]
	if v.constant && t.Mutable && planted.Selected != planted.MutableOffset {
		return v.fail("constant expression required: the global is mutable")
	}
	v.push(t.Type)
	return nil
}

func (v *Validator) ruleGlobalSet() error {
	t := v.Globals[v.in.Imm[0]]
	if !t.Mutable && planted.Selected != planted.ImmutableGlobal {
		return v.fail("global is immutable")
	}
	return v.popType(t.Type)
}
