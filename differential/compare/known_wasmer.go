package compare

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// wasmerDefects are the known defects of Wasmer.
var wasmerDefects = []Known{
	{
		Name:     "wasmer-wide-load",
		Engines:  []string{"wasmer"},
		Versions: []string{"2.0.0 (wasmer-go 1.0.4)"},
		Reason: "i32.load followed by i32.extend8_s or i32.extend16_s reads eight bytes instead of four, and so traps in the last " +
			"seven bytes of memory; the specification lets it read exactly four (section 4.4.7)",
		// Evidence: (memory 1) (func (result i32) i32.const 0 i32.load offset=65532 i32.extend16_s) returns 0 on
		// touchstone, wasmtime and wazero and traps on wasmer. Without the extension it returns 0 there too, and so
		// do all other pairs of a load and a conversion.
		Explains: func(module []byte, v *Verdict, sides []Side, i int) bool {
			return trapsFirst(v, &sides[i], wasm.MemoryOutOfBounds) && anyFunc(module, func(m *wasm.Module, ins []wasm.Instr) bool {
				return uses(ins, wasm.OpI32Load) && (uses(ins, wasm.OpI32Extend8S) || uses(ins, wasm.OpI32Extend16S))
			})
		},
	},
}
