package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
)

// watcher counts hostcalls and adds up how long they take.
type watcher struct{ calls map[string]*timing.Hostcall }

// watch defines all hostcalls of a system so that they are timed.
func watch(sys *wasi.System, l *runtime.Linker) *watcher {
	w := &watcher{map[string]*timing.Hostcall{}}
	for h := range wasi.Hostcalls() {
		call, f := &timing.Hostcall{Name: h.Name}, sys.Func(h)
		w.calls[h.ID()] = call
		timed := func(ctx context.Context, caller *runtime.Instance, stack []uint64) error {
			begin := time.Now()
			err := f(ctx, caller, stack)
			call.Time += time.Since(begin)
			call.Count++
			return err
		}
		for _, name := range h.Names() {
			l.Overload(wasi.Module, name, h.Type(), timed)
		}
	}
	return w
}

// hostcalls returns those that were made, the ones that took longest first.
func (w *watcher) hostcalls() (list []timing.Hostcall) {
	empty := clockCost()
	for _, c := range w.calls {
		if c.Count > 0 {
			c.Time = max(c.Time-time.Duration(c.Count)*empty, 0)
			list = append(list, *c)
		}
	}
	slices.SortFunc(list, func(a, b timing.Hostcall) int {
		return cmp.Or(cmp.Compare(b.Time, a.Time), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// clockCost returns what is between two looks at the clock when there is nothing between them.
func clockCost() time.Duration {
	const looks = 1000
	var total time.Duration
	for range looks {
		begin := time.Now()
		total += time.Since(begin)
	}
	return total / looks
}
