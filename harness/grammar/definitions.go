package grammar

// imported is an import (section 5.5.5).
func (r *reader) imported() {
	r.name()
	r.name()
	switch r.choice("kind of an import", 0, 1, 2, 3) {
	case 0:
		r.index()
	case 1:
		r.tableType()
	case 2:
		r.limits()
	case 3:
		r.globalType()
	}
}

// global is section 5.5.9.
func (r *reader) global() {
	r.globalType()
	r.expression()
}

// export is section 5.5.10.
func (r *reader) export() {
	r.name()
	r.choice("kind of an export", 0, 1, 2, 3)
	r.index()
}

// element is an element segment (section 5.5.12).
func (r *reader) element() {
	switch form := r.unsigned(Number); form {
	case 0:
		r.expression()
		r.vector((*reader).index)
	case 1, 3:
		r.choice("kind of elements", 0)
		r.vector((*reader).index)
	case 2:
		r.index()
		r.expression()
		r.choice("kind of elements", 0)
		r.vector((*reader).index)
	case 4:
		r.expression()
		r.vector((*reader).expression)
	case 5, 7:
		r.refType()
		r.vector((*reader).expression)
	case 6:
		r.index()
		r.expression()
		r.refType()
		r.vector((*reader).expression)
	default:
		r.require(false, "form %d of an element segment", form)
	}
}

// data is a data segment (section 5.5.14).
func (r *reader) data() {
	switch form := r.unsigned(Number); form {
	case 0:
		r.expression()
	case 1:
	case 2:
		r.index()
		r.expression()
	default:
		r.require(false, "form %d of a data segment", form)
	}
	end := r.open(Size)
	r.at = r.end
	r.close(end)
}
