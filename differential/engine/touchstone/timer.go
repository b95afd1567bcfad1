package touchstone

import (
	"context"

	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
)

// OpenTimer starts the engine to be timed, in a process of its own as all others.
func OpenTimer(ctx context.Context) (timing.Timer, error) {
	return worker.OpenTimer(ctx, worker.Spec{
		Name:    Name,
		Package: "github.com/touchstone-wasm/touchstone/differential/engine/touchstone/worker",
		Recycle: 500,
		// tail-call, multi-memory
		Identity: worker.Identity{true, false},
	})
}
