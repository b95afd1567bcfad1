package evaluator

import (
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Extern is a function, table, memory or global that modules import and export: *Func, *Table, *Memory or *Global. Its address in the
// store of section 4.2.3 is the pointer.
type Extern any

// Func is a function instance (section 4.2.6).
type Func struct {
	Type wasm.FuncType
	// Host is what a function of the host does; nil for one of a module. It returns values of the results' types.
	Host func(args []Value) []Value

	in     *Instance
	index  uint32
	code   *wasm.Func
	body   []Node
	locals int // how many there are behind the parameters
}

// Index returns the index of a function in the module that defines it.
func (f *Func) Index() uint32 { return f.index }

// String returns the function's index, or that it is of the host.
func (f *Func) String() string {
	if f.Host != nil {
		return "function of the host"
	}
	return fmt.Sprintf("function %d", f.index)
}

// Table is a table instance (section 4.2.7).
type Table struct {
	Type  wasm.TableType
	Elems []Value
}

// NewTable returns a table of the least size, all null.
func NewTable(t wasm.TableType) *Table {
	table := &Table{Type: t}
	table.grow(t.Limits.Min, Default(t.Elem))
	return table
}

func (t *Table) grow(n uint64, with Value) {
	for range n {
		t.Elems = append(t.Elems, with)
	}
}

// Memory is a memory instance (section 4.2.8).
type Memory struct {
	Type wasm.MemoryType
	Data []byte
}

// NewMemory returns a memory of the least size, all zero.
func NewMemory(t wasm.MemoryType) *Memory {
	return &Memory{Type: t, Data: make([]byte, t.Limits.Min*wasm.PageSize)}
}

func (m *Memory) pages() uint64 { return uint64(len(m.Data)) / wasm.PageSize }

// Global is a global instance (section 4.2.9).
type Global struct {
	Type  wasm.GlobalType
	Value Value
}

// Instance is a module instance (section 4.2.5).
type Instance struct {
	module   *wasm.Module
	limits   Limits
	funcs    []*Func
	tables   []*Table
	memories []*Memory
	globals  []*Global
	elems    [][]Value               // element segments (section 4.2.10); nil when dropped
	datas    [][]byte                // data segments (section 4.2.11); nil when dropped
	exports  map[string]*wasm.Export // by name; nil until something is asked for
}

// Export returns what is exported under a name, or nil.
func (in *Instance) Export(name string) Extern {
	if in.exports == nil {
		in.exports = map[string]*wasm.Export{}
		for i := range in.module.Exports {
			in.exports[in.module.Exports[i].Name] = &in.module.Exports[i]
		}
	}
	if e := in.exports[name]; e != nil {
		return in.extern(e.Kind, e.Index)
	}
	return nil
}

func (in *Instance) extern(kind wasm.ExternKind, index uint32) Extern {
	switch kind {
	case wasm.ExternFunc:
		return in.funcs[index]
	case wasm.ExternTable:
		return in.tables[index]
	case wasm.ExternMemory:
		return in.memories[index]
	}
	return in.globals[index]
}
