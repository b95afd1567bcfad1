package compare

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// Reason says why engines could not be compared on a module, or not to its end. Reasons are counted and printed.
type Reason string

// The reasons that come from results. [Needs] makes more: "needs simd" and the like.
const (
	StackExhausted Reason = "call stack exhausted"
	Fuel           Reason = "fuel exhausted"
	Timeout        Reason = "time-out"
	Limit          Reason = "implementation limit"
	MemoryGrowth   Reason = "memory of 1 GiB or more"
	Crash          Reason = "engine crashed"
	Hang           Reason = "engine hung"
)

// poisonOf maps the trap classes after which nothing can be compared to the reason.
var poisonOf = map[wasm.TrapCode]Reason{
	wasm.StackExhausted: StackExhausted,
	wasm.FuelExhausted:  Fuel,
	wasm.Interrupted:    Timeout,
}
