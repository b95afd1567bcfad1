package coverage

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// TestModules executes fewer modules than the command does by default, which has a higher bound to meet: of 10,000 modules, all
// instructions and 95 % of the combinations.
func TestModules(t *testing.T) {
	const modules, least = 600, 52
	p, err := Modules(t.Context(), modules, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	_, all := p.Features()
	t.Logf("%d modules execute %d of %d instructions, and %.1f %% of the combinations", modules, all.Instructions.Executed, all.Instructions.All, all.Classes.Percent())
	if all.Instructions.Executed < all.Instructions.All || all.Classes.Percent() < least {
		t.Errorf("%+v executed; want all and %d %%", all, least)
	}
}

// TestNothingExecuted: what was not executed is missing, but for what no module can execute, which has a reason.
func TestNothingExecuted(t *testing.T) {
	p := summarise(coverage.New())
	each, all := p.Features()
	missing := 0
	for _, in := range p.Instructions {
		missing += len(in.Missing)
	}
	if missing != all.Classes.All || all.Classes.Executed != 0 || all.Instructions.Executed != 0 || all.Instructions.All != len(p.Instructions) || len(each) < 2 {
		t.Errorf("%d missing of %+v", missing, all)
	}
	total := all.Classes.All
	for reason, n := range p.NotCounted {
		if total += n; reason == "" || n > 20 {
			t.Errorf("%d combinations are left out: %q", n, reason)
		}
	}
	if s := coverage.New().Summary(wasm.AllFeatures); s.AllCells != total {
		t.Errorf("%d combinations of %d are accounted for", total, s.AllCells)
	}
}
