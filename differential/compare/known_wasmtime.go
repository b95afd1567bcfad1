package compare

import (
	"bytes"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// wasmtimeDefects are the known defects of Wasmtime.
var wasmtimeDefects = []Known{
	{
		Name:     "wasmtime-vector-select",
		Engines:  []string{"wasmtime"},
		Versions: []string{"0.36.0", "0.37.0", "0.38.1"},
		Reason: "select of two vectors takes the lowest 32 bits alone from the first operand and the others from the second, if the condition is not " +
			"zero; the specification pushes the first operand back, all of it (section 4.4.4); fixed in 0.39.0",
		// Evidence: as of wasmer-vector-select; 0.39.0 and 0.40.0 are right. https://github.com/bytecodealliance/wasmtime/pull/4317 is the fix.
		Explains: vectorSelect,
		Without:  withoutVectorSelect,
	},
	{
		Name:     "wasmtime-swizzle",
		Engines:  []string{"wasmtime"},
		Versions: []string{"0.36.0", "0.37.0", "0.38.1"},
		Reason:   swizzleReason,
		// Evidence: with a vector in local 0, local.get 0, v128.const 0, v128.const 0, i8x16.swizzle, i16x8.eq gives another result than on touchstone, wazero
		// and wasmtime 0.39.0 and 42. https://github.com/bytecodealliance/wasmtime/pull/4318 is the fix.
		Explains: swizzle,
	},
	{
		Name:     "wasmtime-copysign",
		Engines:  []string{"wasmtime"},
		Versions: []string{"14.0.0", "20.0.0", "25.0.0", "37.0.0", "39.0.1", "40.0.0", "41.0.0"},
		Reason: "f32.copysign and f64.copysign of an operand that was just loaded read 16 bytes instead of 4 or 8, and so trap at the end of memory; the " +
			"specification lets the load read exactly its own (section 4.4.7)",
		// Evidence: (memory 1) (func i32.const 65500 f32.load offset=21 f32.const 0 f32.copysign i32.reinterpret_f32 global.set 0) returns on touchstone,
		// wazero, wasmtime 1.0.0 and 42, and traps on those named, on x86-64. https://github.com/bytecodealliance/wasmtime/pull/12435 is the fix.
		Explains: func(module []byte, v *Verdict, sides []Side, i int) bool {
			return trapsFirst(v, &sides[i], wasm.MemoryOutOfBounds) && anyFunc(module, func(_ *wasm.Module, ins []wasm.Instr) bool {
				return uses(ins, wasm.OpF32Load) && uses(ins, wasm.OpF32Copysign) || uses(ins, wasm.OpF64Load) && uses(ins, wasm.OpF64Copysign)
			})
		},
	},
	{
		Name:     "wasmtime-splat",
		Engines:  []string{"wasmtime:target=baseline"},
		Versions: []string{"20.0.0", "42.0.0"},
		Reason: "f64x2.splat of an operand that was just loaded reads 16 bytes instead of 8, and so traps at the end of memory, for processors without SSE3; " +
			"the specification lets the load read exactly its own (section 4.4.7)",
		// Evidence: (memory 1) (func i32.const 0 i32.const 65528 f64.load f64x2.splat v128.store) returns on all others and without the setting.
		// CVE-2026-34944; https://github.com/bytecodealliance/wasmtime/pull/13011 is the fix.
		Explains: func(module []byte, v *Verdict, sides []Side, i int) bool {
			return trapsFirst(v, &sides[i], wasm.MemoryOutOfBounds) && anyFunc(module, func(_ *wasm.Module, ins []wasm.Instr) bool {
				return uses(ins, wasm.OpF64Load) && uses(ins, wasm.OpF64x2Splat)
			})
		},
	},
	{
		Name:     "wasmtime-exit-status",
		Engines:  []string{"wasmtime"},
		Versions: []string{"42.0.0"},
		Reason: "ends the guest with an error of the host where proc_exit gives a status of 126 or more; preview 1 has exit " +
			"statuses of 32 bits and no such rule (proc_exit: the code is an exitcode, a u32)",
		// Evidence: (func (export "_start") i32.const 200 call $proc_exit) exits with 200 on touchstone, wasmer and
		// wazero; wasmtime says "exit with invalid exit status outside of [0..126)".
		Explains: func(_ []byte, v *Verdict, sides []Side, i int) bool {
			if !v.Diverges() {
				return false
			}
			majority, _ := v.Majority()
			exits := func(c engine.CallResult) bool { return c.Outcome == engine.Exited && c.Exit >= 126 }
			refuses := func(c engine.CallResult) bool {
				return c.Outcome == engine.Failed && strings.Contains(c.Message, "invalid exit status")
			}
			return slices.ContainsFunc(sides[majority[0]].Result.Calls, exits) && slices.ContainsFunc(sides[i].Result.Calls, refuses)
		},
	},
}

func withoutVectorSelect(module []byte) []byte { return withoutSelect(module, wasm.V128) }

// vectorSelect explains what modules that select vectors do. A wrong value may lead to anything, and what they do without is compared.
func vectorSelect(module []byte, v *Verdict, sides []Side, i int) bool {
	return v.Diverges() && sides[i].Result.Stage == engine.StageRun && !bytes.Equal(withoutVectorSelect(module), module)
}

// swizzleReason is of the defect of Cranelift that Wasmer has too.
const swizzleReason = "i8x16.swizzle changes the register of an operand that is used again; by the specification it takes values from the stack and " +
	"changes nothing else (section 4.4.3)"

// swizzle explains wrong values in modules that swizzle.
func swizzle(module []byte, v *Verdict, sides []Side, i int) bool {
	return onlyValues(v, sides, i) && anyFunc(module, func(_ *wasm.Module, ins []wasm.Instr) bool { return uses(ins, wasm.OpI8x16Swizzle) })
}

// onlyValues reports whether a side is against a majority that came as far as it and whose calls ended in the same ways.
func onlyValues(v *Verdict, sides []Side, i int) bool {
	majority, clear := v.Majority()
	if !v.Diverges() || !clear || sides[i].Result.Stage != engine.StageRun {
		return false
	}
	right := sides[majority[0]].Result.Calls
	return slices.EqualFunc(right, sides[i].Result.Calls, func(a, b engine.CallResult) bool { return a.Outcome == b.Outcome })
}
