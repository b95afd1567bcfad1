package workload

import "slices"

// spec is programs as SPEC has them: the user's own SPEC, free ancestors of its programs, and kernels of our own of the same kinds.
func spec(from Sources) Suite {
	s := Suite{Name: "spec", Doc: "computations of the kinds of SPEC's programs and of PolyBench's, our own: processor time of a call", Baseline: "wasmtime"}
	for _, l := range slices.Concat(specLike, polyhedral) {
		build := func() *nest { return nestOf(l.build) }
		s.Workloads = append(s.Workloads, Workload{Name: l.name, Doc: l.doc, Arg: l.arg, Small: l.small, Scalar: true,
			Module: func() []byte { return build().module() }, Reference: func(arg uint32) uint32 { return build().eval(arg) }})
	}
	return s
}
