package wasm

import (
	"fmt"
	"strings"
)

// ValType is the type of a value, by its byte in the binary format (specification section 5.3).
type ValType byte

// The value types of WebAssembly 2.0.
const (
	I32       ValType = 0x7f
	I64       ValType = 0x7e
	F32       ValType = 0x7d
	F64       ValType = 0x7c
	V128      ValType = 0x7b
	FuncRef   ValType = 0x70
	ExternRef ValType = 0x6f
)

// IsNum reports whether t is one of the four number types.
func (t ValType) IsNum() bool { return t >= F64 && t <= I32 }

// IsFloat reports whether t is one of the two float types.
func (t ValType) IsFloat() bool { return t == F32 || t == F64 }

// IsVector reports whether t is v128.
func (t ValType) IsVector() bool { return t == V128 }

// IsRef reports whether t is a reference type.
func (t ValType) IsRef() bool { return t == FuncRef || t == ExternRef }

// Valid reports whether t is a value type that this package knows.
func (t ValType) Valid() bool { return t.IsNum() || t.IsVector() || t.IsRef() }

// String returns the type's name in the text format.
func (t ValType) String() string {
	switch t {
	case I32:
		return "i32"
	case I64:
		return "i64"
	case F32:
		return "f32"
	case F64:
		return "f64"
	case V128:
		return "v128"
	case FuncRef:
		return "funcref"
	case ExternRef:
		return "externref"
	}
	return fmt.Sprintf("valtype(%#x)", byte(t))
}

// FuncType is the type of a function: what it takes and what it returns, in order.
type FuncType struct {
	Params  []ValType
	Results []ValType
}

// Equal reports whether t and u are the same type.
func (t FuncType) Equal(u FuncType) bool {
	return equalTypes(t.Params, u.Params) && equalTypes(t.Results, u.Results)
}

// equalTypes compares two lists of types. The conversions to strings do not copy.
func equalTypes(a, b []ValType) bool { return string(a) == string(b) }

// Key returns a string that is equal for equal types and different for different ones, for use as a map key.
func (t FuncType) Key() string { return string(t.Params) + ":" + string(t.Results) }

// String returns the type as "(i32, i64) -> (f32)".
func (t FuncType) String() string {
	return joinTypes(t.Params) + " -> " + joinTypes(t.Results)
}

func joinTypes(ts []ValType) string {
	names := make([]string, len(ts))
	for i, t := range ts {
		names[i] = t.String()
	}
	return "(" + strings.Join(names, ", ") + ")"
}

// BlockType is the type of a block as the binary format writes it, a signed 33-bit number: [EmptyBlock], the
// negated code of a value type (one result, no parameters), or the index of a function type.
type BlockType int64

// EmptyBlock is the type of a block that takes and returns nothing.
const EmptyBlock BlockType = -64

// ResultBlock returns the block type that has one result t and no parameters.
func ResultBlock(t ValType) BlockType { return BlockType(int64(t) - 0x80) }

// Result returns the value type of a block with one result, and whether b is such a block type.
func (b BlockType) Result() (ValType, bool) {
	if b >= 0 || b < EmptyBlock || b == EmptyBlock {
		return 0, false
	}
	return ValType(b + 0x80), true
}

// Limits bound the size of a memory (in pages of [PageSize] bytes) or of a table (in elements).
type Limits struct {
	Min    uint64
	Max    uint64 // meaningful only when HasMax
	HasMax bool
}

// String returns the limits as "min" or "min..max".
func (l Limits) String() string {
	if l.HasMax {
		return fmt.Sprintf("%d..%d", l.Min, l.Max)
	}
	return fmt.Sprint(l.Min)
}

// PageSize is the size of a memory page in bytes; MaxPages is the largest number of pages a 32-bit memory can have.
const (
	PageSize = 65536
	MaxPages = 65536
)

// TableType is the type of a table.
type TableType struct {
	Elem   ValType // FuncRef or ExternRef
	Limits Limits
}

// String returns the type as "table 1..2 funcref".
func (t TableType) String() string { return "table " + t.Limits.String() + " " + t.Elem.String() }

// MemoryType is the type of a memory.
type MemoryType struct {
	Limits Limits
}

// String returns the type as "memory 1..2".
func (t MemoryType) String() string { return "memory " + t.Limits.String() }

// GlobalType is the type of a global.
type GlobalType struct {
	Type    ValType
	Mutable bool
}

