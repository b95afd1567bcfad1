package engine

import "github.com/touchstone-wasm/touchstone/runtime/wasm"

// Partition says which traps an observer can tell apart: two codes with the same entry look alike to it. Engines merge
// traps differently, so two of them are compared in the [Partition.Join] of theirs.
type Partition [wasm.NumTrapCodes]wasm.TrapCode

// Merge returns the partition in which the codes of each group look alike and all others differ.
func Merge(groups ...[]wasm.TrapCode) Partition {
	var p Partition
	for i := range p {
		p[i] = wasm.TrapCode(i)
	}
	for _, g := range groups {
		for _, c := range g[1:] {
			p.unite(g[0], c)
		}
	}
	return p
}

func (p *Partition) unite(a, b wasm.TrapCode) {
	keep, drop := min(p[a], p[b]), max(p[a], p[b])
	for i := range p {
		if p[i] == drop {
			p[i] = keep
		}
	}
}

// Join returns the finest partition in which everything looks alike that looks alike in p or in q.
func (p Partition) Join(q Partition) Partition {
	for i, c := range q {
		p.unite(wasm.TrapCode(i), c)
	}
	return p
}

// Same reports whether a and b look alike.
func (p Partition) Same(a, b wasm.TrapCode) bool { return p.Coarse(a) == p.Coarse(b) }

// Coarse returns the code that stands for all that look like c: the smallest of them.
func (p Partition) Coarse(c wasm.TrapCode) wasm.TrapCode {
	if int(c) >= len(p) {
		return c
	}
	return p[c]
}

// TrapByText finds the trap whose text in the specification's tests is a prefix of s, the longest if there are several. Adapters
// of engines that only speak in texts use it for the traps that they call by those names.
func TrapByText(s string) (wasm.TrapCode, bool) {
	best := wasm.NoTrap
	for c := wasm.NoTrap + 1; int(c) < wasm.NumTrapCodes; c++ {
		text := c.Error()
		if len(s) >= len(text) && s[:len(text)] == text && (best == wasm.NoTrap || len(text) > len(best.Error())) {
			best = c
		}
	}
	return best, best != wasm.NoTrap
}
