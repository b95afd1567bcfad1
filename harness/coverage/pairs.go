package coverage

import (
	"context"
	"fmt"

	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/harness/oracle"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/coverage"
)

// pairFrames is the number of statements and more of each module.
const pairFrames = 60

// Pairs is what generated modules execute of the instructions that they can have, and of these with operands of each class or pair of
// classes.
type Pairs struct {
	Modules      int           `json:"modules"` // that were executed
	Instructions []Instruction `json:"instructions"`
	// NotCounted are the numbers of combinations that no module can have, by the reason.
	NotCounted map[string]int `json:"notCounted,omitempty"`
}

// Instruction is what was executed of one instruction.
type Instruction struct {
	Name     string   `json:"name"`
	Since    string   `json:"since"` // the feature that it belongs to
	Executed bool     `json:"executed"`
	Classes  Part     `json:"classes"`           // with operands of each class or pair of classes
	Missing  []string `json:"missing,omitempty"` // what was not executed of these
}

// Modules executes n generated modules with all features, and says what they execute. It tells progress how many are done.
func Modules(ctx context.Context, n int, progress func(done int)) (*Pairs, error) {
	counts := coverage.New()
	for i := range n {
		m := module.Generate(tape.Random(uint64(i), pairFrames), module.Options{Imports: i%2 == 0, Features: module.AllFeatures()})
		if f := oracle.Count(ctx, m, counts); f != nil {
			return nil, fmt.Errorf("tape.Random(%d, %d): %w", i, pairFrames, f)
		}
		progress(i + 1)
	}
	p := summarise(counts)
	p.Modules = n
	return p, nil
}

// summarise says what counts are of.
func summarise(counts *coverage.Counts) *Pairs {
	p := &Pairs{NotCounted: map[string]int{}}
	index := map[wasm.Op]int{}
	for op, info := range wasm.Ops() {
		if !module.AllFeatures().Has(info.Since) {
			continue
		}
		index[op] = len(p.Instructions)
		p.Instructions = append(p.Instructions, Instruction{Name: op.String(), Since: info.Since.String(), Executed: counts.Executed(op) > 0})
	}
	for cell, n := range counts.All() {
		if reason := module.Unreachable(cell); reason != "" {
			p.NotCounted[reason]++
			continue
		}
		in := &p.Instructions[index[cell.Op]]
		in.Classes.Add(n > 0)
		if n == 0 {
			in.Missing = append(in.Missing, cell.String())
		}
	}
	return p
}

// Feature sums up the instructions that belong to one feature.
type Feature struct {
	Name                  string
	Instructions, Classes Part
}

// Features sums up the instructions by feature, in the order of the table of instructions, and all of them.
func (p *Pairs) Features() (each []Feature, all Feature) {
	all.Name = "all"
	index := map[string]int{}
	for _, in := range p.Instructions {
		i, ok := index[in.Since]
		if !ok {
			i = len(each)
			index[in.Since], each = i, append(each, Feature{Name: in.Since})
		}
		for _, f := range []*Feature{&each[i], &all} {
			f.Instructions.Add(in.Executed)
			f.Classes.All += in.Classes.All
			f.Classes.Executed += in.Classes.Executed
		}
	}
	return each, all
}
