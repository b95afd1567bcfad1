package engine

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// bridgeImports gives the imports outside WASI that have references in their types others with integers instead, and puts a function of
// the original type in front of each: it turns references into 0 and 1, and the results that stand for references
// into null, since [HostResult] returns no other. Everything that named the import names the function.
func (r *rewritten) bridgeImports() {
	m := r.module
	m.Imports = slices.Clone(m.Imports)
	var bridges []wasm.Func
	first := uint32(m.ImportedFuncs() + len(m.Funcs))
	index := uint32(0)
	for i := range m.Imports {
		imp := &m.Imports[i]
		if imp.Kind != wasm.ExternFunc {
			continue
		}
		if t := m.Types[imp.Func]; imp.Module != WASIModule && hasRefs(t) {
			r.moved[index] = first + uint32(len(bridges))
			bridges = append(bridges, bridge(imp.Func, t, index))
			imp.Func = TypeIndex(m, wasm.FuncType{Params: withoutRefs(t.Params), Results: withoutRefs(t.Results)})
		}
		index++
	}
	if len(bridges) == 0 {
		return
	}
	r.changed = true
	r.redirect()
	m.Funcs = append(m.Funcs, bridges...)
}

// bridge returns a function of type t, which has the given index, that calls an import of the same type without references.
func bridge(typeIndex uint32, t wasm.FuncType, callee uint32) wasm.Func {
	var body []byte
	for i, pt := range t.Params {
		if body = instr(body, wasm.OpLocalGet, uint64(i)); pt.IsRef() {
			body = isRef(body)
		}
	}
	body = instr(body, wasm.OpCall, uint64(callee))
	locals := make([]wasm.Locals, len(t.Results))
	plain := withoutRefs(t.Results)
	for i := len(plain) - 1; i >= 0; i-- {
		locals[i] = wasm.Locals{Count: 1, Type: plain[i]}
		body = instr(body, wasm.OpLocalSet, uint64(len(t.Params)+i))
	}
	for i, rt := range t.Results {
		if rt.IsRef() {
			body = instr(body, wasm.OpRefNull, uint64(rt))
		} else {
			body = instr(body, wasm.OpLocalGet, uint64(len(t.Params)+i))
		}
	}
	return wasm.Func{Type: typeIndex, Locals: locals, Body: wasm.Expr{Code: instr(body, wasm.OpEnd)}}
}

// redirect replaces the indices of moved functions wherever the module has them.
func (r *rewritten) redirect() { Renumber(r.module, r.target) }

// target returns the function that stands for another.
func (r *rewritten) target(f uint32) uint32 {
	if to, ok := r.moved[f]; ok {
		return to
	}
	return f
}

// Renumber replaces the index of each function by what to returns for it, wherever a valid module has one. What it changes is
// copied first, so that the module may share its parts with another.
func Renumber(m *wasm.Module, to func(uint32) uint32) {
	m.Funcs, m.Globals, m.Elems, m.Exports = slices.Clone(m.Funcs), slices.Clone(m.Globals), slices.Clone(m.Elems), slices.Clone(m.Exports)
	for i := range m.Funcs {
		m.Funcs[i].Body = renumberExpr(m.Funcs[i].Body, to)
	}
	for i := range m.Globals {
		m.Globals[i].Init = renumberExpr(m.Globals[i].Init, to)
	}
	for i := range m.Elems {
		e := &m.Elems[i]
		e.Funcs, e.Exprs = slices.Clone(e.Funcs), slices.Clone(e.Exprs)
		for k, f := range e.Funcs {
			e.Funcs[k] = to(f)
		}
		for k := range e.Exprs {
			e.Exprs[k] = renumberExpr(e.Exprs[k], to)
		}
	}
	for i := range m.Exports {
		if m.Exports[i].Kind == wasm.ExternFunc {
			m.Exports[i].Index = to(m.Exports[i].Index)
		}
	}
	if m.Start != nil {
		start := to(*m.Start)
		m.Start = &start
	}
}

// renumberExpr keeps the encoding of all instructions whose function keeps its index.
func renumberExpr(e wasm.Expr, to func(uint32) uint32) wasm.Expr {
	var code []byte
	var in wasm.Instr
	reader := wasm.NewReader(e)
	for from := 0; from < len(e.Code); from = reader.Pos() {
		if err := reader.Next(&in); err != nil {
			return e // cannot happen: the module is valid
		}
		if slices.Contains(in.Op.Info().Imms, wasm.ImmFunc) {
			if f := uint32(in.Imm[0]); to(f) != f {
				in.Imm[0] = uint64(to(f))
				code = wasm.AppendInstr(code, &in)
				continue
			}
		}
		code = append(code, e.Code[from:reader.Pos()]...)
	}
	return wasm.Expr{Code: code}
}

func hasRefs(t wasm.FuncType) bool {
	return slices.ContainsFunc(t.Params, wasm.ValType.IsRef) || slices.ContainsFunc(t.Results, wasm.ValType.IsRef)
}
