package harness

import (
	"context"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/module"
	mutators "github.com/touchstone-wasm/touchstone/generators/mutate"
	"github.com/touchstone-wasm/touchstone/generators/reduce"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// maxMedian is how many instructions may be left at the median of a module that shows a defect in one instruction.
const maxMedian = 12

// TestReduceQuality reduces modules that show a defect of an engine: it executes one instruction as another one, so that a result, a
// global or the memory differs. It prints how much is left, and how often the engines were asked.
func TestReduceQuality(t *testing.T) {
	modules := 25
	if testing.Short() {
		modules = 10
	}
	var before, sizes, runs []int
	for seed := uint64(0); len(sizes) < modules; seed++ {
		src := wasm.Encode(module.Generate(tape.Random(80_000+seed, 60), module.Options{}))
		op, as, key := defect(t.Context(), src, int(seed))
		if key == "" {
			continue
		}
		r, err := reduce.Reduce(t.Context(), src, func(ctx context.Context, src []byte) (bool, error) {
			return oracle.Misread(ctx, src, op, as) == key, nil
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		n := reduce.Instructions(r.Best)
		if n > maxMedian {
			t.Logf("seed %d, %s as %s, %q: %d instructions in %d bytes are left", seed, op, as, key, n, len(r.Best))
		}
		before, sizes, runs = append(before, reduce.Instructions(src)), append(sizes, n), append(runs, r.Runs)
	}
	slices.Sort(before)
	slices.Sort(sizes)
	slices.Sort(runs)
	t.Logf("%d modules of %d instructions at the median; left: median %d, 90%% %d, most %d; runs: median %d, 90%% %d, most %d", len(sizes), before[len(before)/2],
		sizes[len(sizes)/2], sizes[len(sizes)*9/10], sizes[len(sizes)-1], runs[len(runs)/2], runs[len(runs)*9/10], runs[len(runs)-1])
	if sizes[len(sizes)/2] > maxMedian {
		t.Errorf("%d instructions are left at the median, more than %d", sizes[len(sizes)/2], maxMedian)
	}
}

// defect returns an instruction and one that an engine takes it for so that a module shows it, and what it shows.
func defect(ctx context.Context, src []byte, at int) (op, as wasm.Op, key string) {
	for i := range 40 {
		op := wasm.Op((at*37 + i*11) % wasm.NumOps)
		if twins := mutators.Twins(op); op.Info().Class.IsNumeric() && len(twins) > 0 {
			as := twins[at%len(twins)]
			if key := oracle.Misread(ctx, src, op, as); key != "" {
				return op, as, key
			}
		}
	}
	return 0, 0, ""
}
