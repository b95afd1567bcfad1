package wasm

import "encoding/binary"

// AppendInstr appends the encoding of in; it is the inverse of [Reader.Next]. Of in, only the fields that the
// instruction's row has immediates for count.
func AppendInstr(dst []byte, in *Instr) []byte {
	info := in.Op.Info()
	if prefix := byte(info.Code >> 8); prefix != 0 {
		dst = append(dst, prefix)
		dst = AppendU32(dst, uint32(info.Code&0xff))
	} else {
		dst = append(dst, byte(info.Code))
	}
	n := 0
	for _, kind := range info.Imms {
		dst, n = appendImmediate(dst, kind, in, n)
	}
	return dst
}

// appendImmediate appends the immediate of one kind that begins with the n-th element of in.Imm, and returns the index
// of the next immediate's.
func appendImmediate(dst []byte, kind Imm, in *Instr, n int) ([]byte, int) {
	switch kind {
	case ImmLabels:
		dst = AppendU32(dst, uint32(len(in.Labels)-1))
		for _, label := range in.Labels {
			dst = AppendU32(dst, label)
		}
		return dst, n
	case ImmTypes:
		return appendTypes(dst, in.Types), n
	case ImmLane:
		return append(dst, in.Lane), n
	}
	x := in.Imm[n]
	switch kind {
	case ImmI32:
		dst = AppendS32(dst, int32(x))
	case ImmI64, ImmBlock:
		dst = AppendS64(dst, int64(x))
	case ImmF32:
		dst = binary.LittleEndian.AppendUint32(dst, uint32(x))
	case ImmF64:
		dst = binary.LittleEndian.AppendUint64(dst, x)
	case ImmRefType, ImmMemory:
		dst = append(dst, byte(x))
	case ImmV128, ImmLanes:
		dst = binary.LittleEndian.AppendUint64(dst, x)
		n++
		dst = binary.LittleEndian.AppendUint64(dst, in.Imm[n])
	case ImmMemarg:
		dst = appendUnsigned(dst, x)
		n++
		dst = appendUnsigned(dst, in.Imm[n])
	default:
		dst = appendUnsigned(dst, x)
	}
	return dst, n + 1
}

// sectionEncoders append what is inside a section, and report whether the module needs the section at all.
var sectionEncoders = [NumSections]func([]byte, *Module) ([]byte, bool){
	SectionType:      encodeVector(func(m *Module) []FuncType { return m.Types }, appendFuncType),
	SectionImport:    encodeVector(func(m *Module) []Import { return m.Imports }, appendImport),
	SectionFunction:  encodeVector(func(m *Module) []Func { return m.Funcs }, appendFuncHead),
	SectionTable:     encodeVector(func(m *Module) []TableType { return m.Tables }, appendTableType),
	SectionMemory:    encodeVector(func(m *Module) []MemoryType { return m.Memories }, appendMemoryType),
	SectionGlobal:    encodeVector(func(m *Module) []Global { return m.Globals }, appendGlobal),
	SectionExport:    encodeVector(func(m *Module) []Export { return m.Exports }, appendExport),
	SectionStart:     func(dst []byte, m *Module) ([]byte, bool) { return encodeNumber(dst, m.Start) },
	SectionElement:   encodeVector(func(m *Module) []ElemSegment { return m.Elems }, appendElemSegment),
	SectionDataCount: func(dst []byte, m *Module) ([]byte, bool) { return encodeNumber(dst, m.DataCount) },
	SectionCode:      encodeVector(func(m *Module) []Func { return m.Funcs }, appendBody),
	SectionData:      encodeVector(func(m *Module) []DataSegment { return m.Datas }, appendDataSegment),
}

// Encode writes a module in the binary format. Decoding the result gives a module that differs from m in offsets at
// most, if m came out of [Decode] or is valid. Custom sections keep their places.
func Encode(m *Module) []byte {
	dst := append([]byte(nil), magic+version...)
	dst = appendCustoms(dst, m, SectionCustom)
	var content []byte
	for _, id := range sectionOrder {
		var needed bool
		content, needed = sectionEncoders[id](content[:0], m)
		// An empty section is needed too if it is what tells the place of a custom section.
		if needed || len(content) > 0 && hasCustomAfter(m, id) {
			dst = appendSection(dst, id, content)
		}
		dst = appendCustoms(dst, m, id)
	}
	return dst
}

func hasCustomAfter(m *Module, id SectionID) bool {
	for i := range m.Customs {
		if m.Customs[i].After == id {
			return true
		}
	}
	return false
}

// appendCustoms appends the custom sections that stand after section id.
func appendCustoms(dst []byte, m *Module, id SectionID) []byte {
	for i := range m.Customs {
		if c := &m.Customs[i]; c.After == id {
			dst = appendSection(dst, SectionCustom, append(appendName(nil, c.Name), c.Data...))
		}
	}
	return dst
}

func appendSection(dst []byte, id SectionID, content []byte) []byte {
	return appendSized(append(dst, byte(id)), content)
}

func encodeVector[T any](list func(*Module) []T, element func([]byte, *T) []byte) func([]byte, *Module) ([]byte, bool) {
	return func(dst []byte, m *Module) ([]byte, bool) {
		elements := list(m)
		return appendVector(dst, elements, element), len(elements) > 0
	}
}

func encodeNumber(dst []byte, n *uint32) ([]byte, bool) {
	if n == nil {
		return dst, false
	}
	return AppendU32(dst, *n), true
}