// String returns the type as "i32" or "mut i32".
func (t GlobalType) String() string {
	if t.Mutable {
		return "mut " + t.Type.String()
	}
	return t.Type.String()
}

// ExternKind says what an import or an export is, by its byte in the binary format.
type ExternKind byte

// The kinds of imports and exports.
const (
	ExternFunc ExternKind = iota
	ExternTable
	ExternMemory
	ExternGlobal
)

// String returns the kind's name in the text format.
func (k ExternKind) String() string {
	if k <= ExternGlobal {
		return [...]string{"func", "table", "memory", "global"}[k]
	}
	return fmt.Sprintf("externkind(%d)", byte(k))
}

// Import is one import of a module. Which of Func, Table, Memory and Global counts is told by Kind.
type Import struct {
	Module, Name string
	Kind         ExternKind
	Func         uint32 // index into Module.Types
	Table        TableType
	Memory       MemoryType
	Global       GlobalType
}

// Export is one export of a module; Index is in the index space of its Kind, imports first.
type Export struct {
	Name  string
	Kind  ExternKind
	Index uint32
}

// Expr is a sequence of instructions as it stands in the binary format, the final end included.
// It is known to be well-formed once it comes out of [Decode]; [Reader] walks it.
type Expr struct {
	Code   []byte
	Offset int // of Code[0] in the decoded module; 0 for an expression that was built
}

// Locals is a run of locals of one type.
type Locals struct {
	Count uint32
	Type  ValType
}

// Func is a function that a module defines.
type Func struct {
	Type   uint32   // index into Module.Types
	Locals []Locals // runs as they stand in the binary; their sum can be as large as 2^32-1
	Body   Expr
}

// Global is a global that a module defines.
type Global struct {
	Type GlobalType
	Init Expr
}

// SegmentMode says what happens to an element or data segment at instantiation.
type SegmentMode byte

// The modes of segments; only element segments can be declarative.
const (
	Active SegmentMode = iota
	Passive
	Declarative
)

// String returns the mode's name.
func (m SegmentMode) String() string {
	if m <= Declarative {
		return [...]string{"active", "passive", "declarative"}[m]
	}
	return fmt.Sprintf("segmentmode(%d)", byte(m))
}

// ElemSegment is an element segment. Exactly one of Funcs and Exprs is used, as UseExprs tells. The form in the binary
// format follows from the fields.
type ElemSegment struct {
	Mode     SegmentMode
	Table    uint32  // of an active segment
	Offset   Expr    // of an active segment
	Type     ValType // of the elements; FuncRef unless UseExprs
	UseExprs bool
	Funcs    []uint32 // function indices, without UseExprs
	Exprs    []Expr   // constant expressions, with UseExprs
	Explicit bool     // an active segment writes Table and Type even where the short form implies them
}

// DataSegment is a data segment.
type DataSegment struct {
	Mode     SegmentMode // Active or Passive
	Memory   uint32      // of an active segment
	Offset   Expr        // of an active segment
	Init     []byte
	Explicit bool // an active segment writes Memory even if it is 0
}

// SectionID is the number of a section in the binary format.
type SectionID byte

// The sections, by number. They stand in a module in this order, but for DataCount, which precedes Code.
const (
	SectionCustom SectionID = iota
	SectionType
	SectionImport
	SectionFunction
	SectionTable
	SectionMemory
	SectionGlobal
	SectionExport
	SectionStart
	SectionElement
	SectionCode
	SectionData
	SectionDataCount

	// NumSections is the number of kinds of sections.
	NumSections = iota
)

// Custom is a custom section; After is the last non-custom section that stands before it (SectionCustom if none).
type Custom struct {
	Name  string
	Data  []byte
	After SectionID
}

// Module is a decoded module, or one that was built. Slices of it may alias the bytes it was decoded from.
type Module struct {
	Types     []FuncType
	Imports   []Import
	Funcs     []Func
	Tables    []TableType
	Memories  []MemoryType
	Globals   []Global
	Exports   []Export
	Start     *uint32
	Elems     []ElemSegment
	DataCount *uint32
	Datas     []DataSegment
	Customs   []Custom

	// SectionOffsets says where the contents of each section began in the bytes that the module was decoded from; 0 for
	// a section that is absent and in a module that was built. Messages about items use it.
	SectionOffsets [NumSections]int
}
