package main

import (
	"fmt"
	"strings"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// The exports by which a WASI module says how it wants to be started: commands have the first, reactors may have the second.
const (
	startExport      = "_start"
	initializeExport = "_initialize"
)

// maxListed bounds the exports that a message lists.
const maxListed = 20

// entry is the function that a run calls, known to exist and to fit its arguments before the guest starts.
type entry struct {
	name       string
	args       []runtime.Value
	print      bool // print the results
	initialize bool // call the reactor's initialisation before
}

// findEntry chooses the entry: _start, or with invoke the named function with args.
func findEntry(m *wasm.Module, invoke string, args []string) (entry, error) {
	if invoke == "" {
		t, ok := exportedFunc(m, startExport)
		if !ok {
			return entry{}, fmt.Errorf("exports no function %s; use -invoke to call one of its exports: %s", startExport, listExports(m))
		}
		if len(t.Params)+len(t.Results) != 0 {
			return entry{}, fmt.Errorf("its export %s has the type %s, not () -> (); use -invoke to call it all the same", startExport, t)
		}
		return entry{name: startExport}, nil
	}
	t, ok := exportedFunc(m, invoke)
	if !ok {
		return entry{}, usagef("-invoke: the module exports no function %q; it exports %s", invoke, listExports(m))
	}
	values, err := parseValues(t.Params, args)
	if err != nil {
		return entry{}, usagef("-invoke: function %q: %v", invoke, err)
	}
	init, reactor := exportedFunc(m, initializeExport)
	reactor = reactor && len(init.Params)+len(init.Results) == 0 && invoke != initializeExport
	return entry{name: invoke, args: values, print: true, initialize: reactor}, nil
}

// exportedFunc returns the type of the function exported under name.
func exportedFunc(m *wasm.Module, name string) (wasm.FuncType, bool) {
	for _, e := range m.Exports {
		if e.Name == name && e.Kind == wasm.ExternFunc {
			return m.FuncTypes()[e.Index], true
		}
	}
	return wasm.FuncType{}, false
}

// listExports names what a module exports.
func listExports(m *wasm.Module) string {
	if len(m.Exports) == 0 {
		return "nothing"
	}
	var items []string
	types := m.FuncTypes()
	for i, e := range m.Exports {
		if i == maxListed {
			items = append(items, fmt.Sprintf("and %d more", len(m.Exports)-i))
			break
		}
		item := fmt.Sprintf("%s %q", e.Kind, e.Name)
		if e.Kind == wasm.ExternFunc {
			item += " " + types[e.Index].String()
		}
		items = append(items, item)
	}
	return strings.Join(items, ", ")
}
