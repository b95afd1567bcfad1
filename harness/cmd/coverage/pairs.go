package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/olekukonko/tablewriter"

	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// pairFrames is the number of statements and more of each module.
const pairFrames = 60

// count executes n generated modules with all features, and counts.
func count(ctx context.Context, n int, progress func(done int)) (*coverage.Counts, error) {
	counts := coverage.New()
	for i := range n {
		m := module.Generate(tape.Random(uint64(i), pairFrames), module.Options{Imports: i%2 == 0, Features: module.AllFeatures()})
		if f := oracle.Count(ctx, m, counts); f != nil {
			return nil, fmt.Errorf("tape.Random(%d, %d): %w", i, pairFrames, f)
		}
		progress(i + 1)
	}
	return counts, nil
}

// tally is how many instructions, and of these with classes of operands, there are, and were executed.
type tally struct{ ops, executedOps, pairs, executedPairs int }

func (t *tally) percent() float64 {
	if t.pairs == 0 {
		return 100
	}
	return 100 * float64(t.executedPairs) / float64(t.pairs)
}

// pairs is what counts say about the instructions that generated modules can execute.
type pairs struct {
	all         tally
	byFeature   map[wasm.Feature]*tally
	missing     []string       // instructions, and instructions with classes
	unreachable map[string]int // pairs by the reason why no module has them
}

// summarise counts what was counted.
func summarise(counts *coverage.Counts) *pairs {
	p := &pairs{byFeature: map[wasm.Feature]*tally{}, unreachable: map[string]int{}}
	for op, info := range wasm.Ops() {
		if !module.AllFeatures().Has(info.Since) {
			continue
		}
		if p.byFeature[info.Since] == nil {
			p.byFeature[info.Since] = new(tally)
		}
		executed := 0
		if counts.Executed(op) > 0 {
			executed = 1
		} else {
			p.missing = append(p.missing, op.String())
		}
		for _, t := range []*tally{&p.all, p.byFeature[info.Since]} {
			t.ops, t.executedOps = t.ops+1, t.executedOps+executed
		}
	}
	for cell, n := range counts.All() {
		if reason := module.Unreachable(cell); reason != "" {
			p.unreachable[reason]++
			continue
		}
		executed := 0
		if n > 0 {
			executed = 1
		} else {
			p.missing = append(p.missing, cell.String())
		}
		for _, t := range []*tally{&p.all, p.byFeature[cell.Op.Info().Since]} {
			t.pairs, t.executedPairs = t.pairs+1, t.executedPairs+executed
		}
	}
	return p
}

// printPairs executes n modules and writes how many instructions, and instructions with classes of operands, they execute.
func printPairs(ctx context.Context, stdout, stderr io.Writer, n int, verbose bool) error {
	counts, err := count(ctx, n, func(done int) {
		if done%1000 == 0 {
			fmt.Fprintf(stderr, "%d of %d modules\n", done, n)
		}
	})
	if err != nil {
		return err
	}
	p := summarise(counts)
	table := tablewriter.NewTable(stdout)
	table.Header("since", "instructions", "executed", "with classes of operands", "executed", "")
	row := func(name string, t *tally) {
		table.Append(name, fmt.Sprint(t.ops), fmt.Sprint(t.executedOps), fmt.Sprint(t.pairs), fmt.Sprint(t.executedPairs), fmt.Sprintf("%.1f %%", t.percent()))
	}
	for _, f := range slices.Sorted(maps.Keys(p.byFeature)) {
		row(f.String(), p.byFeature[f])
	}
	row("all", &p.all)
	if err := table.Render(); err != nil {
		return err
	}
	for _, reason := range slices.Sorted(maps.Keys(p.unreachable)) {
		fmt.Fprintf(stdout, "not counted: %d combinations: %s\n", p.unreachable[reason], reason)
	}
	if verbose {
		for _, name := range p.missing {
			fmt.Fprintf(stdout, "never executed: %s\n", name)
		}
	}
	return nil
}
