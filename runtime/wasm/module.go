package wasm

import "slices"

// importsOf counts the imports of one kind; they come first in the kind's index space.
func (m *Module) importsOf(kind ExternKind) (n int) {
	for i := range m.Imports {
		if m.Imports[i].Kind == kind {
			n++
		}
	}
	return n
}

// ImportedFuncs returns how many functions the module imports; the function it defines first has that index.
func (m *Module) ImportedFuncs() int { return m.importsOf(ExternFunc) }

// ImportedTables returns how many tables the module imports.
func (m *Module) ImportedTables() int { return m.importsOf(ExternTable) }

// ImportedMemories returns how many memories the module imports.
func (m *Module) ImportedMemories() int { return m.importsOf(ExternMemory) }

// ImportedGlobals returns how many globals the module imports.
func (m *Module) ImportedGlobals() int { return m.importsOf(ExternGlobal) }

// ConstExprs returns the constant expressions of the module (section 3.3.10), to be read or changed: of globals, of element segments,
// their offsets included, and of data segments, in this order.
func (m *Module) ConstExprs() (list []*Expr) {
	for i := range m.Globals {
		list = append(list, &m.Globals[i].Init)
	}
	for i := range m.Elems {
		s := &m.Elems[i]
		if s.Mode == Active {
			list = append(list, &s.Offset)
		}
		for k := range s.Exprs {
			list = append(list, &s.Exprs[k])
		}
	}
	for i := range m.Datas {
		if s := &m.Datas[i]; s.Mode == Active {
			list = append(list, &s.Offset)
		}
	}
	return list
}

// FuncTypes returns the types of all functions of a valid module by function index.
func (m *Module) FuncTypes() []FuncType {
	indexes := m.funcTypeIndexes(nil)
	types := make([]FuncType, len(indexes))
	for i, t := range indexes {
		types[i] = m.Types[t]
	}
	return types
}

// funcTypeIndexes appends the indexes of the types of all functions, by function index, to indexes, which is empty.
func (m *Module) funcTypeIndexes(indexes []uint32) []uint32 {
	indexes = slices.Grow(indexes, m.ImportedFuncs()+len(m.Funcs))
	for i := range m.Imports {
		if m.Imports[i].Kind == ExternFunc {
			indexes = append(indexes, m.Imports[i].Func)
		}
	}
	for i := range m.Funcs {
		indexes = append(indexes, m.Funcs[i].Type)
	}
	return indexes
}

// TableTypes returns the types of all tables by table index. They must not be changed.
func (m *Module) TableTypes() []TableType {
	n := m.ImportedTables()
	if n == 0 {
		return slices.Clip(m.Tables)
	}
	types := make([]TableType, 0, n+len(m.Tables))
	for i := range m.Imports {
		if m.Imports[i].Kind == ExternTable {
			types = append(types, m.Imports[i].Table)
		}
	}
	return append(types, m.Tables...)
}

// MemoryTypes returns the types of all memories by memory index. They must not be changed.
func (m *Module) MemoryTypes() []MemoryType {
	n := m.ImportedMemories()
	if n == 0 {
		return slices.Clip(m.Memories)
	}
	types := make([]MemoryType, 0, n+len(m.Memories))
	for i := range m.Imports {
		if m.Imports[i].Kind == ExternMemory {
			types = append(types, m.Imports[i].Memory)
		}
	}
	return append(types, m.Memories...)
}

// GlobalTypes returns the types of all globals by global index.
func (m *Module) GlobalTypes() []GlobalType {
	types := make([]GlobalType, 0, m.ImportedGlobals()+len(m.Globals))
	for i := range m.Imports {
		if m.Imports[i].Kind == ExternGlobal {
			types = append(types, m.Imports[i].Global)
		}
	}
	for i := range m.Globals {
		types = append(types, m.Globals[i].Type)
	}
	return types
}

// Spaces are the index spaces of a module, imports first.
type Spaces struct {
	Funcs    []uint32 // the indexes of their types
	Tables   []TableType
	Memories []MemoryType
	Globals  []GlobalType
}

// Spaces lays out the index spaces of m.
func (m *Module) Spaces() Spaces { return m.spaces(nil) }

// spaces is Spaces with the indexes of types in funcs, if they fit.
func (m *Module) spaces(funcs []uint32) Spaces {
	return Spaces{Funcs: m.funcTypeIndexes(funcs), Tables: m.TableTypes(), Memories: m.MemoryTypes(), Globals: m.GlobalTypes()}
}

// BlockFunc returns what a block of type b takes and returns; it must not be changed. The type index must be valid.
func (m *Module) BlockFunc(b BlockType) *FuncType {
	if b >= 0 {
		return &m.Types[b]
	}
	return &blockFuncs[b&0x3f]
}

// blockFuncs holds the types of blocks that are not type indexes, by the low bits of the block type, where no two agree.
var blockFuncs = func() (types [64]FuncType) {
	for _, t := range []ValType{I32, I64, F32, F64, V128, FuncRef, ExternRef} {
		types[ResultBlock(t)&0x3f].Results = []ValType{t}
	}
	return types
}()
