package reduce

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/edit"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// maxLocals bounds the locals of a module, as an invalid one can declare four thousand million in a few bytes.
const maxLocals = 1 << 16

// runs returns the types of a function's locals, without its parameters.
func runs(f *wasm.Func) (types []wasm.ValType) {
	for _, run := range f.Locals {
		if len(types)+int(run.Count) > maxLocals {
			return nil
		}
		types = append(types, slices.Repeat([]wasm.ValType{run.Type}, int(run.Count))...)
	}
	return types
}

// declare returns runs of locals of these types.
func declare(types []wasm.ValType) (list []wasm.Locals) {
	for _, t := range types {
		if n := len(list); n > 0 && list[n-1].Type == t {
			list[n-1].Count++
		} else {
			list = append(list, wasm.Locals{Count: 1, Type: t})
		}
	}
	return list
}

// locals has an item for each local of each function.
func locals(m *wasm.Module) (int, change) {
	c := newCode(m)
	n := 0
	types := make([][]wasm.ValType, len(c.bodies))
	for i := range c.bodies {
		if int(m.Funcs[i].Type) >= len(m.Types) {
			continue // an invalid module; it is not known where the locals begin
		}
		types[i] = runs(&m.Funcs[i])
		n += len(types[i])
	}
	return n, func(from, to int) *wasm.Module {
		out := edit.Clone(m)
		for i := range types {
			all := len(types[i])
			a, b := min(max(from, 0), all), min(max(to, 0), all)
			from, to = from-all, to-all
			if a == b {
				continue
			}
			f := &out.Funcs[i]
			params := len(m.Types[f.Type].Params)
			f.Locals = declare(slices.Concat(types[i][:a], types[i][b:]))
			f.Body = edit.Expr(edit.Tidy(withoutLocals(c.bodies[i], params+a, params+b)))
		}
		return out
	}
}

// withoutLocals returns a list in which the locals from a to b are not used, and those behind have lower indexes.
func withoutLocals(list []edit.Node, a, b int) []edit.Node {
	return edit.Map(list, func(n edit.Node) []edit.Node {
		if imms := n.Op.Info().Imms; len(imms) == 0 || imms[0] != wasm.ImmLocal {
			return []edit.Node{n}
		}
		switch x := int(n.Imm[0]); {
		case x >= b:
			n.Imm[0] -= uint64(b - a)
		case x >= a:
			return edit.Neutral([]edit.Node{n}, 0, 1)
		}
		return []edit.Node{n}
	})
}
