package compare

import (
	"errors"
	"io"
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// withoutSelect returns a module that does the same as a valid one, but in which each select of operands of some types is an if. The
// operands go through new locals, so that no index changes. It returns the module as it is if there is nothing to change.
func withoutSelect(module []byte, of ...wasm.ValType) []byte {
	m, err := wasm.Decode(module)
	if err != nil {
		return module
	}
	var v wasm.Validator
	if v.Begin(nil, m) != nil {
		return module
	}
	out, changed := *m, false
	out.Funcs = slices.Clone(m.Funcs)
	for i := range m.Funcs {
		f, err := selectless(&v, m, i, of)
		if err != nil {
			return module
		}
		if f != nil {
			out.Funcs[i], changed = *f, true
		}
	}
	if !changed {
		return module
	}
	return wasm.Encode(&out)
}

// scratch returns the first of two locals of a type, counted from the first that is added; behind them is one for the condition.
func scratch(added *[]wasm.Locals, t wasm.ValType) (local uint64) {
	for _, l := range *added {
		if l.Type == t && l.Count == 2 {
			return local
		}
		local += uint64(l.Count)
	}
	*added = append(*added, wasm.Locals{Count: 2, Type: t}, wasm.Locals{Count: 1, Type: wasm.I32})
	return local
}

// selectless rewrites the function i of those that m defines; it returns nil if there is nothing to rewrite.
func selectless(v *wasm.Validator, m *wasm.Module, i int, of []wasm.ValType) (*wasm.Func, error) {
	f := m.Funcs[i]
	if err := v.Func(i); err != nil {
		return nil, err
	}
	first := uint64(len(m.Types[f.Type].Params))
	for _, l := range f.Locals {
		first += uint64(l.Count)
	}
	var code []byte
	var added []wasm.Locals
	for {
		stack := slices.Clone(v.Operands())
		in, err := v.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		n := len(stack)
		if isSelect := in.Op == wasm.OpSelect || in.Op == wasm.OpSelectT; !isSelect || n < 3 || stack[n-2] != stack[n-3] || !slices.Contains(of, stack[n-2]) {
			code = wasm.AppendInstr(code, in)
			continue
		}
		t := stack[n-2]
		a := first + scratch(&added, t)
		for _, in := range []wasm.Instr{
			wasm.NewInstr(wasm.OpLocalSet, a+2), wasm.NewInstr(wasm.OpLocalSet, a+1), wasm.NewInstr(wasm.OpLocalSet, a),
			wasm.NewInstr(wasm.OpLocalGet, a+2), wasm.NewInstr(wasm.OpIf, uint64(wasm.ResultBlock(t))),
			wasm.NewInstr(wasm.OpLocalGet, a), wasm.NewInstr(wasm.OpElse), wasm.NewInstr(wasm.OpLocalGet, a+1), wasm.NewInstr(wasm.OpEnd),
		} {
			code = wasm.AppendInstr(code, &in)
		}
	}
	if added == nil {
		return nil, nil
	}
	f.Body, f.Locals = wasm.Expr{Code: code}, append(slices.Clone(f.Locals), added...)
	return &f, nil
}

// withoutTypedSelect returns a module of the same types, valid or not, in which a block that never ends gives the result of each select with a
// type.
func withoutTypedSelect(module []byte) []byte {
	m, err := wasm.Decode(module)
	if err != nil {
		return module
	}
	out := *m
	out.Funcs = slices.Clone(m.Funcs)
	for i := range out.Funcs {
		var code []byte
		var in wasm.Instr
		for r := wasm.NewReader(m.Funcs[i].Body); r.Next(&in) == nil; {
			if in.Op != wasm.OpSelectT || len(in.Types) != 1 {
				code = wasm.AppendInstr(code, &in)
				continue
			}
			for _, in := range []wasm.Instr{
				wasm.NewInstr(wasm.OpDrop), wasm.NewInstr(wasm.OpDrop), wasm.NewInstr(wasm.OpDrop),
				wasm.NewInstr(wasm.OpBlock, uint64(wasm.ResultBlock(in.Types[0]))), wasm.NewInstr(wasm.OpUnreachable), wasm.NewInstr(wasm.OpEnd),
			} {
				code = wasm.AppendInstr(code, &in)
			}
		}
		out.Funcs[i].Body = wasm.Expr{Code: code}
	}
	return wasm.Encode(&out)
}
