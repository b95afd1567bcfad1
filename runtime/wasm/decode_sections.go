package wasm

import "github.com/touchstone-wasm/touchstone/runtime/planted"

// The smallest encodings of elements of vectors, in bytes: they bound what is allocated for a declared count.
const (
	minType   = 3 // form, no parameters, no results
	minImport = 4 // two empty names, kind, index
	minTable  = 3 // type, flag, minimum
	minMemory = 2 // flag, minimum
	minGlobal = 3 // type, mutability, end
	minExport = 3 // empty name, kind, index
	minElem   = 3 // form, kind, no elements
	minExpr   = 1 // end
	minBody   = 3 // size, no locals, end
	minLocals = 2 // count, type
	minData   = 2 // form, no bytes
)

func (d *decoder) typeSection() {
	n := d.count()
	// All types share one array: there cannot be more value types than bytes.
	arena := make([]ValType, 0, d.left())
	list := func() []ValType {
		start := len(arena)
		for range d.count() {
			arena = append(arena, d.valType())
		}
		return arena[start:len(arena):len(arena)]
	}
	d.m.Types = elements(&d.cursor, n, minType, func(t *FuncType) {
		if d.u8() != funcTypeForm {
			d.fail(d.pos-1, "malformed function type")
			return
		}
		t.Params = list()
		t.Results = list()
	})
}

func (d *decoder) importSection() {
	d.m.Imports = vector(&d.cursor, minImport, func(im *Import) {
		im.Module = d.name()
		im.Name = d.name()
		im.Kind = ExternKind(d.u8())
		switch im.Kind {
		case ExternFunc:
			im.Func = d.u32()
		case ExternTable:
			im.Table = d.tableType()
		case ExternMemory:
			im.Memory = MemoryType{d.limits()}
		case ExternGlobal:
			im.Global = d.globalType()
		default:
			d.fail(d.pos-1, "malformed import kind")
		}
	})
}

func (d *decoder) functionSection() {
	d.funcTypes = vector(&d.cursor, 1, func(t *uint32) { *t = d.u32() })
}

func (d *decoder) tableSection() {
	d.m.Tables = vector(&d.cursor, minTable, func(t *TableType) { *t = d.tableType() })
}

func (d *decoder) memorySection() {
	d.m.Memories = vector(&d.cursor, minMemory, func(t *MemoryType) { *t = MemoryType{d.limits()} })
}

func (d *decoder) globalSection() {
	d.m.Globals = vector(&d.cursor, minGlobal, func(g *Global) {
		g.Type = d.globalType()
		g.Init = d.expr()
	})
}

func (d *decoder) exportSection() {
	d.m.Exports = vector(&d.cursor, minExport, func(e *Export) {
		e.Name = d.name()
		e.Kind = ExternKind(d.u8())
		if e.Kind > ExternGlobal {
			d.fail(d.pos-1, "malformed export kind")
		}
		e.Index = d.u32()
	})
}

func (d *decoder) startSection() {
	start := d.u32()
	d.m.Start = &start
}

func (d *decoder) dataCountSection() {
	n := d.u32()
	d.m.DataCount = &n
}

func (d *decoder) elementSection() {
	d.m.Elems = vector(&d.cursor, minElem, d.elemSegment)
}

// elemSegment decodes an element segment. The bits of the form say what it consists of, section 5.5.12.
func (d *decoder) elemSegment(s *ElemSegment) {
	pos := d.pos
	form := d.u32()
	if form > elemExprs|elemSecond|elemNotActive {
		d.fail(pos, "malformed elements segment kind")
		return
	}
	s.Type = FuncRef
	s.UseExprs = form&elemExprs != 0
	switch {
	case form&elemNotActive == 0:
		s.Explicit = form&elemSecond != 0
		if s.Explicit {
			s.Table = d.u32()
		}
		s.Offset = d.expr()
	case form&elemSecond == 0:
		s.Mode = Passive
	default:
		s.Mode = Declarative
	}
	switch {
	case form&(elemNotActive|elemSecond) == 0: // the type is understood
	case s.UseExprs:
		s.Type = d.refType()
	case d.u8() != elemKindFunc && planted.Selected != planted.ElementKind:
		d.fail(d.pos-1, "malformed element kind")
	}
	pos, n := d.pos, d.count()
	d.limit(LimitElements, uint64(n), pos)
	if s.UseExprs {
		s.Exprs = elements(&d.cursor, n, minExpr, func(e *Expr) { *e = d.expr() })
	} else {
		s.Funcs = elements(&d.cursor, n, 1, func(f *uint32) { *f = d.u32() })
	}
}

func (d *decoder) codeSection() {
	pos := d.pos
	n := d.count()
	if n != len(d.funcTypes) {
		d.fail(pos, inconsistentCode)
		return
	}
	d.usesData = -1 // what constant expressions name does not count
	d.m.Funcs = elements(&d.cursor, n, minBody, func(f *Func) {
		f.Type = d.funcTypes[len(d.funcTypes)-n]
		n--
		d.body(f)
	})
	if d.m.DataCount == nil && d.usesData >= 0 && planted.Selected != planted.DataCountMissing {
		d.fail(d.usesData, dataCountRequired)
	}
}

// body decodes the locals and the instructions of a function.
func (d *decoder) body(f *Func) {
	size := d.count()
	section := d.b
	d.b = d.b[:d.pos+size]
	d.limit(LimitBody, uint64(size), d.pos)
	total := uint64(0)
	f.Locals = vector(&d.cursor, minLocals, func(l *Locals) {
		pos := d.pos
		l.Count = d.u32()
		l.Type = d.valType()
		if total += uint64(l.Count); total > 1<<32-1 {
			d.fail(pos, "too many locals")
		}
	})
	if d.shallow {
		start := d.pos
		f.Body = Expr{Code: d.bytes(d.left()), Offset: start}
	} else {
		f.Body = d.expr()
	}
	if d.left() > 0 {
		d.fail(d.pos, "section size mismatch")
	}
	d.b = section
}

func (d *decoder) dataSection() {
	d.m.Datas = vector(&d.cursor, minData, func(s *DataSegment) {
		pos := d.pos
		switch d.u32() {
		case dataActive:
			s.Offset = d.expr()
		case dataPassive:
			s.Mode = Passive
		case dataExplicit:
			s.Explicit = true
			s.Memory = d.u32()
			s.Offset = d.expr()
		default:
			if s.Mode = Passive; planted.Selected != planted.DataKind {
				d.fail(pos, "malformed data segment kind")
			}
		}
		s.Init = d.bytes(d.count())
	})
}
