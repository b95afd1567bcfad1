package wasm

import (
	"fmt"
	"io"
	"math"

	"github.com/touchstone-wasm/touchstone/runtime/planted"
)

// Validate checks a module against the rules of specification chapter 3. It returns an [*InvalidError] for a module
// that breaks one, an [*UnsupportedError] for a module that needs more than the features in [Executable], a
// [*LimitError] for a module that is beyond what this implementation handles, and a [*MalformedError] if a module that
// was built has code that is not well-formed.
//
// The time and the memory that Validate takes are bounded by the size of the module, with a factor that grows with
// the number of parameters and results of its types, of which there are at most [MaxParams] and [MaxResults].
func Validate(m *Module) error { return ValidateFor(m, Executable) }

// ValidateFor is Validate with another set of features.
func ValidateFor(m *Module, features FeatureSet) error { return ValidateWithin(nil, m, features) }

// ValidateWithin is ValidateFor with other limits; nil means the defaults. The limits on parameters, results, locals, operands,
// labels and nesting are checked here, for modules that were built too; [DecodeWithin] checks the others.
func ValidateWithin(limits *ModuleLimits, m *Module, features FeatureSet) error {
	v := new(Validator)
	err := v.beginFor(limits, m, features)
	if err != nil {
		return err
	}
	for i := range m.Funcs {
		if err := v.Func(i); err != nil {
			return err
		}
		for err == nil {
			_, err = v.Next()
		}
		if err != io.EOF {
			return err
		}
		err = nil
	}
	return nil
}

// Validator validates the bodies of a module's functions an instruction at a time, for those who do something else
// with each instruction: [Validate] and they go over the code once. Its errors are those of Validate, and come in the same
// order if the functions are taken in order. It is of no more use after an error.
//
// It is the context of specification section 3.1 and the two stacks of its appendix A.3.
type Validator struct {
	m        *Module
	features FeatureSet
	limits   *ModuleLimits // with the defaults filled in
	Spaces
	sizes    [immSeveral + 1]uint64 // by kind of immediate: how many there are of what its index names, see measure
	declared []bool                 // by function index: occurs outside function bodies, so that ref.func may name it

	fn       int       // index of the function whose body is being validated, -1 for constant expressions
	constant bool      // whether the expression must be constant
	locals   []ValType // and bottom behind them, so that there is always one
	stack    []ValType // the guard and the operands; bottom stands for a value of any type
	frames   []frame   // the open blocks, the function's body first
	branches uint32    // counts br_table instructions, see frame.branch
	code     Reader    // what is left of the expression
	in       Instr     // the current instruction

	// What the slices begin with, so that small modules and functions need no memory of their own.
	first struct {
		funcs         [16]uint32
		declared      [16]bool
		locals, stack [32]ValType
		frames        [4]frame
	}
}

// Begin validates all of a module but the bodies of its functions. Nil limits mean the defaults. A Validator can be used for one
// module after the other.
func (v *Validator) Begin(limits *ModuleLimits, m *Module) error {
	return v.beginFor(limits, m, Executable)
}

func (v *Validator) beginFor(limits *ModuleLimits, m *Module, features FeatureSet) error {
	*v = Validator{m: m, features: features, limits: limits.effective(), fn: -1}
	v.Spaces = m.spaces(v.first.funcs[:0])
	v.locals, v.stack, v.frames = append(v.first.locals[:0], bottom), v.first.stack[:0], v.first.frames[:0]
	v.measure()
	v.declared = append(v.first.declared[:0], make([]bool, len(v.Funcs))...)
	for _, check := range [...]func(*Validator) error{
		(*Validator).types, (*Validator).imports, (*Validator).functions, (*Validator).tables, (*Validator).memories,
		(*Validator).globals, (*Validator).elems, (*Validator).datas, (*Validator).exports, (*Validator).start,
	} {
		if err := check(v); err != nil {
			return err
		}
	}
	return nil
}

// measure sets the sizes of the index spaces that do not change in the course of validation. For kinds of immediates that
// must be looked at in detail it is 0, and for those that cannot be wrong it is large.
func (v *Validator) measure() {
	for _, kind := range [...]Imm{immNone, ImmBlock, ImmI32, ImmI64, ImmF32, ImmF64, ImmRefType} {
		v.sizes[kind] = math.MaxUint64
	}
	v.sizes[ImmFunc], v.sizes[ImmType], v.sizes[ImmGlobal] = uint64(len(v.Funcs)), uint64(len(v.m.Types)), uint64(len(v.Globals))
	v.sizes[ImmTable], v.sizes[ImmMemory] = uint64(len(v.Tables)), uint64(len(v.Memories))
	v.sizes[ImmElem], v.sizes[ImmData] = uint64(len(v.m.Elems)), uint64(len(v.m.Datas))
	if len(v.Memories) > 0 {
		v.sizes[ImmMemarg] = math.MaxUint64 // the alignment is bounded otherwise
	}
}

// bad returns the error for the item with index i of a section.
func (v *Validator) bad(id SectionID, i int, format string, args ...any) error {
	msg := fmt.Sprintf("%s %d: %s", itemNames[id], i, fmt.Sprintf(format, args...))
	return &InvalidError{Func: -1, Offset: v.m.SectionOffsets[id], Msg: msg}
}

// unsupported returns the error for a feature that is left out.
func (v *Validator) unsupported(f Feature, offset int) error {
	return &UnsupportedError{Feature: f, Func: v.fn, Offset: offset}
}

// itemNames names an element of each section in messages.
var itemNames = [NumSections]string{
	SectionType: "type", SectionImport: "import", SectionFunction: "function", SectionTable: "table",
	SectionMemory: "memory", SectionGlobal: "global", SectionExport: "export", SectionStart: "start",
	SectionElement: "elem segment", SectionCode: "function", SectionData: "data segment", SectionDataCount: "data count",
}

