package wasi

import (
	"iter"

	"github.com/touchstone-wasm/touchstone/runtime/policy"
)

// Roots returns the host's descriptors of the preopened directories, with the access that each grants. What confines the process
// around the guest needs them; they stay the System's.
func (s *System) Roots() iter.Seq2[int, policy.Access] {
	return func(yield func(int, policy.Access) bool) {
		for _, f := range s.fds.files {
			if f != nil && f.preopen && !yield(int(f.host), f.access) {
				return
			}
		}
	}
}
