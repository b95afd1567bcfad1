// Package raw is no engine: its programs make the system calls that hostcalls stand for, in a loop and without a guest, so that it
// can be said what the guest's way to them costs.
//
// A kernel's Raw names what is called; of a replay, Go makes the calls that are recorded. Each call of the kernel opens the file [timing.File] anew, as the module in the kernel does,
// and returns what that returns.
package raw

import (
	"context"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

// The names in the list of engines: system calls from Go, as its packages unix, time and crypto/rand make them, and from C.
const (
	Go = "raw"
	C  = "raw-c"
)

// OpenTimer starts the program in Go.
func OpenTimer(ctx context.Context) (timing.Timer, error) {
	return open(ctx, worker.Spec{Name: Go, Package: "github.com/touchstone-wasm/touchstone/differential/engine/raw/worker"})
}

// OpenCTimer starts the program in C.
func OpenCTimer(ctx context.Context) (timing.Timer, error) {
	return open(ctx, worker.Spec{Name: C, Cgo: true, Package: "github.com/touchstone-wasm/touchstone/differential/engine/raw/worker/c"})
}

func open(ctx context.Context, spec worker.Spec) (timing.Timer, error) {
	spec.Recycle = 500
	spec.Identity = worker.Identity{false, false} // it compiles nothing
	t, err := worker.OpenTimer(ctx, spec)
	if err != nil {
		return nil, err
	}
	return timer{t}, nil
}

// timer refuses kernels that are not about system calls.
type timer struct{ timing.Timer }

// Prepare implements [timing.Timer].
func (t timer) Prepare(ctx context.Context, k *timing.Kernel) error {
	switch {
	case k.Calls != nil && t.Name() == Go:
		made := *k
		made.Made = k.Calls()
		k = &made
	case k.Raw == "":
		return &timing.Inapplicable{Reason: "there are no system calls to make"}
	}
	return t.Timer.Prepare(ctx, k)
}
