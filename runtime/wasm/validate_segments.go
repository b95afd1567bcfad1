package wasm

import "github.com/touchstone-wasm/touchstone/runtime/planted"

func (v *Validator) globals() error {
	for i := range v.m.Globals {
		g := &v.m.Globals[i]
		if msg := checkGlobal(g.Type); msg != "" {
			return v.bad(SectionGlobal, i, "%s", msg)
		}
		if g.Type.Type.IsVector() && !v.features.Has(SIMD) {
			return v.unsupported(SIMD, v.m.SectionOffsets[SectionGlobal])
		}
		if err := v.constExpr(g.Init, g.Type.Type); err != nil {
			return err
		}
	}
	return nil
}

func (v *Validator) elems() error {
	for i := range v.m.Elems {
		s := &v.m.Elems[i]
		if !s.Type.IsRef() || !s.UseExprs && s.Type != FuncRef {
			return v.bad(SectionElement, i, "type mismatch: elements cannot be of type %s", s.Type)
		}
		if s.Mode > Declarative {
			return v.bad(SectionElement, i, "malformed elements segment kind")
		}
		for _, f := range s.Funcs {
			if uint64(f) >= uint64(len(v.Funcs)) {
				return v.bad(SectionElement, i, "%s", unknown("function", uint64(f)))
			}
			v.declared[f] = true
		}
		for _, e := range s.Exprs {
			if err := v.constExpr(e, s.Type); err != nil {
				return err
			}
		}
		if s.Mode != Active {
			continue
		}
		if uint64(s.Table) >= uint64(len(v.Tables)) {
			return v.bad(SectionElement, i, "%s", unknown("table", uint64(s.Table)))
		}
		if t := v.Tables[s.Table].Elem; t != s.Type && planted.Selected != planted.SegmentTable {
			return v.bad(SectionElement, i, "type mismatch: elements of type %s for a table of %s", s.Type, t)
		}
		if err := v.constExpr(s.Offset, I32); err != nil {
			return err
		}
	}
	return nil
}

func (v *Validator) datas() error {
	if n := v.m.DataCount; n != nil && uint64(*n) != uint64(len(v.m.Datas)) && planted.Selected != planted.DataCountValue {
		return v.bad(SectionDataCount, 0, "data count and data section have inconsistent lengths")
	}
	for i := range v.m.Datas {
		s := &v.m.Datas[i]
		if s.Mode > Passive {
			return v.bad(SectionData, i, "malformed data segment kind")
		}
		if s.Mode == Passive {
			continue
		}
		if uint64(s.Memory) >= uint64(len(v.Memories)) {
			return v.bad(SectionData, i, "%s", unknown("memory", uint64(s.Memory)))
		}
		if err := v.constExpr(s.Offset, I32); err != nil {
			return err
		}
	}
	return nil
}
