package wasm

import "github.com/touchstone-wasm/touchstone/runtime/planted"

func (v *Validator) ruleMemorySize() error { return v.operands(I32, nil) }

func (v *Validator) ruleMemoryGrow() error { return v.operands(I32, []ValType{I32}) }

// table returns the type of the elements of the table that the current instruction names.
func (v *Validator) table() ValType { return v.Tables[v.in.Imm[0]].Elem }

func (v *Validator) ruleTableGet() error { return v.operands(v.table(), []ValType{I32}) }

func (v *Validator) ruleTableSet() error { return v.operands(0, []ValType{I32, v.table()}) }

func (v *Validator) ruleTableGrow() error { return v.operands(I32, []ValType{v.table(), I32}) }

func (v *Validator) ruleTableSize() error { return v.operands(I32, nil) }

func (v *Validator) ruleTableFill() error { return v.operands(0, []ValType{I32, v.table(), I32}) }

func (v *Validator) ruleRefNull() error {
	v.push(ValType(v.in.Imm[0]))
	return nil
}

func (v *Validator) ruleRefIsNull() error {
	t, err := v.pop()
	if err != nil {
		return err
	}
	if t != bottom && !t.IsRef() {
		return v.mismatch("a reference", t.String())
	}
	v.push(I32)
	return nil
}

func (v *Validator) ruleRefFunc() error {
	f := v.in.Imm[0]
	// What constant expressions name is declared by that.
	if v.constant {
		v.declared[f] = true
	}
	if !v.declared[f] && planted.Selected != planted.UndeclaredFunction {
		return v.fail("undeclared function reference")
	}
	v.push(FuncRef)
	return nil
}
