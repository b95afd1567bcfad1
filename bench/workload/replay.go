package workload

import (
	"context"
	"os"
	"path/filepath"

	"github.com/touchstone-wasm/touchstone/bench/replay"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// replays are modules that make the hostcalls of other programs and nothing else: what these cost on each engine.
func replays(from Sources) Suite {
	s := Suite{Name: "replay", Doc: "the hostcalls of programs, recorded on touchstone, and nothing else: time as the guest sees it, of all calls together",
		Baseline: "raw", Wall: true, Apart: true, Selected: []string{"pack"}}
	add := func(name, doc string, program func(context.Context, string) (*timing.Kernel, error)) {
		w := Workload{Name: name, Doc: doc, Scalar: true}
		var last *replay.Recording
		w.Explain = func(got uint32) string { return last.Explain(got) }
		w.Program = func(ctx context.Context, dir string) (*timing.Kernel, error) {
			k, err := program(ctx, filepath.Join(dir, "original"))
			if err != nil {
				return nil, err
			}
			made, err := replay.Of(ctx, k, filepath.Join(dir, "replay"))
			if err != nil {
				return nil, err
			}
			last = made.Recording
			if from.Emit != "" {
				err = os.WriteFile(filepath.Join(from.Emit, name+".wasm"), made.Kernel.Module, 0o644)
			}
			return made.Kernel, err
		}
		s.Workloads = append(s.Workloads, w)
	}
	if from.Replayed != nil {
		add("program", "the hostcalls of the program that -program names", func(context.Context, string) (*timing.Kernel, error) { return from.Replayed, nil })
		return s
	}
	add("pack", "the hostcalls of a program that reads a file in blocks and writes another, as those of SPEC do", Pack)
	add("sqlite", "the hostcalls of the suite sqlite on a database in a file", func(ctx context.Context, _ string) (*timing.Kernel, error) {
		return sqliteKernel(ctx, ownSQL, sqlFile)
	})
	return s
}
