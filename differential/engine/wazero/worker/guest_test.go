package main

import (
	"context"
	"errors"
	"testing"

	"github.com/tetratelabs/wazero/sys"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestExitStatus: the statuses by which the engine says that it is late end a guest like any other, as long as it is not late.
func TestExitStatus(t *testing.T) {
	late, cancel := context.WithCancel(context.Background())
	cancel()
	for _, code := range []uint32{0, 3, sys.ExitCodeDeadlineExceeded, sys.ExitCodeContextCanceled} {
		var end *engine.End
		if err := guestError(context.Background(), sys.NewExitError(code)); !errors.As(err, &end) || end.Outcome != engine.Exited || end.Exit != code {
			t.Errorf("status %#x: %v", code, err)
		}
	}
	for code, interrupted := range map[uint32]bool{3: false, sys.ExitCodeDeadlineExceeded: true, sys.ExitCodeContextCanceled: true} {
		var end *engine.End
		if err := guestError(late, sys.NewExitError(code)); !errors.As(err, &end) || (end.Outcome == engine.Trapped && end.Trap == wasm.Interrupted) != interrupted {
			t.Errorf("status %#x, late: %v", code, err)
		}
	}
}
