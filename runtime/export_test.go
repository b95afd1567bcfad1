package runtime

import "github.com/touchstone-wasm/touchstone/runtime/internal/lower"

// SetFusions makes all modules that are compiled from now on be lowered with the given fusions, until restore is called.
func SetFusions(f lower.Fusion) (restore func()) {
	old := fusions
	fusions = f
	return func() { fusions = old }
}
