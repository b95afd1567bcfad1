package module

import (
	"strconv"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// StateModule is the module name of what generated modules import with [Options.State].
const StateModule = "state"

// importState turns the memory, the first table and the globals that every module has into imports. They are the first of their index
// spaces, so that nothing else changes.
func importState(m *wasm.Module) {
	add := func(name string, imp wasm.Import) {
		imp.Module, imp.Name = StateModule, name
		m.Imports = append(m.Imports, imp)
	}
	add("memory", wasm.Import{Kind: wasm.ExternMemory, Memory: m.Memories[0]})
	add("table", wasm.Import{Kind: wasm.ExternTable, Table: m.Tables[tableCalls]})
	for i := range numFixedGlobals {
		add("g"+strconv.Itoa(i), wasm.Import{Kind: wasm.ExternGlobal, Global: m.Globals[i].Type})
	}
	m.Memories, m.Tables, m.Globals = nil, m.Tables[tableCalls+1:], m.Globals[numFixedGlobals:]
}

// HostState returns a module that exports what m imports from [StateModule], or nil if it imports nothing. An engine that
// instantiates it under that name first can link m.
func HostState(m *wasm.Module) *wasm.Module {
	host := &wasm.Module{}
	for i := range m.Imports {
		imp := &m.Imports[i]
		if imp.Module != StateModule {
			continue
		}
		e := wasm.Export{Name: imp.Name, Kind: imp.Kind}
		switch imp.Kind {
		case wasm.ExternMemory:
			e.Index = uint32(len(host.Memories))
			host.Memories = append(host.Memories, imp.Memory)
		case wasm.ExternTable:
			e.Index = uint32(len(host.Tables))
			host.Tables = append(host.Tables, imp.Table)
		case wasm.ExternGlobal:
			e.Index = uint32(len(host.Globals))
			host.Globals = append(host.Globals, wasm.Global{Type: imp.Global, Init: constExpr(appendZero(nil, imp.Global.Type))})
		}
		host.Exports = append(host.Exports, e)
	}
	if len(host.Exports) == 0 {
		return nil
	}
	return host
}
