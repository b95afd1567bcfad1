package enginetest

import (
	"context"
	"crypto/sha256"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// testState changes exported globals, a memory and tables, and looks at what is left.
func testState(t *testing.T, h *harness) {
	m := new(module)
	m.memory("mem", limits(1))
	m.table("funcs", wasm.FuncRef, limits(3))
	m.table("externs", wasm.ExternRef, limits(0, 0))
	m.global("i", wasm.I32, i32(1))
	m.global("I", wasm.I64, i64(1))
	m.global("f", wasm.F32, f32Bits(0x7fa12345))
	m.global("F", wasm.F64, f64Bits(0x7ff4123456789abc))
	m.global("r", wasm.FuncRef, op(wasm.OpRefFunc, 0))
	m.global("e", wasm.ExternRef, op(wasm.OpRefNull, uint64(wasm.ExternRef)))
	m.export("mem again", wasm.ExternMemory, 0)
	m.data(16, "hello")
	m.Elems = append(m.Elems, wasm.ElemSegment{Type: wasm.ExternRef, Table: 1, UseExprs: true, Offset: expr(i32(0))})
	m.elements(1, 0)
	m.function("change", nil, types{wasm.I32, wasm.I32},
		i32(-5), op(wasm.OpGlobalSet, 0),
		i64(1<<63), op(wasm.OpGlobalSet, 1),
		i32(wasm.PageSize), i32(0x41), op(wasm.OpI32Store8, 0, wasm.PageSize-1), // after the growth below: the last byte of page 2
		i32(7), op(wasm.OpMemoryGrow),
		op(wasm.OpRefNull, uint64(wasm.FuncRef)), i32(2), op(wasm.OpTableGrow, 0),
	)
	// The first store needs a second page.
	grow := seq(i32(1), op(wasm.OpMemoryGrow), op(wasm.OpDrop))
	m.Funcs[0].Body.Code = append(grow, m.Funcs[0].Body.Code...)
	res := h.do(t, &engine.Job{Module: m.bytes()})
	wantStage(t, res, engine.StageRun)
	wantCalls(t, res, returned("change", value(wasm.I32, 2), value(wasm.I32, 3)))

	mem := make([]byte, 9*wasm.PageSize)
	copy(mem[16:], "hello")
	mem[2*wasm.PageSize-1] = 0x41
	want := &engine.Result{
		Globals: []engine.NamedGlobal{
			{Name: "i", Readable: true, Value: value(wasm.I32, 0xfffffffb)},
			{Name: "I", Readable: true, Value: value(wasm.I64, 1<<63)},
			{Name: "f", Readable: true, Value: value(wasm.F32, 0x7fa12345)},
			{Name: "F", Readable: true, Value: value(wasm.F64, 0x7ff4123456789abc)},
			{Name: "r", Readable: true, Value: value(wasm.FuncRef, 1)},
			{Name: "e", Readable: true, Value: value(wasm.ExternRef, 0)},
		},
		Tables: []engine.NamedTable{
			{Name: "funcs", Readable: true, Len: 5, NonNull: []byte{0, 1, 0, 0, 0}},
			{Name: "externs", Readable: true},
		},
		Memories: []engine.NamedMemory{
			{Name: "mem", Pages: 9, Hash: sha256.Sum256(mem)},
			{Name: "mem again", Pages: 9, Hash: sha256.Sum256(mem)},
		},
	}
	got := &engine.Result{Globals: res.Globals, Tables: res.Tables, Memories: res.Memories}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
	testEmptyMemory(t, h)
}

// testEmptyMemory looks at a memory without pages: some bindings have no address for it.
func testEmptyMemory(t *testing.T, h *harness) {
	m := new(module)
	m.memory("mem", limits(0))
	res := h.do(t, &engine.Job{Module: m.bytes()})
	wantStage(t, res, engine.StageRun)
	if len(res.Memories) != 1 || res.Memories[0].Pages != 0 || res.Memories[0].Hash != sha256.Sum256(nil) {
		t.Errorf("empty memory: %+v", res.Memories)
	}
}

// testUnlinkable imports what no engine offers.
func testUnlinkable(t *testing.T, h *harness) {
	conflict := new(module)
	conflict.importFunc("env", "f", nil, nil)
	conflict.importFunc("env", "f", types{wasm.I32}, nil)
	memory := new(module)
	memory.Imports = []wasm.Import{{Module: "env", Name: "m", Kind: wasm.ExternMemory, Memory: wasm.MemoryType{Limits: limits(1)}}}
	global := new(module)
	global.Imports = []wasm.Import{{Module: "env", Name: "g", Kind: wasm.ExternGlobal, Global: wasm.GlobalType{Type: wasm.I32}}}
	wasi := new(module)
	wasi.importFunc(engine.WASIModule, "proc_exit", types{wasm.I32}, nil)
	for name, m := range map[string]*module{"two types": conflict, "memory": memory, "global": global, "WASI not offered": wasi} {
		res := h.do(t, &engine.Job{Module: m.bytes()})
		if res.Stage != engine.StageUnlinkable {
			t.Errorf("%s: stage %q (%s), want %q", name, res.Stage, res.Message, engine.StageUnlinkable)
		}
	}
}

// testRejected gives the engine bytes that are no valid module. Text must not be taken for a module.
func testRejected(t *testing.T, h *harness) {
	invalid := new(module)
	invalid.function("f", nil, types{wasm.I32}, f32(1))
	whole := new(module)
	whole.function("f", nil, nil)
	truncated := whole.bytes()
	for name, src := range map[string][]byte{
		"empty":           nil,
		"type error":      invalid.bytes(),
		"truncated":       truncated[:len(truncated)-1],
		"text":            []byte(`(module (func (export "f") (result i32) i32.const 1))`),
		"wrong version":   []byte("\x00asm\x02\x00\x00\x00"),
		"unknown section": append(whole.bytes(), 0x7f, 0),
	} {
		res := h.do(t, &engine.Job{Module: src})
		if res.Stage != engine.StageRejected || res.Message == "" {
			t.Errorf("%s: stage %q (%s), want %q with a message", name, res.Stage, res.Message, engine.StageRejected)
		}
	}
	h.healthy(t)
}

// testLimits meets the bounds of a job: growth fails, and what is too big at the start is not run.
func testLimits(t *testing.T, h *harness) {
	m := new(module)
	m.memory("mem", limits(1))
	m.table("tab", wasm.FuncRef, limits(1))
	grow := func(pages int32) code { return seq(i32(pages), op(wasm.OpMemoryGrow)) }
	growTable := func(n int32) code {
		return seq(op(wasm.OpRefNull, uint64(wasm.FuncRef)), i32(n), op(wasm.OpTableGrow, 0))
	}
	m.function("f", nil, types{wasm.I32, wasm.I32, wasm.I32, wasm.I32, wasm.I32},
		grow(4), grow(3), grow(1), growTable(engine.MaxTableElems), growTable(1))
	res := h.do(t, &engine.Job{Module: m.bytes(), MaxMemory: 4 * wasm.PageSize})
	wantStage(t, res, engine.StageRun)
	failed := value(wasm.I32, 0xffffffff)
	wantCalls(t, res, returned("f", failed, value(wasm.I32, 1), failed, failed, value(wasm.I32, 1)))

	bigMemory := new(module)
	bigMemory.memory("", limits(wasm.MaxPages))
	bigTable := new(module)
	bigTable.table("", wasm.FuncRef, limits(1<<32-1))
	for name, m := range map[string]*module{"memory": bigMemory, "table": bigTable} {
		res, err := h.Run(context.Background(), &engine.Job{Module: m.bytes()})
		if err != nil {
			t.Fatal(err)
		}
		if res.Stage != engine.StageLimit {
			t.Errorf("%s: stage %q (%s), want %q", name, res.Stage, res.Message, engine.StageLimit)
		}
	}
	h.healthy(t)
}
