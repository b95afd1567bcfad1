package runtime_test

import (
	"context"
	"errors"
	goruntime "runtime"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
)

// TestCollectionsGoOn collects garbage while guests run that never leave the interpreter's loop of their own accord. If the loop
// could not be preempted, a collection would wait for it.
func TestCollectionsGoOn(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	ended := make(chan error)
	for range 2 {
		in := instantiate(t, runtime.New(nil), endless(), nil)
		go func() {
			_, err := in.Call(ctx, "run")
			ended <- err
		}()
	}
	for range 10 {
		goruntime.GC()
	}
	cancel()
	for range 2 {
		if err := <-ended; !errors.Is(err, runtime.Interrupted) {
			t.Errorf("the guest ended with %v", err)
		}
	}
}
