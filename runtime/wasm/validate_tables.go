package wasm

func (v *validator) ruleMemorySize() error { return v.operands(I32) }

func (v *validator) ruleMemoryGrow() error { return v.operands(I32, I32) }

// table returns the type of the elements of the table that the current instruction names.
func (v *validator) table() ValType { return v.tableTypes[v.in.Imm[0]].Elem }

func (v *validator) ruleTableGet() error { return v.operands(v.table(), I32) }

func (v *validator) ruleTableSet() error { return v.operands(0, I32, v.table()) }

func (v *validator) ruleTableGrow() error { return v.operands(I32, v.table(), I32) }

func (v *validator) ruleTableSize() error { return v.operands(I32) }

func (v *validator) ruleTableFill() error { return v.operands(0, I32, v.table(), I32) }

func (v *validator) ruleRefNull() error {
	v.push(ValType(v.in.Imm[0]))
	return nil
}

func (v *validator) ruleRefIsNull() error {
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

func (v *validator) ruleRefFunc() error {
	f := v.in.Imm[0]
	// What constant expressions name is declared by that.
	if v.constant {
		v.declared[f] = true
	}
	if !v.declared[f] {
		return v.fail("undeclared function reference")
	}
	v.push(FuncRef)
	return nil
}
