// Package enginetest tests adapters of engines: whatever engine is behind it, an adapter must give the same answers.
package enginetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Run tests one engine. The engine is closed by the caller.
func Run(t *testing.T, e engine.Engine) {
	h := &harness{e}
	for _, c := range []struct {
		name string
		test func(*testing.T, *harness)
	}{
		{"Values", testValues},
		{"References", testReferences},
		{"Vectors", testVectors},
		{"Traps", testTraps},
		{"TrapEndsCallOnly", testTrapEndsCallOnly},
		{"StackExhaustion", testStackExhaustion},
		{"DefaultCalls", testDefaultCalls},
		{"BadCalls", testBadCalls},
		{"StartTraps", testStartTraps},
		{"HostFunctions", testHostFunctions},
		{"State", testState},
		{"Unlinkable", testUnlinkable},
		{"Rejected", testRejected},
		{"Limits", testLimits},
		{"WASI", testWASI},
		{"WASIReadOnly", testWASIReadOnly},
		{"WASIReactor", testWASIReactor},
		{"WASIUnlinkable", testWASIUnlinkable},
		{"Hang", testHang},
		{"Cancel", testCancel},
		{"Crash", testCrash},
		{"LargeModules", testLargeModules},
		{"ManyModules", testManyModules},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, h) })
	}
}

type harness struct{ engine.Engine }

// do runs a job that must not fail.
func (h *harness) do(t *testing.T, job *engine.Job) *engine.Result {
	t.Helper()
	res, err := h.Run(context.Background(), job)
	if err != nil {
		t.Fatalf("%s: %v", h.Name(), err)
	}
	return res
}

// run runs a module and fails the test unless the job comes to its end.
func (h *harness) run(t *testing.T, m *module, calls ...engine.Call) *engine.Result {
	t.Helper()
	res := h.do(t, &engine.Job{Module: m.bytes(), Calls: calls})
	wantStage(t, res, engine.StageRun)
	return res
}

func wantStage(t *testing.T, res *engine.Result, want engine.Stage) {
	t.Helper()
	if res.Stage != want {
		t.Fatalf("stage %q (trap %v, calls %+v, message %q), want %q", res.Stage, res.Trap, res.Calls, res.Message, want)
	}
}

// wantCalls compares calls but for messages, and for the arguments, which those who ask for calls know.
func wantCalls(t *testing.T, res *engine.Result, want ...engine.CallResult) {
	t.Helper()
	if diff := cmp.Diff(want, res.Calls, cmpopts.IgnoreFields(engine.CallResult{}, "Message", "Args"), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("calls (-want +got):\n%s\n%+v", diff, res.Calls)
	}
}

// healthy fails the test unless the engine works.
func (h *harness) healthy(t *testing.T) {
	t.Helper()
	m := new(module)
	m.function("f", nil, types{wasm.I32}, i32(42))
	wantCalls(t, h.run(t, m), returned("f", value(wasm.I32, 42)))
}

func value(t wasm.ValType, bits uint64) engine.Value { return engine.Value{Type: t, Bits: bits} }

func returned(export string, values ...engine.Value) engine.CallResult {
	return engine.CallResult{Export: export, Outcome: engine.Returned, Values: values}
}

func trapped(export string, code wasm.TrapCode) engine.CallResult {
	return engine.CallResult{Export: export, Outcome: engine.Trapped, Trap: code}
}

// soon fails the test if d has passed since start: the watchdog must have acted.
func soon(t *testing.T, start time.Time, d time.Duration) {
	t.Helper()
	if took := time.Since(start); took > d {
		t.Errorf("took %v, want at most %v", took, d)
	}
}
