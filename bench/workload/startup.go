package workload

import (
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// startup is the way from a module's bytes to the first result, step by step, for modules of several sizes.
func startup() Suite {
	s := Suite{Name: "startup", Doc: "the way from a module's bytes to a result, and what an instance takes: processor time of a step", Baseline: "wasmtime", Rounds: 6}
	for _, step := range steps {
		for _, size := range sizes {
			s.Workloads = append(s.Workloads, Workload{Name: step.name + "_" + size.name, Doc: step.doc + ", of " + size.doc, Step: step.step,
				Module: size.module, Arg: size.arg, Small: size.arg, Reference: size.reference, Rate: step.step == timing.Instantiate})
		}
	}
	for _, w := range s.Workloads {
		if !strings.HasSuffix(w.Name, "_1m") && w.Step != timing.Decode { // compilers take seconds for the one, and do not tell the other apart
			s.Selected = append(s.Selected, w.Name)
		}
	}
	return s
}

var steps = []struct {
	name, doc string
	step      timing.Step
}{
	{"decode", "the bytes become a module in memory, not checked further", timing.Decode},
	{"validate", "the bytes are decoded and validated", timing.Validate},
	{"compile", "the bytes become what can be instantiated: machine code, or register code with touchstone", timing.Compile},
	{"instantiate", "an instance is made and dropped", timing.Instantiate},
	{"first", "the first call in an instance", timing.First},
	{"memory", "resident memory of an instance that was called once", timing.Footprint},
}

var sizes = []struct {
	name, doc string
	module    func() []byte
	arg       uint32
	reference func(uint32) uint32
}{
	{"tiny", "a module of 65 bytes", tinyModule, 41, tiny},
	{"25k", "a module of 30 KB", bigModule, 1, big},
	{"1m", "a module of 1.5 MB", largeModule, 1, big},
}
