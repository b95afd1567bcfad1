package compare

import (
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Reason says why engines could not be compared on a module, or not to its end. Reasons are counted and printed.
type Reason string

// The reasons that come from results. [Needs] makes more: "needs simd" and the like.
const (
	StackExhausted Reason = "call stack exhausted"
	Fuel           Reason = "fuel exhausted"
	Timeout        Reason = "time-out"
	Limit          Reason = "implementation limit"
	Unsupported    Reason = "not possible with the engine's binding"
	Crash          Reason = "engine crashed"
	Hang           Reason = "engine hung"
	Unseen         Reason = "state not visible after a trap"
)

// poisonOf maps the trap classes after which nothing can be compared to the reason.
var poisonOf = map[wasm.TrapCode]Reason{
	wasm.StackExhausted: StackExhausted,
	wasm.FuelExhausted:  Fuel,
	wasm.Interrupted:    Timeout,
}

// poisonOfOutcome does the same for outcomes of calls, and poisonOfStage for whole jobs.
var (
	poisonOfOutcome = map[engine.Outcome]Reason{engine.Limited: Limit, engine.Unsupported: Unsupported}
	poisonOfStage   = map[engine.Stage]Reason{engine.StageLimit: Limit, engine.StageUnsupported: Unsupported}
)
