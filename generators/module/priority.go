package module

import (
	"sync"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// priorities returns the weight of each instruction among those of probes. It follows from what was counted when modules were
// executed: the number of its combinations with classes of operands that ordinary statements missed, which is in
// priority_gen.go, and one, so that none is left out.
var priorities = sync.OnceValue(func() []int {
	all := make([]int, wasm.NumOps)
	for o := range wasm.Ops() {
		if isProbed(o) {
			all[o] = 1 + missed[o.String()]
		}
	}
	return all
})
