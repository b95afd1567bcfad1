package module

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestSmallMutationIsSmall measures how much of a module changes when one byte of its tape does. Where the byte changes nothing, which
// is where a frame is longer than its statement, it does not count.
func TestSmallMutationIsSmall(t *testing.T) {
	const mutants = 600
	r := rand.New(rand.NewPCG(7, 7))
	var shares []float64
	for seed := range uint64(mutants) {
		data := tape.Random(seed, 100)
		before := Generate(data, Options{})
		mutant := bytes.Clone(data)
		mutant[r.IntN(len(mutant))] ^= byte(1 + r.IntN(255))
		after := Generate(mutant, Options{})
		if share := changed(before, after); share > 0 {
			shares = append(shares, share)
		}
	}
	slices.Sort(shares)
	median := shares[len(shares)/2]
	t.Logf("%d of %d bytes change something. Of the module, these change %.2f %% (median), %.2f %% (90th percentile)", len(shares), mutants,
		100*median, 100*shares[len(shares)*9/10])
	if median > 0.05 || len(shares) < mutants/3 {
		t.Errorf("%d of %d bytes change something, %.1f %% of the module at the median; want 5 %%", len(shares), mutants, 100*median)
	}
}

// parts returns what a module consists of, its functions each for itself: so the length of one, which stands before the code of all,
// is no change of the others.
func parts(m *wasm.Module) (list [][]byte) {
	for i := range m.Funcs {
		one := wasm.Module{Funcs: []wasm.Func{{Locals: m.Funcs[i].Locals, Body: m.Funcs[i].Body}}}
		list = append(list, wasm.Encode(&one)[20:])
	}
	rest := *m
	rest.Funcs = nil
	return append(list, wasm.Encode(&rest))
}

// changed returns the share of the bytes of two modules that are in one and not in the other: of each part, what lies outside the
// prefix and the suffix that both have.
func changed(a, b *wasm.Module) float64 {
	x, y := parts(a), parts(b)
	total, differ := 0, 0
	for i := range max(len(x), len(y)) {
		var p, q []byte
		if i < len(x) {
			p = x[i]
		}
		if i < len(y) {
			q = y[i]
		}
		total += max(len(p), len(q))
		differ += outside(p, q)
	}
	return float64(differ) / float64(total)
}

// outside returns the bytes of the longer of two strings that are outside of their common prefix and suffix.
func outside(a, b []byte) int {
	n, front, back := min(len(a), len(b)), 0, 0
	for front < n && a[front] == b[front] {
		front++
	}
	for back < n-front && a[len(a)-1-back] == b[len(b)-1-back] {
		back++
	}
	return max(len(a), len(b)) - front - back
}
