package harness

import (
	"context"
	"testing"

	mutators "github.com/touchstone-wasm/touchstone/generators/mutate"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
)

// TestMetamorphicProperty rewrites modules, and counts what was done: each mutator that keeps the meaning must have its share.
func TestMetamorphicProperty(t *testing.T) {
	const inputs = 1500
	done := map[string]int{}
	onTapes(t, inputs, 60_000, 60, func(ctx context.Context, data []byte) *oracle.Failure {
		names, f := oracle.Metamorphic(ctx, data)
		for _, name := range names {
			done[name]++
		}
		return f
	})
	for _, u := range mutators.Mutators {
		if u.Keeps != mutators.Meaning {
			continue
		}
		if t.Logf("%-30s %d times", u.Name, done[u.Name]); done[u.Name] < inputs/20 {
			t.Errorf("%q is done %d times in %d inputs only", u.Name, done[u.Name], inputs)
		}
	}
}

// TestReduceProperty reduces what tapes give.
func TestReduceProperty(t *testing.T) {
	inputs := 150
	if testing.Short() {
		inputs = 30
	}
	onTapes(t, inputs, 70_000, 25, oracle.Reduce)
}
