package wasm

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// instr validates the current instruction: its immediates by their kinds, then its operands by the signature in its
// row, or by its rule if it has none.
func (v *Validator) instr() error {
	in := &v.in
	row := &compacts[in.Op]
	if v.constant && !row.constant {
		return v.fail("constant expression required")
	}
	if v.features != AllFeatures {
		if f := v.missing(&ops[in.Op]); f != MVP {
			return v.unsupported(f, in.Offset)
		}
	}
	// Most instructions have one immediate or none, which is in its space: no branch depends on which instruction it is.
	if x := in.Imm[0]; x >= v.sizes[row.imm] || x > row.align {
		if err := v.immediates(&ops[in.Op]); err != nil {
			return err
		}
	}
	n, local := len(v.stack), v.locals[in.Imm[0]&row.local]
	types := row.types | uint32(local)<<24&row.setsLocal
	if base := n - int(row.params); row.typed && base >= int(v.top().height) && v.topTypes()&row.mask == types {
		v.stack = append(v.stack[:base], row.result|local&row.givesLocal)[:base+int(row.results)]
		return nil
	}
	if row.class == ClassCustom {
		return rules[in.Op](v)
	}
	sig := &opSigs[in.Op] // an operand is missing or wrong, or comes from unreachable code
	if err := v.popTypes(sig.Params); err != nil {
		return err
	}
	v.pushTypes(sig.Results)
	return nil
}

// topTypes returns the types of the topmost operands as [compact] has them, with what stands below the operands where there are few.
func (v *Validator) topTypes() uint32 {
	t := v.stack[len(v.stack)-stackGuard:]
	return uint32(t[0]) | uint32(t[1])<<8 | uint32(t[2])<<16 | uint32(t[3])<<24
}

// missing returns a feature that the current instruction needs and that is left out, or MVP.
func (v *Validator) missing(info *OpInfo) Feature {
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

// spaceNames names the index spaces in messages, by the kinds of immediates that are indexes into them.
var spaceNames = [immSeveral]string{
	ImmLabel: "label", ImmFunc: "function", ImmType: "type", ImmLocal: "local", ImmGlobal: "global", ImmTable: "table",
	ImmElem: "elem segment", ImmData: "data segment", ImmMemory: "memory",
}

// immediates checks that every immediate of the current instruction is in its space. Where an instruction names
// several tables and element segments, their elements must have one type.
func (v *Validator) immediates(info *OpInfo) error {
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
		switch kind {
		case ImmLanes:
			if lanes := v.in.Indexes(); slices.Max(lanes[:]) >= shuffleLanes {
				return v.fail("invalid lane index")
			}
		case ImmMemarg:
			if x > compacts[v.in.Op].align && planted.Selected != planted.Alignment {
				return v.fail("alignment must not be larger than natural")
			}
			n++
			kind, x = ImmMemory, 0
		}
		if space := spaceNames[kind]; space != "" && x >= v.sizes[kind] {
			return v.fail(unknown(space, x))
		}
		n++
		switch kind {
		case ImmTable, ImmElem:
			t := v.elemType(kind, x)
			if elem != 0 && elem != t && planted.Selected != planted.CopyTypes {
				return v.mismatch(t.String(), elem.String())
			}
			elem = t
		case ImmData:
			if v.m.DataCount == nil && planted.Selected != planted.DataCountMissing {
				return &MalformedError{Offset: v.in.Offset, Msg: dataCountRequired}
			}
		}
	}
	return nil
}

// elemType returns the type of the elements of a table or an element segment.
func (v *Validator) elemType(kind Imm, x uint64) ValType {
	if kind == ImmElem {
		return v.m.Elems[x].Type
	}
	return v.Tables[x].Elem
}
