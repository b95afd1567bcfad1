package runtime

import (
	"context"
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/internal/exec"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Instance is an instantiated module.
type Instance struct {
	rt       *Runtime
	module   *Module
	exec     exec.Instance // the views of what follows, for the interpreter loop
	funcs    []*Func       // by function index; nil for a function that nobody asked for yet
	tables   []*Table
	memories []*Memory
	first    [1]*Memory // what memories begins with
	globals  []*Global
	elems    [][]uint32 // element segments; nil when dropped
	datas    [][]byte   // data segments; nil when dropped
}

// Runtime returns the store that in belongs to.
func (in *Instance) Runtime() *Runtime { return in.rt }

// Module returns the module that in was made of.
func (in *Instance) Module() *Module { return in.module }

// Memory returns memory 0, imported or defined, or nil if there is none. Hostcalls use it.
func (in *Instance) Memory() *Memory {
	if len(in.memories) == 0 {
		return nil
	}
	return in.memories[0]
}

// Frames returns the calls in progress, innermost first, at most 64; host functions use it to say who called.
func (in *Instance) Frames() []Frame { return in.rt.thread.stackTrace() }

// fn returns the function with an index in the instance's module.
func (in *Instance) fn(index uint32) *Func {
	if f := in.funcs[index]; f != nil {
		return f
	}
	i := int(index) - in.module.imported
	placed := in.module.code.Funcs[i]
	t := in.module.wasm.Types[placed.Type]
	in.funcs[index] = &Func{rt: in.rt, typ: t, typeID: in.exec.TypeIDs[placed.Type], slots: sharedSlots(t), instance: in, index: index, entry: placed.Entry}
	return in.funcs[index]
}

// Export returns what is exported under name, or nil.
func (in *Instance) Export(name string) Extern {
	x := in.module.export(name)
	if x == nil {
		return nil
	}
	switch x.Kind {
	case wasm.ExternFunc:
		return in.fn(x.Index)
	case wasm.ExternTable:
		return in.tables[x.Index]
	case wasm.ExternMemory:
		return in.memories[x.Index]
	default:
		return in.globals[x.Index]
	}
}

// Func returns the function that is exported under name, or nil.
func (in *Instance) Func(name string) *Func {
	f, _ := in.Export(name).(*Func)
	return f
}

// Call calls an exported function; see [Func.Call].
func (in *Instance) Call(ctx context.Context, name string, args ...Value) ([]Value, error) {
	f := in.Func(name)
	if f == nil {
		return nil, fmt.Errorf("the module exports no function %q", name)
	}
	return f.Call(ctx, args...)
}
