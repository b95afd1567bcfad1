package enginetest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// largeData is the size in bytes of the data in large modules, which makes them large enough for adapters to keep them compiled.
const largeData = 300 << 10

// large returns a large module with state in a global and in its memory, and ways to end of all kinds. The memory is full of
// fill.
func large(fill string) []byte {
	p := newProgram("")
	host := p.importFunc("env", "f", types{wasm.I32}, types{wasm.I64})
	p.Memories[0].Limits = limits(largeData/wasm.PageSize + 1)
	p.data(0, strings.Repeat(fill, largeData))
	p.global("g", wasm.I32, i32(1))
	p.function("bump", nil, types{wasm.I32, wasm.I64},
		op(wasm.OpGlobalGet, 0), i32(1), op(wasm.OpI32Add), op(wasm.OpGlobalSet, 0),
		store(64, seq(load(64), op(wasm.OpGlobalGet, 0), op(wasm.OpI32Add))),
		load(64), load(64), op(wasm.OpCall, host))
	p.function("trap", nil, nil, op(wasm.OpUnreachable))
	p.function("loop", nil, nil, forever())
	p.function("exit", nil, nil, i32(3), p.call("proc_exit"))
	return p.bytes()
}

// testLargeModules runs large modules again and again. Adapters may keep them compiled; however a run ends, the next one must
// find nothing of it.
func testLargeModules(t *testing.T, h *harness) {
	a, b := large("a"), large("b")
	bumps := func(module []byte) *engine.Result {
		t.Helper()
		res := h.do(t, &engine.Job{Module: module, WASI: &engine.WASI{Args: []string{"p"}}, Calls: []engine.Call{{Export: "bump"}, {Export: "bump"}}})
		wantStage(t, res, engine.StageRun)
		return res
	}
	first, other := bumps(a), bumps(b)
	if cmp.Equal(first.Calls, other.Calls) || first.HostCallTotal != 2 {
		t.Fatalf("calls %+v of one module, %+v of the other", first.Calls, other.Calls)
	}
	for _, end := range []string{"bump", "trap", "exit", "loop"} {
		for module, want := range map[*[]byte]*engine.Result{&a: first, &b: other} {
			h.do(t, &engine.Job{Module: *module, WASI: &engine.WASI{Args: []string{"p"}}, Timeout: 500 * time.Millisecond,
				Calls: []engine.Call{{Export: "bump"}, {Export: end}}})
			if diff := cmp.Diff(want, bumps(*module), cmpopts.IgnoreFields(engine.Result{}, "Elapsed")); diff != "" {
				t.Errorf("after a run that ended with %s, another result (-want +got):\n%s", end, diff)
			}
		}
	}
}
