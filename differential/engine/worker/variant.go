package worker

import (
	"context"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
)

// OpenVariant is [Open] for a release and settings of an engine, which spec makes a worker of or refuses.
func OpenVariant(ctx context.Context, v engine.Variant, spec func(engine.Variant) (Spec, error)) (engine.Engine, error) {
	s, err := spec(v)
	if err != nil {
		return nil, err
	}
	return Open(ctx, s)
}

// OpenVariantTimer is [OpenVariant] for an engine that is to be timed.
func OpenVariantTimer(ctx context.Context, v engine.Variant, spec func(engine.Variant) (Spec, error)) (timing.Timer, error) {
	s, err := spec(v)
	if err != nil {
		return nil, err
	}
	return OpenTimer(ctx, s)
}
