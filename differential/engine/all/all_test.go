package all

import (
	"context"
	"errors"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/enginetest"
)

// TestConformance runs the one conformance test on every engine of the list.
func TestConformance(t *testing.T) {
	for _, entry := range Engines {
		t.Run(entry.Name, func(t *testing.T) {
			e, err := entry.Open(context.Background())
			var unavailable *engine.Unavailable
			if errors.As(err, &unavailable) {
				t.Skip(unavailable)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			if e.Name() != entry.Name {
				t.Errorf("the engine calls itself %q", e.Name())
			}
			t.Logf("%s %s", e.Name(), e.Version())
			enginetest.Run(t, e)
		})
	}
}
