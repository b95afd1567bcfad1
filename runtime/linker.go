package runtime

import (
	"fmt"
	"github.com/touchstone-wasm/touchstone/runtime/planted"
	"slices"

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
	others []definition // host functions of the same name and other types
}

// Extern is something that can be imported or exported: a *Func, *Table, *Memory or *Global.
type Extern interface{ Kind() wasm.ExternKind }

// Func defines a host function.
func (l *Linker) Func(module, name string, t wasm.FuncType, f HostFunc) {
	l.define(module, name, definition{typ: t, host: f})
}

// Overload defines a host function beside those of the same name that have other types. An import gets the one of the type that it
// wants, or none.
func (l *Linker) Overload(module, name string, t wasm.FuncType, f HostFunc) {
	old, ok := l.defs[importName{module, name}]
	if !ok || old.host == nil || old.typ.Equal(t) {
		l.define(module, name, definition{typ: t, host: f, others: old.others})
		return
	}
	old.others = slices.DeleteFunc(slices.Clone(old.others), func(d definition) bool { return d.typ.Equal(t) })
	old.others = append(old.others, definition{typ: t, host: f})
	l.define(module, name, old)
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
		l.defs = make(map[importName]definition, 64) // enough for all of WASI
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
	if imp.Kind == wasm.ExternFunc && planted.Selected != planted.OverloadFirst {
		if i := slices.IndexFunc(d.others, func(o definition) bool { return o.typ.Equal(m.Types[imp.Func]) }); i >= 0 {
			d = d.others[i]
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
		types := fmt.Sprint(got)
		for _, o := range d.others {
			types += " or " + o.typ.String()
		}
		return fail("incompatible import type", fmt.Sprintf("it is %s, wanted is %v", types, want))
	}
	return x, nil
}

// match returns the Runtime that x belongs to, whether x has the type that the import wants, and both types for a message. The
// kinds are equal.
func match(x Extern, m *wasm.Module, imp *wasm.Import) (owner *Runtime, ok bool, got, want fmt.Stringer) {
	switch x := x.(type) {
	case *Func:
		return x.rt, x.typ.Equal(m.Types[imp.Func]) || planted.Selected == planted.ImportResults && slices.Equal(x.typ.Params, m.Types[imp.Func].Params), x.typ, m.Types[imp.Func]
	case *Table:
		return x.rt, (x.typ.Elem == imp.Table.Elem || planted.Selected == planted.ElemType) && fits(x.Type().Limits, imp.Table.Limits), x.Type(), imp.Table
	case *Memory:
		if planted.Selected == planted.LimitsDeclared {
			return x.rt, fits(x.typ.Limits, imp.Memory.Limits), x.Type(), imp.Memory
		}
		return x.rt, fits(x.Type().Limits, imp.Memory.Limits), x.Type(), imp.Memory
	case *Global:
		return x.rt, x.typ == imp.Global || planted.Selected == planted.GlobalMutable && x.typ.Type == imp.Global.Type, x.typ, imp.Global
	}
	return nil, false, nil, nil
}

// fits reports whether what has limits got can be imported where limits want are asked for.
func fits(got, want wasm.Limits) bool {
	return got.Min >= want.Min && (!want.HasMax || got.HasMax && (got.Max <= want.Max || planted.Selected == planted.LimitsMaximum))
}
