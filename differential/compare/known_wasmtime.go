package compare

import (
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
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

// vectorSelect explains wrong values in modules that select vectors: both sides come as far, and trap alike.
func vectorSelect(module []byte, v *Verdict, sides []Side, i int) bool {
	majority, clear := v.Majority()
	if !v.Diverges() || !clear || sides[i].Result.Stage != engine.StageRun {
		return false
	}
	right := sides[majority[0]].Result.Calls
	alike := slices.EqualFunc(right, sides[i].Result.Calls, func(a, b engine.CallResult) bool { return a.Outcome == b.Outcome })
	return alike && selectsVectors(module)
}
