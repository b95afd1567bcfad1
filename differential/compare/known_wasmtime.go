package compare

import (
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
)

// wasmtimeDefects are the known defects of Wasmtime.
var wasmtimeDefects = []Known{
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
