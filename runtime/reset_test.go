package runtime_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// spoilt is a module whose export "spoil" changes all that an instance has, and whose export "sum" depends on all of it. Its start
// function calls host.started.
func spoilt() *asm.Module {
	var m asm.Module
	started := m.Import("host", "started", ":")
	m.Memory(1, 10)
	m.Tables = []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 4, Max: 20, HasMax: true}}}
	m.Globals = []wasm.Global{{Type: wasm.GlobalType{Type: wasm.I32, Mutable: true}, Init: new(asm.Body).I32(100).Expr()}}
	one := m.Func("", ":i", "", new(asm.Body).I32(1))
	two := m.Func("", ":i", "", new(asm.Body).I32(2))
	m.Elems = []wasm.ElemSegment{
		{Mode: wasm.Active, Offset: new(asm.Body).I32(0).Expr(), Type: wasm.FuncRef, Funcs: []uint32{one, one}},
		{Mode: wasm.Passive, Type: wasm.FuncRef, Funcs: []uint32{two}},
	}
	m.Datas = []wasm.DataSegment{
		{Mode: wasm.Active, Offset: new(asm.Body).I32(0).Expr(), Init: []byte{10, 20}},
		{Mode: wasm.Passive, Init: []byte{5}},
	}
	n := uint32(len(m.Datas))
	m.DataCount = &n
	m.Func("spoil", ":", "", new(asm.Body).
		I32(7).Op(wasm.OpGlobalSet, 0).
		I32(0).I32(0).I32(1).Op(wasm.OpMemoryInit, 1, 0).Op(wasm.OpDataDrop, 1).
		I32(60000).I32(9).Op(wasm.OpI32Store8, 0, 0).
		I32(3).Op(wasm.OpMemoryGrow, 0).Op(wasm.OpDrop).
		I32(0).I32(0).I32(1).Op(wasm.OpTableInit, 1, 0).Op(wasm.OpElemDrop, 1).
		Op(wasm.OpRefFunc, uint64(two)).I32(3).Op(wasm.OpTableGrow, 0).Op(wasm.OpDrop))
	m.Func("sum", ":i", "", new(asm.Body).
		I32(0).Op(wasm.OpCallIndirect, uint64(m.Type(asm.Sig(":i"))), 0).
		Op(wasm.OpGlobalGet, 0).Op(wasm.OpI32Add).
		I32(0).Op(wasm.OpI32Load8U, 0, 0).Op(wasm.OpI32Add).
		I32(60000).Op(wasm.OpI32Load8U, 0, 0).Op(wasm.OpI32Add).
		Op(wasm.OpMemorySize, 0).I32(1000).Op(wasm.OpI32Mul).Op(wasm.OpI32Add).
		Op(wasm.OpTableSize, 0).I32(100000).Op(wasm.OpI32Mul).Op(wasm.OpI32Add))
	start := m.Func("", ":", "", new(asm.Body).Op(wasm.OpCall, uint64(started)))
	m.Start = &start
	return &m
}

func TestReset(t *testing.T) {
	starts := 0
	var l runtime.Linker
	l.Func("host", "started", asm.Sig(":"), func(context.Context, *runtime.Instance, []uint64) error {
		starts++
		return nil
	})
	const fresh, spoiled = 1 + 100 + 10 + 0 + 1*1000 + 4*100000, 2 + 7 + 5 + 9 + 4*1000 + 7*100000
	in := instantiate(t, runtime.New(&runtime.Config{MaxTableElems: 7}), spoilt(), &l)
	for round := range 5 {
		if starts != round+1 {
			t.Errorf("round %d: started %d times", round, starts)
		}
		if got, err := call(in, "sum"); got != fresh || err != nil {
			t.Fatalf("round %d: %d, %v, want %d", round, got, err, fresh)
		}
		if _, err := call(in, "spoil"); err != nil {
			t.Fatal(err)
		}
		if got, err := call(in, "sum"); got != spoiled || err != nil {
			t.Fatalf("round %d, spoiled: %d, %v, want %d", round, got, err, spoiled)
		}
		if err := in.Reset(background); err != nil {
			t.Fatal(err)
		}
	}
}

// TestResetWhileRunning lets the host try to reset the instance that called it.
func TestResetWhileRunning(t *testing.T) {
	var m asm.Module
	host := m.Import("host", "reset", ":")
	m.Func("run", ":", "", new(asm.Body).Op(wasm.OpCall, uint64(host)))
	var l runtime.Linker
	l.Func("host", "reset", asm.Sig(":"), func(ctx context.Context, caller *runtime.Instance, _ []uint64) error {
		if err := caller.Reset(ctx); err == nil {
			return fmt.Errorf("a running instance was reset")
		}
		return nil
	})
	if _, err := call(instantiate(t, runtime.New(nil), &m, &l), "run"); err != nil {
		t.Error(err)
	}
}
