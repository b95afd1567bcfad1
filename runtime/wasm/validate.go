package wasm

import "fmt"

// Validate checks a module against the rules of specification chapter 3. It returns an [*InvalidError] for a module
// that breaks one, an [*UnsupportedError] for a module that needs more than the features in [Executable], a
// [*LimitError] for a module that is beyond what this implementation handles, and a [*MalformedError] if a module that
// was built has code that is not well-formed.
//
// The time and the memory that Validate takes are bounded by the size of the module, with a factor that grows with
// the number of parameters and results of its types, of which there are at most [MaxParams] and [MaxResults].
func Validate(m *Module) error { return ValidateFor(m, Executable) }

// ValidateFor is Validate with another set of features.
func ValidateFor(m *Module, features FeatureSet) error {
	v := newValidator(m)
	v.features = features
	for _, check := range []func() error{
		v.types, v.imports, v.functions, v.tables, v.memories, v.globals, v.elems, v.datas, v.exports, v.start, v.bodies,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// validator is the state of one call of [Validate]: the context of specification section 3.1 and the two stacks of
// its appendix A.3. The index spaces are laid out once, since every instruction asks for them.
type validator struct {
	m           *Module
	features    FeatureSet
	funcTypes   []uint32
	tableTypes  []TableType
	memoryTypes []MemoryType
	globalTypes []GlobalType
	imported    int    // globals that are imported: the ones that constant expressions may read
	declared    []bool // by function index: occurs outside function bodies, so that ref.func may name it

	fn       int  // index of the function whose body is being validated, -1 for constant expressions
	constant bool // whether the expression must be constant
	locals   []ValType
	stack    []ValType // the operands; bottom stands for a value of any type
	frames   []frame   // the open blocks, the function's body first
	branches uint32    // counts br_table instructions, see frame.branch
	in       Instr
}

func newValidator(m *Module) *validator {
	v := &validator{
		m: m, fn: -1,
		tableTypes: m.TableTypes(), memoryTypes: m.MemoryTypes(), globalTypes: m.GlobalTypes(),
		imported: m.ImportedGlobals(),
	}
	v.funcTypes = make([]uint32, 0, m.ImportedFuncs()+len(m.Funcs))
	for i := range m.Imports {
		if m.Imports[i].Kind == ExternFunc {
			v.funcTypes = append(v.funcTypes, m.Imports[i].Func)
		}
	}
	for i := range m.Funcs {
		v.funcTypes = append(v.funcTypes, m.Funcs[i].Type)
	}
	v.declared = make([]bool, len(v.funcTypes))
	return v
}

// bad returns the error for the item with index i of a section.
func (v *validator) bad(id SectionID, i int, format string, args ...any) error {
	msg := fmt.Sprintf("%s %d: %s", itemNames[id], i, fmt.Sprintf(format, args...))
	return &InvalidError{Func: -1, Offset: v.m.SectionOffsets[id], Msg: msg}
}

// unsupported returns the error for a feature that is left out.
func (v *validator) unsupported(f Feature, offset int) error {
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

func (v *validator) types() error {
	for i := range v.m.Types {
		t := &v.m.Types[i]
		if n := len(t.Params); n > MaxParams {
			return v.limit(SectionType, fmt.Sprintf("parameters of type %d", i), n, MaxParams)
		}
		if n := len(t.Results); n > MaxResults {
			return v.limit(SectionType, fmt.Sprintf("results of type %d", i), n, MaxResults)
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

func (v *validator) limit(id SectionID, what string, got, limit int) error {
	return &LimitError{What: what, Got: uint64(got), Max: uint64(limit), Offset: v.m.SectionOffsets[id]}
}

func (v *validator) imports() error {
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
func (v *validator) functions() error {
	for i := range v.m.Funcs {
		if t := v.m.Funcs[i].Type; uint64(t) >= uint64(len(v.m.Types)) {
			return v.bad(SectionFunction, i, "%s", unknown("type", uint64(t)))
		}
	}
	return nil
}

func (v *validator) tables() error {
	for i, t := range v.m.Tables {
		if msg := checkTable(t); msg != "" {
			return v.bad(SectionTable, i, "%s", msg)
		}
	}
	return nil
}

func (v *validator) memories() error {
	for i, t := range v.m.Memories {
		if msg := checkMemory(t); msg != "" {
			return v.bad(SectionMemory, i, "%s", msg)
		}
	}
	if len(v.memoryTypes) > 1 {
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

func (v *validator) exports() error {
	sizes := [...]int{
		ExternFunc: len(v.funcTypes), ExternTable: len(v.tableTypes),
		ExternMemory: len(v.memoryTypes), ExternGlobal: len(v.globalTypes),
	}
	names := make(map[string]struct{}, len(v.m.Exports))
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
		if len(names) != i+1 {
			return v.bad(SectionExport, i, "duplicate export name %q", e.Name)
		}
		if e.Kind == ExternFunc {
			v.declared[e.Index] = true
		}
	}
	return nil
}

func (v *validator) start() error {
	if v.m.Start == nil {
		return nil
	}
	f := *v.m.Start
	if uint64(f) >= uint64(len(v.funcTypes)) {
		return v.bad(SectionStart, 0, "%s", unknown("function", uint64(f)))
	}
	if t := &v.m.Types[v.funcTypes[f]]; len(t.Params)+len(t.Results) != 0 {
		return v.bad(SectionStart, 0, "start function %d has type %s, want () -> ()", f, t)
	}
	return nil
}
