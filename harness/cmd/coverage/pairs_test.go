package main

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// TestPairs executes fewer modules than the command does by default, which has a higher bound to meet: of 10,000 modules, all
// instructions and 95 % of the combinations.
func TestPairs(t *testing.T) {
	const modules, least = 600, 52
	counts, err := count(t.Context(), modules, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	p := summarise(counts)
	t.Logf("%d modules execute %d of %d instructions, and %.1f %% of the combinations", modules, p.all.executedOps, p.all.ops, p.all.percent())
	if p.all.executedOps < p.all.ops || p.all.percent() < least {
		t.Errorf("%d of %d instructions, %.1f %% of combinations executed; want all and %d %%", p.all.executedOps, p.all.ops, p.all.percent(), least)
	}
}

// TestNothingExecuted: what was not executed is missing, but for what no module can execute, which has a reason.
func TestNothingExecuted(t *testing.T) {
	p := summarise(coverage.New())
	if len(p.missing) != p.all.ops+p.all.pairs || p.all.executedPairs != 0 || p.all.ops == 0 {
		t.Errorf("%d missing of %+v", len(p.missing), p.all)
	}
	total := p.all.pairs
	for reason, n := range p.unreachable {
		if total += n; reason == "" || n > 20 {
			t.Errorf("%d combinations are left out: %q", n, reason)
		}
	}
	if s := coverage.New().Summary(wasm.AllFeatures); s.AllCells != total {
		t.Errorf("%d combinations of %d are accounted for", total, s.AllCells)
	}
}
