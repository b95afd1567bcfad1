package wasm

// appendVector appends the number of elements and each of them.
func appendVector[T any](dst []byte, list []T, element func([]byte, *T) []byte) []byte {
	dst = AppendU32(dst, uint32(len(list)))
	for i := range list {
		dst = element(dst, &list[i])
	}
	return dst
}

func appendIndex(dst []byte, x *uint32) []byte { return AppendU32(dst, *x) }

func appendType(dst []byte, t *ValType) []byte { return append(dst, byte(*t)) }

func appendTypes(dst []byte, ts []ValType) []byte { return appendVector(dst, ts, appendType) }

func appendExpr(dst []byte, e *Expr) []byte { return append(dst, e.Code...) }

func appendName(dst []byte, name string) []byte {
	return append(AppendU32(dst, uint32(len(name))), name...)
}

// appendSized appends content after its length.
func appendSized(dst, content []byte) []byte {
	return append(AppendU32(dst, uint32(len(content))), content...)
}

func appendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, 1)
	}
	return append(dst, 0)
}

func appendFuncType(dst []byte, t *FuncType) []byte {
	return appendTypes(appendTypes(append(dst, funcTypeForm), t.Params), t.Results)
}

func appendLimits(dst []byte, l *Limits) []byte {
	dst = appendUnsigned(appendBool(dst, l.HasMax), l.Min)
	if l.HasMax {
		dst = appendUnsigned(dst, l.Max)
	}
	return dst
}

func appendTableType(dst []byte, t *TableType) []byte {
	return appendLimits(append(dst, byte(t.Elem)), &t.Limits)
}

func appendMemoryType(dst []byte, t *MemoryType) []byte { return appendLimits(dst, &t.Limits) }

func appendGlobalType(dst []byte, t *GlobalType) []byte {
	return appendBool(append(dst, byte(t.Type)), t.Mutable)
}

func appendImport(dst []byte, im *Import) []byte {
	dst = append(appendName(appendName(dst, im.Module), im.Name), byte(im.Kind))
	switch im.Kind {
	case ExternFunc:
		return AppendU32(dst, im.Func)
	case ExternTable:
		return appendTableType(dst, &im.Table)
	case ExternMemory:
		return appendMemoryType(dst, &im.Memory)
	}
	return appendGlobalType(dst, &im.Global)
}

func appendGlobal(dst []byte, g *Global) []byte {
	return appendExpr(appendGlobalType(dst, &g.Type), &g.Init)
}

func appendExport(dst []byte, e *Export) []byte {
	return AppendU32(append(appendName(dst, e.Name), byte(e.Kind)), e.Index)
}

// appendFuncHead appends what the function section says of a function.
func appendFuncHead(dst []byte, f *Func) []byte { return AppendU32(dst, f.Type) }

// appendBody appends what the code section says of a function.
func appendBody(dst []byte, f *Func) []byte {
	locals := appendVector(nil, f.Locals, func(dst []byte, l *Locals) []byte {
		return append(AppendU32(dst, l.Count), byte(l.Type))
	})
	dst = AppendU32(dst, uint32(len(locals)+len(f.Body.Code)))
	return appendExpr(append(dst, locals...), &f.Body)
}

func appendElemSegment(dst []byte, s *ElemSegment) []byte {
	form := s.form()
	dst = AppendU32(dst, form)
	if form&elemNotActive == 0 {
		if form&elemSecond != 0 {
			dst = AppendU32(dst, s.Table)
		}
		dst = appendExpr(dst, &s.Offset)
	}
	switch {
	case form&(elemNotActive|elemSecond) == 0: // the type is understood
	case s.UseExprs:
		dst = append(dst, byte(s.Type))
	default:
		dst = append(dst, elemKindFunc)
	}
	if s.UseExprs {
		return appendVector(dst, s.Exprs, appendExpr)
	}
	return appendVector(dst, s.Funcs, appendIndex)
}

func appendDataSegment(dst []byte, s *DataSegment) []byte {
	form := s.form()
	dst = AppendU32(dst, form)
	if form == dataExplicit {
		dst = AppendU32(dst, s.Memory)
	}
	if form != dataPassive {
		dst = appendExpr(dst, &s.Offset)
	}
	return appendSized(dst, s.Init)
}
