package wasm

import (
	"fmt"
	"iter"
)

// Limit is one thing of modules that is bounded (specification appendix A.2 allows that).
type Limit uint8

// The limits. They count what the module itself has, not what it imports.
const (
	LimitBytes     Limit = iota // of the binary
	LimitTypes                  // function types
	LimitImports                // of all kinds
	LimitFunctions              // the code entries as well as the function section
	LimitTables
	LimitMemories
	LimitGlobals
	LimitExports
	LimitElems    // element segments
	LimitElements // of one element segment
	LimitDatas    // data segments
	LimitCustoms  // custom sections
	LimitParams   // of one function type
	LimitResults  // of one function type
	LimitBody     // bytes of one function, its locals included
	LimitLocals   // of one function, its parameters included
	LimitNesting  // blocks of one function that are open at one time
	LimitLabels   // of one br_table, the default aside
	LimitOperands // of one function at one time

	// NumLimits is the number of limits.
	NumLimits = iota
)

// limits has a row for each limit. Where browsers agreed on a value (WebAssembly JavaScript Interface, "Implementation-defined
// Limits"), that is the default. What is fixed can be lowered, but not raised: register code has 16 bits for a slot.
var limits = [NumLimits]struct {
	name, what string
	value      uint64
	fixed      bool
}{
	LimitBytes:     {name: "bytes", what: "bytes of the module", value: 1 << 30},
	LimitTypes:     {name: "types", what: "types", value: 1_000_000},
	LimitImports:   {name: "imports", what: "imports", value: 1_000_000},
	LimitFunctions: {name: "functions", what: "functions", value: 1_000_000},
	LimitTables:    {name: "tables", what: "tables", value: 100_000},
	LimitMemories:  {name: "memories", what: "memories", value: 100},
	LimitGlobals:   {name: "globals", what: "globals", value: 1_000_000},
	LimitExports:   {name: "exports", what: "exports", value: 1_000_000},
	LimitElems:     {name: "elems", what: "element segments", value: 100_000},
	LimitElements:  {name: "elements", what: "elements of a segment", value: 10_000_000},
	LimitDatas:     {name: "datas", what: "data segments", value: 100_000},
	LimitCustoms:   {name: "customs", what: "custom sections", value: 100_000},
	LimitParams:    {name: "params", what: "parameters of a type", value: MaxParams, fixed: true},
	LimitResults:   {name: "results", what: "results of a type", value: MaxResults, fixed: true},
	LimitBody:      {name: "body", what: "bytes of a function", value: 7_654_321},
	LimitLocals:    {name: "locals", what: "locals of a function", value: MaxLocals, fixed: true},
	LimitNesting:   {name: "nesting", what: "open blocks of a function", value: 100_000},
	LimitLabels:    {name: "labels", what: "labels of a br_table", value: 65_520},
	LimitOperands:  {name: "operands", what: "operands of a function at one time", value: MaxStackHeight, fixed: true},
}

// AllLimits returns all limits, in the order of their numbers.
func AllLimits() iter.Seq[Limit] {
	return func(yield func(Limit) bool) {
		for l := range Limit(NumLimits) {
			if !yield(l) {
				return
			}
		}
	}
}

// String returns the limit's name, one word in lower case.
func (l Limit) String() string {
	if int(l) < NumLimits {
		return limits[l].name
	}
	return fmt.Sprintf("limit(%d)", uint8(l))
}

// Default returns what the limit is if nothing else is set.
func (l Limit) Default() uint64 { return limits[l].value }

// Fixed reports whether the limit can only be lowered.
func (l Limit) Fixed() bool { return limits[l].fixed }

// ModuleLimits bounds modules: ModuleLimits{LimitFunctions: 100} allows a hundred functions, and what is not set has its
// default. They are checked before memory is taken for what they bound. What a module costs in all is bounded by
// LimitBytes: the factor is up to some dozens of bytes for a byte of a module that is made to cost much.
type ModuleLimits [NumLimits]uint64

// Of returns what l is.
func (m *ModuleLimits) Of(l Limit) uint64 {
	row := &limits[l]
	if m == nil || m[l] == 0 || row.fixed && m[l] > row.value {
		return row.value
	}
	return m[l]
}

// Check returns a [*LimitError] if there are more than l allows; offset is where the module says how many.
func (m *ModuleLimits) Check(l Limit, got uint64, offset int) error {
	return m.checkAs(l, limits[l].what, got, offset)
}

// checkAs is Check with other words for what there is too much of.
func (m *ModuleLimits) checkAs(l Limit, what string, got uint64, offset int) error {
	most := m.Of(l)
	if got <= most {
		return nil
	}
	err := &LimitError{What: what, Got: got, Max: most, Offset: offset, Setting: l.String()}
	if limits[l].fixed && most == limits[l].value {
		err.Setting = ""
	}
	return err
}

// sectionLimits says what bounds the elements of a section's vector. The start section has none, the custom one has a limit of
// its own; DataCount announces what LimitDatas bounds.
var sectionLimits = [NumSections]Limit{
	SectionCustom: NumLimits, SectionStart: NumLimits,
	SectionType: LimitTypes, SectionImport: LimitImports, SectionFunction: LimitFunctions, SectionTable: LimitTables,
	SectionMemory: LimitMemories, SectionGlobal: LimitGlobals, SectionExport: LimitExports, SectionElement: LimitElems,
	SectionCode: LimitFunctions, SectionData: LimitDatas, SectionDataCount: LimitDatas,
}

// limitSection checks how many elements the section has whose contents begin here. It reads on a copy of the cursor: a
// length that is malformed is for the section's decoder to refuse.
func (d *decoder) limitSection(id SectionID) {
	l, c := sectionLimits[id], d.cursor
	n := c.u32()
	if l != NumLimits && c.err == nil && (int64(n) <= int64(c.left()) || id == SectionDataCount) {
		d.limit(l, uint64(n), d.pos)
	}
}

// limit refuses the module if there are more than l allows; pos is where it says how many.
func (c *cursor) limit(l Limit, got uint64, pos int) {
	if c.bounds == nil || got <= c.bounds[l] || c.err != nil {
		return
	}
	c.err = c.bounds.Check(l, got, c.base+pos)
	c.pos = len(c.b)
}

// effective returns the limits with their defaults filled in. It must not be changed.
func (m *ModuleLimits) effective() *ModuleLimits {
	if m == nil {
		return &defaults
	}
	all := m.filled()
	return &all
}

// defaults are the limits when nothing is set.
var defaults = (*ModuleLimits)(nil).filled()

func (m *ModuleLimits) filled() (all ModuleLimits) {
	for l := range AllLimits() {
		all[l] = m.Of(l)
	}
	return all
}
