package session_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/touchstone"
	"github.com/touchstone-wasm/touchstone/differential/engine/wazero"
	"github.com/touchstone-wasm/touchstone/differential/session"
	"github.com/touchstone-wasm/touchstone/differential/source"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// TestWorkerKilled: an engine's process is killed at random moments. Each death is a finding against it that a second run does not show, every
// module is judged, and nothing differs.
func TestWorkerKilled(t *testing.T) {
	ours, err := touchstone.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := wazero.Open(t.Context(), engine.ParseVariant(wazero.Interpreter))
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	killed := make(chan int)
	go func() {
		n := 0
		for ctx.Err() == nil {
			time.Sleep(time.Duration(20+rand.IntN(150)) * time.Millisecond)
			theirs.(interface{ Kill() }).Kill()
			n++
		}
		killed <- n
	}()
	const modules = 150
	cases := source.Generated(func(tape []byte) ([]byte, error) { return wasm.Encode(module.Generate(tape, module.Options{})), nil }, 3, 0, modules)
	crashes := 0
	stats, err := session.Run(t.Context(), []engine.Engine{ours, theirs}, cases, session.Config{Found: func(f *session.Finding) error {
		if crashes++; f.Kind() != "crash" {
			t.Errorf("%s: %s", f.Case.Name, f.Likeness())
		}
		return nil
	}})
	stop()
	if n := <-killed; n == 0 {
		t.Error("it was never killed")
	}
	if err != nil || stats.Modules != modules || stats.Divergences != 0 || stats.Engines[1].Crashes != crashes {
		t.Errorf("%+v, %d crashes, %v", stats, crashes, err)
	}
	if stats.Compared+crashes < modules {
		t.Errorf("%d modules compared, %d crashes, of %d", stats.Compared, crashes, modules)
	}
}
