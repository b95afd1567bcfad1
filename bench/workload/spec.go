package workload

import "slices"

// spec is programs as SPEC has them: the user's own, free ancestors of SPEC's programs, or without any of these kernels of the same kinds.
func spec(from Sources) Suite {
	s := Suite{Name: "spec", Doc: "computations of the kinds of SPEC's programs and of PolyBench's, our own unless trees are given: processor time of a call",
		Baseline: "wasmtime", Selected: []string{"flow", "lattice", "pathfind", "gemm", "jacobi", "nussinov"}}
	for _, tree := range []struct {
		name, dir string
		rows      func() ([]Workload, error)
	}{
		{"spec", from.SPEC, func() ([]Workload, error) { return specTree(from.SPEC, from.SPECSize) }},
		{"polybench", from.PolyBench, func() ([]Workload, error) { return polyBenchTree(from.PolyBench) }},
		{"coremark", from.CoreMark, func() ([]Workload, error) { return coreMarkTree(from.CoreMark) }},
		{"ancestors", from.Ancestors, func() ([]Workload, error) { return ancestors(from.Ancestors), nil }},
	} {
		if tree.dir == "" {
			continue
		}
		rows, err := tree.rows()
		if err != nil {
			rows = []Workload{skippedRow(tree.name, err)}
		}
		s.Workloads = append(s.Workloads, rows...)
	}
	if s.Workloads != nil {
		s.Rounds, s.ByName = 6, true
		return s
	}
	for _, l := range slices.Concat(specLike, polyhedral) {
		build := func() *nest { return nestOf(l.build) }
		s.Workloads = append(s.Workloads, Workload{Name: l.name, Doc: l.doc, Arg: l.arg, Small: l.small, Scalar: true,
			Module: func() []byte { return build().module() }, Reference: func(arg uint32) uint32 { return build().eval(arg) }})
	}
	return s
}
