package wasm

import (
	"sync"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// magic and version begin every module.
const (
	magic   = "\x00asm"
	version = "\x01\x00\x00\x00"
)

// sectionOrder lists the sections in the order in which they stand in a module, custom ones aside.
var sectionOrder = [...]SectionID{
	SectionType, SectionImport, SectionFunction, SectionTable, SectionMemory, SectionGlobal, SectionExport, SectionStart,
	SectionElement, SectionDataCount, SectionCode, SectionData,
}

// sectionRank gives the place of each section in sectionOrder, from 1.
var sectionRank = func() (rank [NumSections]int) {
	for i, id := range sectionOrder {
		rank[id] = i + 1
	}
	return rank
}()

// decoder is the state of one call of [Decode].
type decoder struct {
	cursor
	m         *Module  // on its own, so that it does not keep the buffers below alive
	shallow   bool     // bodies of functions are not read
	funcTypes []uint32 // the function section, until the code section is there to match
	usesData  int      // offset of the first instruction read that names a data segment, -1 if none
	in        Instr    // reused
	nesting   []Op     // reused: what opened the blocks that are open
}

// sectionDecoders decode what is inside a section.
var sectionDecoders = [NumSections]func(*decoder){
	SectionType:      (*decoder).typeSection,
	SectionImport:    (*decoder).importSection,
	SectionFunction:  (*decoder).functionSection,
	SectionTable:     (*decoder).tableSection,
	SectionMemory:    (*decoder).memorySection,
	SectionGlobal:    (*decoder).globalSection,
	SectionExport:    (*decoder).exportSection,
	SectionStart:     (*decoder).startSection,
	SectionElement:   (*decoder).elementSection,
	SectionCode:      (*decoder).codeSection,
	SectionData:      (*decoder).dataSection,
	SectionDataCount: (*decoder).dataCountSection,
}

// Decode reads a module in the binary format. It accepts what specification chapter 5 accepts, and
// returns a [*MalformedError] for everything else; whether the module is valid is for [Validate] to say. A module beyond the
// default limits is refused with a [*LimitError].
//
// The module aliases src, which must not change while the module is in use. The memory that Decode takes is bounded
// by a small multiple of len(src), whatever src declares.
func Decode(src []byte) (*Module, error) { return DecodeWithin(nil, src) }

// DecodeWithin is Decode with other limits; nil means the defaults.
func DecodeWithin(limits *ModuleLimits, src []byte) (*Module, error) {
	return decode(limits, src, false)
}

// DecodeShallow is DecodeWithin but for the instructions in function bodies, which it does not read: a body that is malformed is left
// for a [Validator] to refuse. So a module that it refuses, or that is not valid, may have another error that Decode finds first.
func DecodeShallow(limits *ModuleLimits, src []byte) (*Module, error) {
	return decode(limits, src, true)
}

func decode(limits *ModuleLimits, src []byte, shallow bool) (*Module, error) {
	if err := limits.Check(LimitBytes, uint64(len(src)), 0); err != nil {
		return nil, err
	}
	d := decoders.Get().(*decoder)
	defer func() {
		*d = decoder{}
		decoders.Put(d)
	}()
	*d = decoder{cursor: cursor{b: src, bounds: limits.effective()}, m: new(Module), shallow: shallow, usesData: -1}
	d.header()
	last := SectionCustom
	for d.err == nil && d.left() > 0 {
		last = d.section(last)
	}
	d.checkCounts()
	if d.err != nil {
		return nil, d.err
	}
	return d.m, nil
}

// decoders are used again: for a small module, making one costs as much as all else.
var decoders = sync.Pool{New: func() any { return new(decoder) }}

func (d *decoder) header() {
	if string(d.bytes(len(magic))) != magic {
		d.fail(0, "magic header not detected")
	}
	if string(d.bytes(len(version))) != version {
		d.fail(len(magic), "unknown binary version")
	}
}

// section decodes one section that follows the non-custom section last, and returns which is last then.
func (d *decoder) section(last SectionID) SectionID {
	pos := d.pos
	id := SectionID(d.u8())
	if id >= NumSections {
		d.fail(pos, "malformed section id")
		return last
	}
	if id != SectionCustom && sectionRank[id] <= sectionRank[last] && !(planted.Selected == planted.SectionTwice && id == last) {
		d.fail(pos, "unexpected content after last section")
		return last
	}
	size := d.count()
	whole := d.b
	d.b = d.b[:d.pos+size]
	if id == SectionCustom {
		d.limit(LimitCustoms, uint64(len(d.m.Customs))+1, pos)
		d.m.Customs = append(d.m.Customs, Custom{Name: d.name(), Data: d.bytes(d.left()), After: last})
		if planted.Selected == planted.CustomOrder {
			last = SectionCustom
		}
	} else {
		d.m.SectionOffsets[id] = d.pos
		d.limitSection(id)
		sectionDecoders[id](d)
		last = id
	}
	if planted.Selected == planted.SectionRest {
		d.pos = len(d.b)
	}
	if d.left() > 0 {
		d.fail(d.pos, "section size mismatch")
	}
	d.b = whole
	return last
}

// checkCounts checks what several sections must agree on (specification section 5.5.16).
func (d *decoder) checkCounts() {
	end := len(d.b)
	switch m := d.m; {
	case len(d.funcTypes) != len(m.Funcs):
		d.fail(end, inconsistentCode)
	case m.DataCount != nil && uint64(*m.DataCount) != uint64(len(m.Datas)) && planted.Selected != planted.DataCountValue:
		d.fail(end, "data count and data section have inconsistent lengths")
	}
}

const (
	inconsistentCode  = "function and code section have inconsistent lengths"
	dataCountRequired = "data count section required"
)
