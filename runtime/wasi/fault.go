package wasi

import (
	"github.com/touchstone-wasm/touchstone/runtime/internal/hostos"
	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// Fault is what becomes of one system call; see [InjectFaults].
type Fault = hostos.Fault

// InjectFaults makes f decide about each system call that hostcalls make on a guest's paths and descriptors, of all guests of the process,
// until restore is called. It is for tests and fuzzers: a fault is what a full disk, a signal or an exhausted table of the host would
// do. No guest may run in another goroutine meanwhile.
func InjectFaults(f func() Fault) (restore func()) { return hostos.Inject(f) }

// Distrust makes the monitor take every hostcall, of all guests of the process, for one that does not declare the effects in ops, until
// restore is called: each such effect ends its guest with a [policy.Violation]. It is for tests and fuzzers. No guest may run in another
// goroutine meanwhile.
func Distrust(ops policy.OpSet) (restore func()) {
	before := distrusted
	distrusted = ops
	return func() { distrusted = before }
}

// distrusted is what [Distrust] was told; nothing outside of tests.
var distrusted policy.OpSet

// ResolveByWalk makes every [New] System resolve paths component by component, as on hosts whose kernel cannot confine them, until restore is
// called. It is for tests and fuzzers.
func ResolveByWalk() (restore func()) { return hostos.PreferWalk() }
