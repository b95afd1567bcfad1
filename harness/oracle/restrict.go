package oracle

import (
	"hash/fnv"
	"math/rand/v2"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// restrict gives one tape in four a policy of its own: access modes for the first directory, and quotas that a few calls use up. What
// the policy forbids must be refused by the hostcalls before the monitor sees it.
func restrict(cfg *wasi.Config, tape []byte) {
	sum := fnv.New64a()
	sum.Write(tape)
	rnd := rand.New(rand.NewPCG(sum.Sum64(), 0))
	if rnd.IntN(4) > 0 {
		return
	}
	modes := policy.Modes()
	for range 1 + rnd.IntN(3) {
		cfg.Preopens[0].Access |= modes[rnd.IntN(len(modes))].Access
	}
	for r := range policy.NumResources {
		if max := uint64(rnd.IntN(40)); rnd.IntN(2) == 0 {
			if r == policy.FDs {
				max += uint64(3 + len(cfg.Preopens) + len(cfg.Listeners)) // else there is no System
			}
			cfg.Quotas.Bound(r, max)
		}
	}
}
