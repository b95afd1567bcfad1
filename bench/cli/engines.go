package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/touchstone-wasm/touchstone/bench/workload"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/all"
	"github.com/touchstone-wasm/touchstone/differential/engine/commandline"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// open starts the engines side by side: building a worker takes a while. Who cannot run here is left out, which is said; commands
// that nobody asked for by name are said in one line.
func (app *App) open(ctx context.Context, o *options) (opened []timing.Timer, err error) {
	o.engines = slices.DeleteFunc(slices.Clone(o.engines), func(e all.Entry) bool {
		return !slices.ContainsFunc(o.suites, func(s workload.Suite) bool { return s.Takes(e.Name) })
	})
	timers := make([]timing.Timer, len(o.engines))
	errs := make([]error, len(o.engines))
	var wg sync.WaitGroup
	for i, e := range o.engines {
		wg.Go(func() { timers[i], errs[i] = e.OpenTimer(ctx) })
	}
	wg.Wait()
	var absent []string
	for i, e := range o.engines {
		var missing *commandline.NotFound
		switch {
		case errs[i] == nil:
			opened = append(opened, timers[i])
		case errors.As(errs[i], &missing) && !o.named:
			absent = append(absent, missing.Program)
		default:
			if unavailable := (*engine.Unavailable)(nil); !errors.As(errs[i], &unavailable) {
				errs[i] = fmt.Errorf("engine %s: %w", e.Name, errs[i])
			}
			fmt.Fprintf(app.Stderr, "bench: %v\n", errs[i])
		}
	}
	if len(absent) > 0 {
		fmt.Fprintf(app.Stderr, "bench: not on PATH, and so left out: %s\n", strings.Join(absent, ", "))
	}
	switch {
	case ctx.Err() != nil:
		return opened, errors.New("interrupted")
	case len(opened) == 0:
		return nil, errors.New("there is no engine that could be measured")
	}
	return opened, nil
}

// closeAll ends the engines; that one does not end in order changes no figure.
func closeAll(timers []timing.Timer) {
	for _, t := range timers {
		_ = t.Close()
	}
}
