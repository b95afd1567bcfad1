package compare

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// Merged lists sets of trap classes that an engine does not tell apart. Classes in no set are told apart from all others.
type Merged [][]wasm.TrapCode

// SameTrap reports whether a and b are the same class at the join of two coarsenings: the finest division of classes that
// is as coarse as both. Two engines that merge {null, undefined} and {undefined, type mismatch} cannot be held to
// tell any of the three apart.
func SameTrap(a, b wasm.TrapCode, x, y Merged) bool {
	if a == b {
		return true
	}
	var class [wasm.NumTrapCodes]wasm.TrapCode
	for i := range class {
		class[i] = wasm.TrapCode(i)
	}
	if int(a) >= len(class) || int(b) >= len(class) {
		return false
	}
	for _, sets := range []Merged{x, y} {
		for _, set := range sets {
			for _, code := range set[min(1, len(set)):] {
				from, to := class[code], class[set[0]]
				for i := range class {
					if class[i] == from {
						class[i] = to
					}
				}
			}
		}
	}
	return class[a] == class[b]
}
