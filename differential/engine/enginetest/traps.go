package enginetest

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func diffHostCalls(want, got []engine.HostCall) string {
	return cmp.Diff(want, got, cmpopts.EquateEmpty())
}

// trapCases has at least one cause for each class of trap; the module has a memory of one page, a table of two elements whose
// second is null and whose first takes an i32, and the types that causes need.
func trapCases() []struct {
	name string
	want wasm.TrapCode
	body code
} {
	drop := op(wasm.OpDrop)
	const typeNone = 0 // () -> ()
	return []struct {
		name string
		want wasm.TrapCode
		body code
	}{
		{"unreachable", wasm.Unreachable, op(wasm.OpUnreachable)},
		{"div_s by zero", wasm.DivideByZero, seq(i32(1), i32(0), op(wasm.OpI32DivS), drop)},
		{"rem_u by zero", wasm.DivideByZero, seq(i64(1), i64(0), op(wasm.OpI64RemU), drop)},
		{"div_s overflow", wasm.IntegerOverflow, seq(i64(1<<63), i64(math.MaxUint64), op(wasm.OpI64DivS), drop)},
		{"trunc overflow", wasm.IntegerOverflow, seq(f32(3e9), op(wasm.OpI32TruncF32S), drop)},
		{"trunc NaN", wasm.InvalidConversion, seq(f64(math.NaN()), op(wasm.OpI64TruncF64U), drop)},
		{"load", wasm.MemoryOutOfBounds, seq(i32(wasm.PageSize-3), op(wasm.OpI32Load, 2, 0), drop)},
		{"store with offset", wasm.MemoryOutOfBounds, seq(i32(-1), i32(1), op(wasm.OpI32Store8, 0, math.MaxUint32))},
		{"memory.fill", wasm.MemoryOutOfBounds, seq(i32(wasm.PageSize), i32(0), i32(1), op(wasm.OpMemoryFill))},
		{"table.get", wasm.TableOutOfBounds, seq(i32(2), op(wasm.OpTableGet, 0), drop)},
		{"table.copy", wasm.TableOutOfBounds, seq(i32(1), i32(0), i32(2), op(wasm.OpTableCopy, 0, 0))},
		{"call_indirect outside", wasm.UndefinedElement, seq(i32(2), op(wasm.OpCallIndirect, typeNone, 0))},
		{"call_indirect null", wasm.UninitializedElement, seq(i32(1), op(wasm.OpCallIndirect, typeNone, 0))},
		{"call_indirect mismatch", wasm.SignatureMismatch, seq(i32(0), op(wasm.OpCallIndirect, typeNone, 0))},
	}
}

// testTraps compares in the engine's own partition: it need not tell apart what it says it merges.
func testTraps(t *testing.T, h *harness) {
	m := new(module)
	m.typeOf(nil, nil)
	m.memory("", limits(1, 1))
	m.table("", wasm.FuncRef, limits(2))
	m.elements(0, 0)
	m.function("", types{wasm.I32}, nil)
	cases := trapCases()
	for _, c := range cases {
		m.function(c.name, nil, nil, c.body)
	}
	res := h.do(t, &engine.Job{Module: m.bytes()})
	wantStage(t, res, engine.StageRun)
	if len(res.Calls) != len(cases) {
		t.Fatalf("%d calls, want %d", len(res.Calls), len(cases))
	}
	same := h.Features().Partition()
	seen := map[wasm.TrapCode]bool{}
	for i, c := range cases {
		got := res.Calls[i]
		if got.Export != c.name || got.Outcome != engine.Trapped || !same.Same(got.Trap, c.want) {
			t.Errorf("%s: %+v, want trap %q", c.name, got, c.want)
		}
		seen[c.want] = true
	}
	// The test itself is to miss no class: those after SignatureMismatch are tested elsewhere or are none.
	for code := wasm.Unreachable; code <= wasm.SignatureMismatch; code++ {
		if !seen[code] {
			t.Errorf("no case for trap %q", code)
		}
	}
}

// testTrapEndsCallOnly makes calls after a trap; the state goes on.
func testTrapEndsCallOnly(t *testing.T, h *harness) {
	m := new(module)
	m.global("g", wasm.I32, i32(1))
	add := seq(op(wasm.OpGlobalGet, 0), i32(10), op(wasm.OpI32Add), op(wasm.OpGlobalSet, 0))
	m.function("one", nil, nil, add)
	m.function("two", nil, nil, add, op(wasm.OpUnreachable))
	m.function("three", nil, types{wasm.I32}, add, op(wasm.OpGlobalGet, 0))
	res := h.do(t, &engine.Job{Module: m.bytes()})
	wantStage(t, res, engine.StageRun)
	wantCalls(t, res, returned("one"), trapped("two", wasm.Unreachable), returned("three", value(wasm.I32, 31)))
	if len(res.Globals) != 1 || res.Globals[0].Value.Bits != 31 {
		t.Errorf("globals %+v, want 31", res.Globals)
	}
}

// testStackExhaustion recurses without end, twice: the engine must survive it.
func testStackExhaustion(t *testing.T, h *harness) {
	m := new(module)
	m.function("deep", nil, nil, op(wasm.OpCall, 0))
	m.function("flat", nil, types{wasm.I32}, i32(3))
	res := h.run(t, m, engine.Call{Export: "deep"}, engine.Call{Export: "flat"}, engine.Call{Export: "deep"}, engine.Call{Export: "flat"})
	flat := returned("flat", value(wasm.I32, 3))
	wantCalls(t, res, trapped("deep", wasm.StackExhausted), flat, trapped("deep", wasm.StackExhausted), flat)
}

// testStartTraps lets instantiation trap, in the start function and in active segments.
func testStartTraps(t *testing.T, h *harness) {
	start := uint32(0)
	fn := new(module)
	fn.function("", nil, nil, i32(1), i32(0), op(wasm.OpI32DivU), op(wasm.OpDrop))
	fn.Start = &start
	data := new(module)
	data.memory("", limits(1))
	data.data(wasm.PageSize-1, "ab")
	elem := new(module)
	elem.function("f", nil, nil)
	elem.table("", wasm.FuncRef, limits(1))
	elem.elements(1, 0)
	same := h.Features().Partition()
	for _, c := range []struct {
		name string
		m    *module
		want wasm.TrapCode
	}{{"start function", fn, wasm.DivideByZero}, {"data segment", data, wasm.MemoryOutOfBounds}, {"element segment", elem, wasm.TableOutOfBounds}} {
		res := h.do(t, &engine.Job{Module: c.m.bytes()})
		if res.Stage == engine.StageUnsupported {
			t.Logf("%s: %s", c.name, res.Message)
			continue
		}
		if res.Stage != engine.StageStart || !same.Same(res.Trap, c.want) {
			t.Errorf("%s: stage %q, trap %q (%s), want trap %q at start", c.name, res.Stage, res.Trap, res.Message, c.want)
		}
	}
}
