package runtime_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

var background = context.Background()

// instantiate compiles and instantiates a module that must be fine.
func instantiate(t testing.TB, rt *runtime.Runtime, m *asm.Module, l *runtime.Linker) *runtime.Instance {
	t.Helper()
	mod, err := runtime.Compile(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	in, err := rt.Instantiate(background, mod, l)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// endless is a module whose export "run" never returns, and whose export "deep" calls itself for ever.
func endless() *asm.Module {
	var m asm.Module
	m.Func("run", ":", "", new(asm.Body).Block(wasm.OpLoop).Op(wasm.OpBr, 0).End())
	m.Func("deep", "i:i", "IIII", new(asm.Body).Get(0).Op(wasm.OpCall, 1))
	m.Func("table", ":", "", new(asm.Body).Block(wasm.OpLoop).I32(0).BrTable(0, 0).End())
	return &m
}

func TestFuelEndsLoops(t *testing.T) {
	rt := runtime.New(&runtime.Config{Fuel: 1_000_000})
	in := instantiate(t, rt, endless(), nil)
	for _, name := range []string{"run", "table"} {
		_, err := in.Call(background, name)
		if !errors.Is(err, runtime.FuelExhausted) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFuelIsExact finds the smallest fuel with which a loop of known length ends, around the size of a fuel slice too.
func TestFuelIsExact(t *testing.T) {
	for _, n := range []int32{1, 2, 100, 1<<15 - 1, 1 << 15, 1<<15 + 1, 1<<16 + 3} {
		var m asm.Module // n taken branches: a loop that counts down from n+1
		m.Func("count", "i:", "", new(asm.Body).Block(wasm.OpLoop).
			Get(0).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, 0).Op(wasm.OpBrIf, 0).End())
		for _, fuel := range []uint64{uint64(n) - 1, uint64(n)} {
			if fuel == 0 {
				continue // no bound
			}
			in := instantiate(t, runtime.New(&runtime.Config{Fuel: fuel}), &m, nil)
			_, err := in.Call(background, "count", runtime.I32(n+1))
			if enough := fuel == uint64(n); (err == nil) != enough || err != nil && !errors.Is(err, runtime.FuelExhausted) {
				t.Errorf("%d branches with fuel %d: %v", n, fuel, err)
			}
		}
	}
}

func TestContextEndsLoops(t *testing.T) {
	in := instantiate(t, runtime.New(nil), endless(), nil)
	for _, name := range []string{"run", "table"} {
		ctx, cancel := context.WithTimeout(background, 20*time.Millisecond)
		_, err := in.Call(ctx, name)
		cancel()
		if !errors.Is(err, runtime.Interrupted) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := in.Call(ctx, "run"); !errors.Is(err, runtime.Interrupted) {
		t.Errorf("a context that is done already: %v", err)
	}
}

func TestRecursionIsExhausted(t *testing.T) {
	for name, cfg := range map[string]*runtime.Config{
		"defaults": nil,
		"depth":    {MaxCallDepth: 10},
		"stack":    {MaxStackBytes: 10_000},
		"tiny":     {MaxCallDepth: 1, MaxStackBytes: 8},
	} {
		rt := runtime.New(cfg)
		in := instantiate(t, rt, endless(), nil)
		for range 3 { // the instance stays usable
			_, err := in.Call(background, "deep", runtime.I32(1))
			if !errors.Is(err, runtime.StackExhausted) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestMemoryLimit(t *testing.T) {
	var m asm.Module
	m.Memory(1, 65536)
	m.Func("grow", "i:i", "", new(asm.Body).Get(0).Op(wasm.OpMemoryGrow, 0))
	m.Func("size", ":i", "", new(asm.Body).Op(wasm.OpMemorySize, 0))
	in := instantiate(t, runtime.New(&runtime.Config{MaxMemoryBytes: 4 * wasm.PageSize}), &m, nil)
	for _, step := range []struct{ by, want, size int32 }{{4, -1, 1}, {-1, -1, 1}, {3, 1, 4}, {0, 4, 4}, {1, -1, 4}, {65536, -1, 4}} {
		got, err := in.Call(background, "grow", runtime.I32(step.by))
		if err != nil || got[0].I32() != step.want {
			t.Errorf("grow by %d: %v, %v, want %d", step.by, got, err, step.want)
		}
		if size, _ := in.Call(background, "size"); size[0].I32() != step.size {
			t.Errorf("after growing by %d: %v pages, want %d", step.by, size, step.size)
		}
	}
	var big asm.Module
	big.Memory(5, 5)
	mod, err := runtime.Compile(big.Encode())
	if err != nil {
		t.Fatal(err)
	}
	var limit *runtime.LimitError
	if _, err := runtime.New(&runtime.Config{MaxMemoryBytes: 4 * wasm.PageSize}).Instantiate(background, mod, nil); !errors.As(err, &limit) {
		t.Errorf("a memory above the limit: %v", err)
	}
}

func TestTableAndInstanceLimits(t *testing.T) {
	var m asm.Module
	m.Tables = []wasm.TableType{{Elem: wasm.FuncRef, Limits: wasm.Limits{Min: 2}}}
	m.Func("grow", "i:i", "", new(asm.Body).Op(wasm.OpRefNull, uint64(wasm.FuncRef)).Get(0).Op(wasm.OpTableGrow, 0))
	rt := runtime.New(&runtime.Config{MaxTableElems: 3, MaxInstances: 1})
	in := instantiate(t, rt, &m, nil)
	for _, step := range []struct{ by, want int32 }{{2, -1}, {-1, -1}, {1, 2}, {1, -1}} {
		if got, err := in.Call(background, "grow", runtime.I32(step.by)); err != nil || got[0].I32() != step.want {
			t.Errorf("grow by %d: %v, %v, want %d", step.by, got, err, step.want)
		}
	}
	var limit *runtime.LimitError
	if _, err := rt.Instantiate(background, in.Module(), nil); !errors.As(err, &limit) {
		t.Errorf("a second instance: %v", err)
	}
	m.Tables[0].Limits.Min = 1 << 31
	mod, err := runtime.Compile(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runtime.New(nil).Instantiate(background, mod, nil); !errors.As(err, &limit) {
		t.Errorf("a table above the limit: %v", err)
	}
}

// TestGrowKeepsContents grows a memory step by step, and looks for what was written before, at the ends of blocks too.
func TestGrowKeepsContents(t *testing.T) {
	rt := runtime.New(nil)
	mem, err := rt.NewMemory(wasm.MemoryType{Limits: wasm.Limits{Min: 1}})
	if err != nil {
		t.Fatal(err)
	}
	marks := map[uint64]byte{}
	for step := range uint64(40) {
		for _, at := range []uint64{0, 4095, 4096, 8191 + step, mem.Size() - 1} {
			marks[at] = byte(step + 1)
			if _, err := mem.WriteAt([]byte{marks[at]}, int64(at)); err != nil {
				t.Fatal(err)
			}
		}
		if old, ok := mem.Grow(1 + step%3); !ok || old*wasm.PageSize > mem.Size() {
			t.Fatalf("step %d: old size %d, %t", step, old, ok)
		}
		all, _ := mem.Slice(0, mem.Size())
		for at, b := range all {
			if b != marks[uint64(at)] {
				t.Fatalf("step %d: byte %d is %d, want %d", step, at, b, marks[uint64(at)])
			}
		}
	}
}
