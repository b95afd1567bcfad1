package source

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// define gives the case, a file, a module that defines the memories, tables and globals that its own imports: no engine's host has any to
// offer that would be the same on all. Memories and tables are as small as they may be, and everything in them and in globals is zero or null. The
// index spaces stay as they are. If it changes anything, the name says so.
func (c *Case) define() {
	m, err := wasm.Decode(c.Module)
	if err != nil || wasm.Validate(m) != nil || !slices.ContainsFunc(m.Imports, state) {
		return
	}
	out := *m
	out.Imports, out.Memories, out.Tables, out.Globals = nil, nil, nil, nil
	for _, imp := range m.Imports {
		switch imp.Kind {
		case wasm.ExternMemory:
			out.Memories = append(out.Memories, imp.Memory)
		case wasm.ExternTable:
			out.Tables = append(out.Tables, imp.Table)
		case wasm.ExternGlobal:
			out.Globals = append(out.Globals, wasm.Global{Type: imp.Global, Init: wasm.Expr{Code: append(zero(imp.Global.Type), end...)}})
		default:
			out.Imports = append(out.Imports, imp)
		}
	}
	imported := slices.Clone(out.Globals)
	out.Memories, out.Tables = append(out.Memories, m.Memories...), append(out.Tables, m.Tables...)
	for _, g := range m.Globals {
		g.Init = inline(g.Init, imported)
		out.Globals = append(out.Globals, g)
	}
	out.Elems, out.Datas = slices.Clone(m.Elems), slices.Clone(m.Datas)
	for i := range out.Elems {
		e := &out.Elems[i]
		e.Offset, e.Exprs = inline(e.Offset, imported), slices.Clone(e.Exprs)
		for k := range e.Exprs {
			e.Exprs[k] = inline(e.Exprs[k], imported)
		}
	}
	for i := range out.Datas {
		out.Datas[i].Offset = inline(out.Datas[i].Offset, imported)
	}
	c.Module, c.Name = wasm.Encode(&out), c.Path+", with the memories, tables and globals that it imports defined in it"
}

// state reports whether an import is no function.
func state(imp wasm.Import) bool { return imp.Kind != wasm.ExternFunc }

var end = wasm.AppendInstr(nil, &wasm.Instr{Op: wasm.OpEnd})

// zero returns the instruction that gives the zero or null of a type.
func zero(t wasm.ValType) []byte {
	in := wasm.Instr{Op: wasm.OpI32Const}
	switch {
	case t == wasm.I64:
		in.Op = wasm.OpI64Const
	case t == wasm.F32:
		in.Op = wasm.OpF32Const
	case t == wasm.F64:
		in.Op = wasm.OpF64Const
	case t.IsVector():
		in.Op = wasm.OpV128Const
	case t.IsRef():
		in = wasm.NewInstr(wasm.OpRefNull, uint64(t))
	}
	return wasm.AppendInstr(nil, &in)
}

// inline returns a constant expression with the values of globals that were imported in place of them: constant expressions may name no others.
func inline(e wasm.Expr, imported []wasm.Global) wasm.Expr {
	var code []byte
	r := wasm.NewReader(e)
	for in := (wasm.Instr{}); r.Next(&in) == nil; {
		if in.Op == wasm.OpGlobalGet && in.Imm[0] < uint64(len(imported)) {
			code = append(code, zero(imported[in.Imm[0]].Type.Type)...)
			continue
		}
		code = wasm.AppendInstr(code, &in)
	}
	return wasm.Expr{Code: code}
}
