package enginetest

import (
	"context"
	"math"
	"testing"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// patterns are values of each number type that adapters are known to spoil: signs, and NaNs with a payload, quiet and signalling.
var patterns = map[wasm.ValType][]uint64{
	wasm.I32: {0, 1, math.MaxInt32, 1 << 31, math.MaxUint32},
	wasm.I64: {0, 1, math.MaxInt64, 1 << 63, math.MaxUint64, 0x0123456789abcdef},
	wasm.F32: {0, 1 << 31, 0x3f800000, 0x7f800000, 0x7fc00000, 0xffc00001, 0x7fa12345, 0x00000001},
	wasm.F64: {0, 1 << 63, 0x3ff0000000000000, 0x7ff0000000000000, 0x7ff8000000000000, 0xfff8000000000001, 0x7ff4123456789abc, 1},
}

// constant returns the constant instruction of a type.
func constant(t wasm.ValType, bits uint64) code {
	return op(map[wasm.ValType]wasm.Op{wasm.I32: wasm.OpI32Const, wasm.I64: wasm.OpI64Const, wasm.F32: wasm.OpF32Const, wasm.F64: wasm.OpF64Const}[t], bits)
}

// testValues passes bit patterns through an identity function and returns them as constants, alone and in company.
func testValues(t *testing.T, h *harness) {
	for vt, list := range patterns {
		m := new(module)
		m.function("id", types{vt}, types{vt}, local(0))
		m.function("twice", types{wasm.I32, vt}, types{vt, wasm.I64, vt}, local(1), i64(7), local(1))
		var calls []engine.Call
		var want []engine.CallResult
		for _, bits := range list {
			v := value(vt, bits)
			calls = append(calls,
				engine.Call{Export: "id", Args: []engine.Value{v}},
				engine.Call{Export: "twice", Args: []engine.Value{value(wasm.I32, 0), v}},
				engine.Call{Export: "const" + hex(bits)})
			want = append(want, returned("id", v), returned("twice", v, value(wasm.I64, 7), v), returned("const"+hex(bits), v))
			m.function("const"+hex(bits), nil, types{vt}, constant(vt, bits))
		}
		wantCalls(t, h.run(t, m, calls...), want...)
	}
}

func hex(v uint64) string {
	const digits = "0123456789abcdef"
	s := ""
	for ; v > 0; v >>= 4 {
		s = string(digits[v&15]) + s
	}
	return s
}

// testReferences returns and passes references; of those that an engine cannot pass it must say so.
func testReferences(t *testing.T, h *harness) {
	m := new(module)
	f := m.function("func", nil, types{wasm.FuncRef, wasm.I32}, op(wasm.OpRefFunc, 0), i32(5))
	m.function("nulls", nil, types{wasm.ExternRef, wasm.FuncRef}, op(wasm.OpRefNull, uint64(wasm.ExternRef)), op(wasm.OpRefNull, uint64(wasm.FuncRef)))
	m.function("id", types{wasm.ExternRef, wasm.I64}, types{wasm.I64, wasm.ExternRef}, local(1), local(0))
	m.Elems = append(m.Elems, wasm.ElemSegment{Mode: wasm.Declarative, Type: wasm.FuncRef, Funcs: []uint32{uint32(f)}})
	res := h.run(t, m,
		engine.Call{Export: "func"}, engine.Call{Export: "nulls"},
		engine.Call{Export: "id", Args: []engine.Value{value(wasm.ExternRef, 0), value(wasm.I64, 9)}})
	wantCalls(t, res,
		returned("func", value(wasm.FuncRef, 1), value(wasm.I32, 5)),
		returned("nulls", value(wasm.ExternRef, 0), value(wasm.FuncRef, 0)),
		returned("id", value(wasm.I64, 9), value(wasm.ExternRef, 0)))

	res = h.run(t, m, engine.Call{Export: "id", Args: []engine.Value{value(wasm.ExternRef, 1), value(wasm.I64, 9)}})
	if len(res.Calls) != 1 || res.Calls[0].Outcome != engine.Unsupported {
		wantCalls(t, res, returned("id", value(wasm.I64, 9), value(wasm.ExternRef, 1)))
	}
}

// testDefaultCalls leaves the choice of calls to the engine: every function without parameters, in the order of the exports, then those
// with parameters, several times, first with zeros.
func testDefaultCalls(t *testing.T, h *harness) {
	m := new(module)
	m.function("z", nil, types{wasm.I32}, i32(1))
	m.function("needs", types{wasm.I32}, nil)
	m.function("a", nil, nil)
	m.export("again", wasm.ExternFunc, 0)
	res := h.do(t, &engine.Job{Module: m.bytes()})
	wantStage(t, res, engine.StageRun)
	plain := []engine.CallResult{returned("z", value(wasm.I32, 1)), returned("a"), returned("again", value(wasm.I32, 1))}
	guessed := res.Calls[min(len(plain), len(res.Calls)):]
	seen := map[engine.Value]bool{}
	for i, c := range guessed {
		plain = append(plain, returned("needs"))
		if len(c.Args) != 1 || c.Args[0].Type != wasm.I32 || (i == 0) != (c.Args[0].Bits == 0) || seen[c.Args[0]] {
			t.Errorf("call %d of needs has the arguments %v", i, c.Args)
		} else {
			seen[c.Args[0]] = true
		}
	}
	if len(guessed) < 2 {
		t.Errorf("a function with a parameter is called %d times", len(guessed))
	}
	wantCalls(t, res, plain...)

	res = h.do(t, &engine.Job{Module: m.bytes(), Calls: []engine.Call{}})
	wantStage(t, res, engine.StageRun)
	wantCalls(t, res)
}

// testBadCalls asks for calls that the module does not allow.
func testBadCalls(t *testing.T, h *harness) {
	m := new(module)
	m.function("f", types{wasm.I32}, nil)
	m.memory("memory", limits(1))
	for _, c := range []engine.Call{
		{Export: "g"},
		{Export: "memory"},
		{Export: "f"},
		{Export: "f", Args: []engine.Value{value(wasm.I64, 0)}},
	} {
		res := h.run(t, m, c)
		wantCalls(t, res, engine.CallResult{Export: c.Export, Outcome: engine.Failed})
	}
	if _, err := h.Run(context.Background(), &engine.Job{Module: m.bytes(), WASI: &engine.WASI{Args: []string{"a\x00b"}}}); err == nil {
		t.Error("an argument with a zero byte was accepted")
	}
}

// testHostFunctions calls imported functions: all engines must pass the same arguments and see the same results.
func testHostFunctions(t *testing.T, h *harness) {
	m := new(module)
	params, results := types{wasm.I32, wasm.I64, wasm.F32, wasm.F64}, types{wasm.F64, wasm.F32, wasm.I64, wasm.I32}
	f := m.importFunc("env", "f", params, results)
	g := m.importFunc("other", "", nil, types{wasm.I32})
	again := m.importFunc("env", "f", params, results)
	args := []engine.Value{value(wasm.I32, math.MaxUint32), value(wasm.I64, 1<<63), value(wasm.F32, 0x7fa12345), value(wasm.F64, 0x3ff8000000000000)}
	var push code
	for _, a := range args {
		push = seq(push, constant(a.Type, a.Bits))
	}
	m.function("callF", nil, results, push, op(wasm.OpCall, f))
	m.function("callG", nil, types{wasm.I32}, op(wasm.OpCall, g))
	m.function("callAgain", nil, results, push, op(wasm.OpCall, again))
	m.export("g itself", wasm.ExternFunc, uint32(g))

	res := h.run(t, m, engine.Call{Export: "callF"}, engine.Call{Export: "callG"}, engine.Call{Export: "callAgain"}, engine.Call{Export: "g itself"})
	fResults, gResults := engine.HostResult("env", "f", args, results), engine.HostResult("other", "", nil, types{wasm.I32})
	wantCalls(t, res, returned("callF", fResults...), returned("callG", gResults...), returned("callAgain", fResults...), returned("g itself", gResults...))
	want := []engine.HostCall{
		{Module: "env", Name: "f", Args: args}, {Module: "other", Name: ""},
		{Module: "env", Name: "f", Args: args}, {Module: "other", Name: ""},
	}
	if diff := diffHostCalls(want, res.HostCalls); diff != "" || res.HostCallTotal != 4 {
		t.Errorf("%d host calls (-want +got):\n%s", res.HostCallTotal, diff)
	}
	testNamelessModule(t, h)
	testHostReferences(t, h)
}

// testHostReferences passes references to a host function in all the ways that a function can be reached: by a call,
// through a table, through a reference in a global, and as an export.
func testHostReferences(t *testing.T, h *harness) {
	m := new(module)
	params, results := types{wasm.FuncRef, wasm.I32, wasm.ExternRef}, types{wasm.I64, wasm.ExternRef, wasm.F32}
	f := m.importFunc("env", "f", params, results)
	m.table("t", wasm.FuncRef, limits(1))
	m.elements(0, uint32(f))
	m.global("g", wasm.FuncRef, op(wasm.OpRefFunc, f))
	null := op(wasm.OpRefNull, uint64(wasm.ExternRef))
	m.function("call", nil, results, op(wasm.OpRefFunc, f), i32(3), null, op(wasm.OpCall, f))
	typeIndex := uint64(m.Imports[0].Func)
	m.function("indirect", nil, results, op(wasm.OpRefNull, uint64(wasm.FuncRef)), i32(4), null, i32(0), op(wasm.OpCallIndirect, typeIndex, 0))
	m.export("itself", wasm.ExternFunc, uint32(f))
	null0 := value(wasm.ExternRef, 0)
	first := []engine.Value{value(wasm.FuncRef, 1), value(wasm.I32, 3), null0}
	second := []engine.Value{value(wasm.FuncRef, 0), value(wasm.I32, 4), null0}
	res := h.run(t, m, engine.Call{Export: "call"}, engine.Call{Export: "indirect"}, engine.Call{Export: "itself", Args: second})
	wantCalls(t, res,
		returned("call", engine.HostResult("env", "f", first, results)...),
		returned("indirect", engine.HostResult("env", "f", second, results)...),
		returned("itself", engine.HostResult("env", "f", second, results)...))
	want := []engine.HostCall{{Module: "env", Name: "f", Args: first}, {Module: "env", Name: "f", Args: second}, {Module: "env", Name: "f", Args: second}}
	if diff := diffHostCalls(want, res.HostCalls); diff != "" {
		t.Errorf("host calls (-want +got):\n%s", diff)
	}
	if len(res.Globals) != 1 || res.Globals[0].Value.Bits != 1 {
		t.Errorf("globals %+v, want a reference", res.Globals)
	}
}

// testNamelessModule imports from a module whose name is empty, which is valid.
func testNamelessModule(t *testing.T, h *harness) {
	m := new(module)
	f := m.importFunc("", "f", nil, types{wasm.I32})
	m.function("call", nil, types{wasm.I32}, op(wasm.OpCall, f))
	res := h.do(t, &engine.Job{Module: m.bytes()})
	if res.Stage == engine.StageUnsupported {
		t.Logf("module without a name: %s", res.Message)
		return
	}
	wantStage(t, res, engine.StageRun)
	wantCalls(t, res, returned("call", engine.HostResult("", "f", nil, types{wasm.I32})...))
}
