package wasm

// The bits of the form of an element segment (specification section 5.5.12).
const (
	elemNotActive = 1 << iota
	elemSecond    // of an active segment: the table is written; of others: it is declarative
	elemExprs     // expressions in place of function indices
)

// elemKindFunc is the one kind of elements that are not written as expressions.
const elemKindFunc = 0

// form returns the form of s.
func (s *ElemSegment) form() (form uint32) {
	if s.UseExprs {
		form |= elemExprs
	}
	switch {
	case s.Mode == Passive:
		return form | elemNotActive
	case s.Mode == Declarative:
		return form | elemNotActive | elemSecond
	case s.Explicit, s.Table != 0, s.UseExprs && s.Type != FuncRef:
		return form | elemSecond
	}
	return form
}

// The forms of data segments (specification section 5.5.14).
const (
	dataActive = iota
	dataPassive
	dataExplicit // active, the memory is written
)

// form returns the form of s.
func (s *DataSegment) form() uint32 {
	switch {
	case s.Mode == Passive:
		return dataPassive
	case s.Explicit, s.Memory != 0:
		return dataExplicit
	}
	return dataActive
}

// funcTypeForm begins a function type.
const funcTypeForm = 0x60
