package wasm

import "slices"

// instr validates the current instruction: its immediates by their kinds, then its operands by the signature in its
// row, or by its rule if it has none.
func (v *validator) instr() error {
	in := &v.in
	info := &ops[in.Op]
	if v.constant && !info.Const {
		return v.fail("constant expression required")
	}
	if v.features != AllFeatures {
		if f := v.missing(info); f != MVP {
			return v.unsupported(f, in.Offset)
		}
	}
	if len(info.Imms) > 0 {
		if err := v.immediates(info); err != nil {
			return err
		}
	}
	if info.Class == ClassCustom {
		return rules[in.Op](v)
	}
	sig := &opSigs[in.Op]
	for i := len(sig.Params) - 1; i >= 0; i-- {
		if err := v.popType(sig.Params[i]); err != nil {
			return err
		}
	}
	v.pushTypes(sig.Results)
	return nil
}

// missing returns a feature that the current instruction needs and that is left out, or MVP.
func (v *validator) missing(info *OpInfo) Feature {
	switch {
	case !v.features.Has(info.Since):
		return info.Since
	case v.constant && !v.features.Has(info.ConstSince):
		return info.ConstSince
	case v.features.Has(SIMD):
	case v.in.Op == OpBlock || v.in.Op == OpLoop || v.in.Op == OpIf:
		if t, ok := v.in.Block().Result(); ok && t.IsVector() {
			return SIMD
		}
	case v.in.Op == OpSelectT && slices.Contains(v.in.Types, V128):
		return SIMD
	}
	return MVP
}

// immediates checks that every immediate of the current instruction is in its space. Where an instruction names
// several tables and element segments, their elements must have one type.
func (v *validator) immediates(info *OpInfo) error {
	var elem ValType
	n := 0 // of the immediate's element of in.Imm
	for _, kind := range info.Imms {
		if kind == ImmLane {
			if int(v.in.Lane) >= info.Lanes.Count() {
				return v.fail("invalid lane index")
			}
			continue
		}
		x := v.in.Imm[n]
		space, size := "", 0
		switch kind {
		case ImmLanes:
			if lanes := v.in.Indexes(); slices.Max(lanes[:]) >= shuffleLanes {
				return v.fail("invalid lane index")
			}
		case ImmLabel:
			space, size = "label", len(v.frames)
		case ImmFunc:
			space, size = "function", len(v.funcTypes)
		case ImmType:
			space, size = "type", len(v.m.Types)
		case ImmLocal:
			space, size = "local", len(v.locals)
		case ImmGlobal:
			space, size = "global", len(v.globalTypes)
			if v.constant {
				size = v.imported
			}
		case ImmTable:
			space, size = "table", len(v.tableTypes)
		case ImmElem:
			space, size = "elem segment", len(v.m.Elems)
		case ImmData:
			space, size = "data segment", len(v.m.Datas)
		case ImmMemory:
			space, size = "memory", len(v.memoryTypes)
		case ImmMemarg:
			if x >= 8 || 1<<x > uint64(info.Access) {
				return v.fail("alignment must not be larger than natural")
			}
			n++
			space, size, x = "memory", len(v.memoryTypes), 0
		case ImmBlock:
			if block := v.in.Block(); block >= 0 {
				space, size = "type", len(v.m.Types)
			}
		}
		if space != "" && x >= uint64(size) {
			return v.fail(unknown(space, x))
		}
		n++
		switch kind {
		case ImmTable, ImmElem:
			t := v.elemType(kind, x)
			if elem != 0 && elem != t {
				return v.mismatch(t.String(), elem.String())
			}
			elem = t
		case ImmData:
			if v.m.DataCount == nil {
				return &MalformedError{Offset: v.in.Offset, Msg: dataCountRequired}
			}
		}
	}
	return nil
}

// elemType returns the type of the elements of a table or an element segment.
func (v *validator) elemType(kind Imm, x uint64) ValType {
	if kind == ImmElem {
		return v.m.Elems[x].Type
	}
	return v.tableTypes[x].Elem
}
