package all

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/enginetest"
	"github.com/touchstone-wasm/touchstone/differential/engine/timing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// TestConformance runs the one conformance test on every engine of the list but the commands, which have tests of their own.
func TestConformance(t *testing.T) {
	for _, entry := range ByDefault() {
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

// TestTiming times a kernel that calls the host, and one that is taken anew for each call, on every engine that can be timed.
func TestTiming(t *testing.T) {
	for _, entry := range Timed() {
		t.Run(entry.Name, func(t *testing.T) {
			timer, err := entry.OpenTimer(t.Context())
			var unavailable *engine.Unavailable
			if errors.As(err, &unavailable) {
				t.Skip(unavailable)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer timer.Close()
			t.Logf("%s %s", timer.Name(), timer.Version())
			if timer.Name() != entry.Name {
				t.Errorf("the engine calls itself %q", timer.Name())
			}
			if err := timer.Prepare(t.Context(), &timing.Kernel{Module: []byte("nonsense")}); err == nil {
				t.Error("nonsense was prepared")
			}
			plain, host := kernel(false), kernel(true)
			if err := timer.Prepare(t.Context(), plain); errors.As(err, new(*timing.Inapplicable)) {
				return // bench's test of all engines times it
			}
			check := func(k *timing.Kernel, b timing.Batch) {
				t.Helper()
				if err := timer.Prepare(t.Context(), k); err != nil {
					t.Fatal(err)
				}
				s, err := timer.Time(t.Context(), b)
				if err != nil || s.Result != b.Arg+1 {
					t.Errorf("%+v: sample %+v, error %v", b, s, err)
				}
			}
			check(plain, timing.Batch{Arg: 41, Calls: 3})
			check(plain, timing.Batch{Arg: 1<<32 - 2, Calls: 1})
			if strings.HasSuffix(entry.Name, "-cli") {
				return // a command has neither host functions nor a start that could be compared
			}
			check(host, timing.Batch{Arg: 41, Calls: 3})
			check(plain, timing.Batch{Arg: 41, Calls: 20, Step: timing.Whole})
			check(host, timing.Batch{Arg: 41, Calls: 2, Step: timing.Whole})
		})
	}
}

// kernel returns its argument plus one, by itself or by calling the host.
func kernel(host bool) *timing.Kernel {
	var m asm.Module
	body := new(asm.Body).Get(0).I32(1)
	if host {
		body.Op(wasm.OpCall, uint64(m.Import(timing.HostModule, timing.HostName, "ii:i")))
	} else {
		body.Op(wasm.OpI32Add)
	}
	m.Memory(1, 1)
	m.Func("run", "i:i", "", body)
	return &timing.Kernel{Module: m.Encode(), Export: "run", Host: host}
}
