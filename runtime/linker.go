package runtime

import (
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Linker says what imports resolve to. Its zero value is ready. Later definitions of a name replace earlier ones. A
// Linker that defines host functions only can be used with any Runtime.
type Linker struct {
	defs     map[importName]definition
	fallback func(imp *wasm.Import, t wasm.FuncType) HostFunc
}

type importName struct{ module, name string }

// definition is a host function with its type, or something that belongs to a Runtime.
type definition struct {
	typ    wasm.FuncType
	host   HostFunc
	extern Extern
}

// Extern is something that can be imported or exported: a *Func, *Table, *Memory or *Global.
type Extern interface{ Kind() wasm.ExternKind }

// Func defines a host function.
func (l *Linker) Func(module, name string, t wasm.FuncType, f HostFunc) {
	l.define(module, name, definition{typ: t, host: f})
}

// Define defines anything that belongs to a Runtime.
func (l *Linker) Define(module, name string, x Extern) {
	l.define(module, name, definition{extern: x})
}

// Instance defines all exports of an instance under a module name.
func (l *Linker) Instance(module string, in *Instance) {
	for _, x := range in.module.wasm.Exports {
		l.Define(module, x.Name, in.Export(x.Name))
	}
}

// Fallback sets a function that is asked for imported functions that have no definition. It is told the import and the type
// that it wants, and returns nil if it knows no such function.
func (l *Linker) Fallback(f func(imp *wasm.Import, t wasm.FuncType) HostFunc) { l.fallback = f }

func (l *Linker) define(module, name string, d definition) {
	if l.defs == nil {
		l.defs = map[importName]definition{}
	}
	l.defs[importName{module, name}] = d
}

// resolve finds what an import of m resolves to, and checks that it has the type that the import wants (specification
// section 4.5.2).
func (l *Linker) resolve(rt *Runtime, m *wasm.Module, imp *wasm.Import) (Extern, error) {
	fail := func(msg, detail string) (Extern, error) {
		return nil, &LinkError{Module: imp.Module, Name: imp.Name, Msg: msg, Detail: detail}
	}
	var d definition
	if l != nil {
		d = l.defs[importName{imp.Module, imp.Name}]
		if d.host == nil && d.extern == nil && l.fallback != nil && imp.Kind == wasm.ExternFunc {
			d = definition{typ: m.Types[imp.Func], host: l.fallback(imp, m.Types[imp.Func])}
		}
	}
	x := d.extern
	switch {
	case d.host != nil:
		x = rt.NewFunc(imp.Module, imp.Name, d.typ, d.host)
	case x == nil:
		return fail("unknown import", "")
	}
	if x.Kind() != imp.Kind {
		return fail("incompatible import type", "it is a "+x.Kind().String()+", wanted is a "+imp.Kind.String())
	}
	owner, ok, got, want := match(x, m, imp)
	if owner != rt {
		return fail("incompatible import type", "it belongs to another Runtime")
	}
	if !ok {
		return fail("incompatible import type", fmt.Sprintf("it is %v, wanted is %v", got, want))
	}
	return x, nil
}

// match returns the Runtime that x belongs to, whether x has the type that the import wants, and both types for a message. The
// kinds are equal.
func match(x Extern, m *wasm.Module, imp *wasm.Import) (owner *Runtime, ok bool, got, want fmt.Stringer) {
	switch x := x.(type) {
	case *Func:
		return x.rt, x.typ.Equal(m.Types[imp.Func]), x.typ, m.Types[imp.Func]
	case *Table:
		return x.rt, x.typ.Elem == imp.Table.Elem && fits(x.Type().Limits, imp.Table.Limits), x.Type(), imp.Table
	case *Memory:
		return x.rt, fits(x.Type().Limits, imp.Memory.Limits), x.Type(), imp.Memory
	case *Global:
		return x.rt, x.typ == imp.Global, x.typ, imp.Global
	}
	return nil, false, nil, nil
}

// fits reports whether what has limits got can be imported where limits want are asked for.
func fits(got, want wasm.Limits) bool {
	return got.Min >= want.Min && (!want.HasMax || got.HasMax && got.Max <= want.Max)
}
