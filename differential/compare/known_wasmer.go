package compare

import (
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// wasmerDefects are the known defects of Wasmer.
var wasmerDefects = []Known{
	{
		Name:     "wasmer-wide-load",
		Engine:   "wasmer",
		Versions: []string{"2.0.0 (wasmer-go 1.0.4)"},
		Reason: "i32.load followed by i32.extend8_s or i32.extend16_s reads eight bytes instead of four, and so traps in the last " +
			"seven bytes of memory; the specification lets it read exactly four (section 4.4.7)",
		// Evidence: (memory 1) (func (result i32) i32.const 0 i32.load offset=65532 i32.extend16_s) returns 0 on
		// touchstone, wasmtime and wazero and traps on wasmer. Without the extension it returns 0 there too, and so
		// do all other pairs of a load and a conversion.
		Explains: func(module []byte, v *Verdict, sides []Side, i int) bool {
			return trapsFirst(v, &sides[i], wasm.MemoryOutOfBounds) &&
				(anyFunc(module, wasm.OpI32Load, wasm.OpI32Extend8S) || anyFunc(module, wasm.OpI32Load, wasm.OpI32Extend16S))
		},
	},
}

// trapsFirst reports whether the first place where engines differ is a trap of class c of s.
func trapsFirst(v *Verdict, s *Side, c wasm.TrapCode) bool {
	if len(v.Rows) == 0 {
		return false
	}
	obs := Observe(s)
	for k := range obs {
		if obs[k].Where == v.Rows[0].Where {
			return obs[k].trap == c
		}
	}
	return false
}

// anyFunc reports whether one function of a module has all of the given instructions.
func anyFunc(module []byte, ops ...wasm.Op) bool {
	plan, err := engine.NewPlan(&engine.Job{Module: module})
	if err != nil {
		return false
	}
	for i := range plan.Module.Funcs {
		has := map[wasm.Op]bool{}
		var in wasm.Instr
		for r := wasm.NewReader(plan.Module.Funcs[i].Body); r.Next(&in) == nil; {
			has[in.Op] = true
		}
		all := true
		for _, op := range ops {
			all = all && has[op]
		}
		if all {
			return true
		}
	}
	return false
}
