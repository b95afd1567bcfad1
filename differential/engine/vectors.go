package engine

import (
	"slices"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// No binding for Go can hold a vector, and to have one in the type of an export aborts some. So an export that takes or returns vectors is
// called through a function that is added to the module, which has two i64 in place of each, the low half first.

// split returns types with two i64 in place of each vector.
func split(types []wasm.ValType) []wasm.ValType {
	if !slices.ContainsFunc(types, wasm.ValType.IsVector) {
		return types
	}
	var out []wasm.ValType
	for _, t := range types {
		if t.IsVector() {
			out = append(out, wasm.I64, wasm.I64)
		} else {
			out = append(out, t)
		}
	}
	return out
}

func hasVector(t wasm.FuncType) bool {
	return slices.ContainsFunc(t.Params, wasm.ValType.IsVector) || slices.ContainsFunc(t.Results, wasm.ValType.IsVector)
}

// joinVector appends what makes a vector of the two i64 in a local and the next one.
func joinVector(code []byte, local uint64) []byte {
	code = instr(instr(code, wasm.OpLocalGet, local), wasm.OpI64x2Splat)
	return instr(instr(code, wasm.OpLocalGet, local+1), wasm.OpI64x2ReplaceLane, 1)
}

// halfOfVector appends what takes a half of the vector on the stack, the low one for 0.
func halfOfVector(code []byte, half int) []byte {
	return instr(code, wasm.OpI64x2ExtractLane, uint64(half))
}

// dropVectors leaves out the exports that have a vector in their type.
func (r *rewritten) dropVectors(p *Plan) {
	n := len(r.module.Exports)
	globals := p.Module.GlobalTypes()
	r.module.Exports = slices.DeleteFunc(slices.Clone(r.module.Exports), func(e wasm.Export) bool {
		switch e.Kind {
		case wasm.ExternFunc:
			t, err := p.native(e.Name)
			return err == nil && hasVector(t)
		case wasm.ExternGlobal:
			return globals[e.Index].Type.IsVector()
		}
		return false
	})
	r.changed = r.changed || len(r.module.Exports) != n
}
