package wasm

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

// FuncTypes returns the types of all functions of a valid module by function index.
func (m *Module) FuncTypes() []FuncType {
	var types []FuncType
	for i := range m.Imports {
		if m.Imports[i].Kind == ExternFunc {
			types = append(types, m.Types[m.Imports[i].Func])
		}
	}
	for i := range m.Funcs {
		types = append(types, m.Types[m.Funcs[i].Type])
	}
	return types
}

// TableTypes returns the types of all tables by table index.
func (m *Module) TableTypes() []TableType {
	var types []TableType
	for i := range m.Imports {
		if m.Imports[i].Kind == ExternTable {
			types = append(types, m.Imports[i].Table)
		}
	}
	return append(types, m.Tables...)
}

// MemoryTypes returns the types of all memories by memory index.
func (m *Module) MemoryTypes() []MemoryType {
	var types []MemoryType
	for i := range m.Imports {
		if m.Imports[i].Kind == ExternMemory {
			types = append(types, m.Imports[i].Memory)
		}
	}
	return append(types, m.Memories...)
}

// GlobalTypes returns the types of all globals by global index.
func (m *Module) GlobalTypes() []GlobalType {
	var types []GlobalType
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

// BlockFunc returns what a block of type b takes and returns. The type index must be valid.
func (m *Module) BlockFunc(b BlockType) FuncType {
	if b >= 0 {
		return m.Types[b]
	}
	if t, ok := b.Result(); ok {
		return FuncType{Results: resultsOf[t&0x1f]}
	}
	return FuncType{}
}

// resultsOf holds the one-element result lists of all value types, so that BlockFunc need not allocate.
var resultsOf = func() (lists [32][]ValType) {
	for _, t := range []ValType{I32, I64, F32, F64, V128, FuncRef, ExternRef} {
		lists[t&0x1f] = []ValType{t}
	}
	return lists
}()