// unknown is the message for an index that is out of its space.
func unknown(space string, index uint64) string { return fmt.Sprintf("unknown %s %d", space, index) }

func (v *Validator) types() error {
	for i := range v.m.Types {
		t := &v.m.Types[i]
		if err := v.limit(LimitParams, "parameters of type %d", i, len(t.Params), v.m.SectionOffsets[SectionType]); err != nil {
			return err
		}
		if err := v.limit(LimitResults, "results of type %d", i, len(t.Results), v.m.SectionOffsets[SectionType]); err != nil {
			return err
		}
		for _, list := range [...][]ValType{t.Params, t.Results} {
			for _, val := range list {
				if !val.Valid() {
					return v.bad(SectionType, i, "%s is not a type", val)
				}
				if val.IsVector() && !v.features.Has(SIMD) {
					return v.unsupported(SIMD, v.m.SectionOffsets[SectionType])
				}
			}
		}
	}
	return nil
}

// limit checks a limit of the item with an index, which what formats.
func (v *Validator) limit(l Limit, what string, index, got, offset int) error {
	if uint64(got) <= v.limits[l] {
		return nil
	}
	return v.limits.checkAs(l, fmt.Sprintf(what, index), uint64(got), offset)
}

func (v *Validator) imports() error {
	for i := range v.m.Imports {
		im := &v.m.Imports[i]
		msg := ""
		switch im.Kind {
		case ExternFunc:
			if uint64(im.Func) >= uint64(len(v.m.Types)) {
				msg = unknown("type", uint64(im.Func))
			}
		case ExternTable:
			msg = checkTable(im.Table)
		case ExternMemory:
			msg = checkMemory(im.Memory)
		case ExternGlobal:
			msg = checkGlobal(im.Global)
			if im.Global.Type.IsVector() && !v.features.Has(SIMD) {
				return v.unsupported(SIMD, v.m.SectionOffsets[SectionImport])
			}
		default:
			msg = "malformed import kind"
		}
		if msg != "" {
			return v.bad(SectionImport, i, "%s", msg)
		}
	}
	return nil
}

// functions checks the types of functions; their bodies come last, when everything they may refer to is known.
func (v *Validator) functions() error {
	for i := range v.m.Funcs {
		if t := v.m.Funcs[i].Type; uint64(t) >= uint64(len(v.m.Types)) {
			return v.bad(SectionFunction, i, "%s", unknown("type", uint64(t)))
		}
	}
	return nil
}

func (v *Validator) tables() error {
	for i, t := range v.m.Tables {
		if msg := checkTable(t); msg != "" {
			return v.bad(SectionTable, i, "%s", msg)
		}
	}
	return nil
}

func (v *Validator) memories() error {
	for i, t := range v.m.Memories {
		if msg := checkMemory(t); msg != "" {
			return v.bad(SectionMemory, i, "%s", msg)
		}
	}
	if len(v.Memories) > 1 {
		return v.bad(SectionMemory, 1, "multiple memories")
	}
	return nil
}

// checkTable, checkMemory and checkGlobal return what is wrong with a type, or nothing.
func checkTable(t TableType) string {
	if !t.Elem.IsRef() {
		return t.Elem.String() + " is not a reference type"
	}
	return checkLimits(t.Limits, 1<<32-1, "table size must be at most 2^32-1")
}

func checkMemory(t MemoryType) string {
	return checkLimits(t.Limits, MaxPages, "memory size must be at most 65536 pages (4GiB)")
}

func checkGlobal(t GlobalType) string {
	if !t.Type.Valid() {
		return t.Type.String() + " is not a type"
	}
	return ""
}

// checkLimits checks limits against the largest size; tooLarge is the message if they exceed it.
func checkLimits(l Limits, largest uint64, tooLarge string) string {
	switch {
	case l.Min > largest, l.HasMax && l.Max > largest:
		return tooLarge
	case l.HasMax && l.Max < l.Min:
		return "size minimum must not be greater than maximum"
	}
	return ""
}

func (v *Validator) exports() error {
	sizes := [...]int{
		ExternFunc: len(v.Funcs), ExternTable: len(v.Tables),
		ExternMemory: len(v.Memories), ExternGlobal: len(v.Globals),
	}
	names := map[string]struct{}{}
	for i := range v.m.Exports {
		e := &v.m.Exports[i]
		if int(e.Kind) >= len(sizes) {
			return v.bad(SectionExport, i, "malformed export kind")
		}
		if uint64(e.Index) >= uint64(sizes[e.Kind]) {
			space := e.Kind.String()
			if e.Kind == ExternFunc {
				space = "function"
			}
			return v.bad(SectionExport, i, "%s", unknown(space, uint64(e.Index)))
		}
		names[e.Name] = struct{}{}
		if len(names) != i+1 && planted.Selected != planted.ExportTwice {
			return v.bad(SectionExport, i, "duplicate export name %q", e.Name)
		}
		if e.Kind == ExternFunc {
			v.declared[e.Index] = true
		}
	}
	return nil
}

func (v *Validator) start() error {
	if v.m.Start == nil {
		return nil
	}
	f := *v.m.Start
	if uint64(f) >= uint64(len(v.Funcs)) {
		return v.bad(SectionStart, 0, "%s", unknown("function", uint64(f)))
	}
	if t := &v.m.Types[v.Funcs[f]]; len(t.Params)+len(t.Results) != 0 && !(planted.Selected == planted.StartType && len(t.Params) == 0) {
		return v.bad(SectionStart, 0, "start function %d has type %s, want () -> ()", f, t)
	}
	return nil
}
