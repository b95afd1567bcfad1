package runtime_test

import (
	"errors"
	goruntime "runtime"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
)

// repeat appends what f appends n times.
func repeat(b *asm.Body, n int, f func(*asm.Body)) *asm.Body {
	for range n {
		f(b)
	}
	return b
}

// TestHostileModulesCompile compiles modules that are made to cost much: in time, or in register code for few bytes. The
// bound is generous; what it catches is growth that is not linear. Quadratic time would show as a test that never ends.
func TestHostileModulesCompile(t *testing.T) {
	const many = 100_000
	thousand := func(m *asm.Module) wasm.BlockType {
		var ft wasm.FuncType
		for range 1000 {
			ft.Results = append(ft.Results, wasm.I64)
		}
		return wasm.BlockType(m.Type(ft))
	}
	for name, build := range map[string]func(m *asm.Module, b *asm.Body){
		"branches with a thousand values": func(m *asm.Module, b *asm.Body) {
			b.I64(0).BlockOf(wasm.OpBlock, thousand(m))
			repeat(b, 1000, func(b *asm.Body) { b.I64(7) })
			repeat(b, many, func(b *asm.Body) { b.Get(0).Op(wasm.OpBrIf, 0) })
			b.End()
			repeat(b, 1001, func(b *asm.Body) { b.Op(wasm.OpDrop) })
		},
		"branches that move a thousand values": func(m *asm.Module, b *asm.Body) {
			b.BlockOf(wasm.OpBlock, thousand(m)).I64(1)
			repeat(b, 1000, func(b *asm.Body) { b.I64(7) })
			repeat(b, many, func(b *asm.Body) { b.Get(0).Op(wasm.OpBrIf, 0) })
			b.Op(wasm.OpBr, 0).End()
			repeat(b, 1000, func(b *asm.Body) { b.Op(wasm.OpDrop) })
		},
		"blocks above a high stack of locals": func(_ *asm.Module, b *asm.Body) {
			repeat(b, 10_000, func(b *asm.Body) { b.Get(0) })
			repeat(b, many, func(b *asm.Body) { b.Block(wasm.OpBlock).End() })
			repeat(b, 10_000, func(b *asm.Body) { b.Op(wasm.OpDrop) })
		},
		"setting a local above a high stack": func(_ *asm.Module, b *asm.Body) {
			repeat(b, 10_000, func(b *asm.Body) { b.I32(0) })
			repeat(b, many, func(b *asm.Body) { b.Get(0).Get(0).Op(wasm.OpDrop).Set(0) })
			repeat(b, 10_000, func(b *asm.Body) { b.Op(wasm.OpDrop) })
		},
		"nested blocks": func(_ *asm.Module, b *asm.Body) {
			repeat(b, many, func(b *asm.Body) { b.Block(wasm.OpLoop) })
			repeat(b, many, func(b *asm.Body) { b.End() })
		},
		"nested ifs": func(_ *asm.Module, b *asm.Body) {
			repeat(b, many, func(b *asm.Body) { b.Get(0).Block(wasm.OpIf) })
			repeat(b, many, func(b *asm.Body) { b.Op(wasm.OpElse).End() })
		},
		"branch tables to every block": func(_ *asm.Module, b *asm.Body) {
			labels := make([]uint32, 1000)
			for i := range labels {
				labels[i] = uint32(i)
			}
			repeat(b, 1001, func(b *asm.Body) { b.Block(wasm.OpBlock) })
			repeat(b, 100, func(b *asm.Body) { b.Block(wasm.OpBlock).Get(0).BrTable(labels...).End() })
			repeat(b, 1001, func(b *asm.Body) { b.End() })
		},
	} {
		t.Run(name, func(t *testing.T) {
			var m asm.Module
			b := new(asm.Body)
			build(&m, b)
			m.Func("", "i:", "", b)
			src := m.Encode()
			var before, after goruntime.MemStats
			goruntime.ReadMemStats(&before)
			_, err := runtime.Compile(src)
			goruntime.ReadMemStats(&after)
			if err != nil {
				t.Fatal(err)
			}
			grown := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d bytes: %d KiB allocated", len(src), grown>>10)
			if grown > 64<<20+200*uint64(len(src)) {
				t.Errorf("%d bytes took %d MiB", len(src), grown>>20)
			}
		})
	}
}

// TestStackHeightLimit checks that what validation allows as operands fits the frames that lowering makes.
func TestStackHeightLimit(t *testing.T) {
	for _, height := range []int{wasm.MaxStackHeight, wasm.MaxStackHeight + 1} {
		var m asm.Module
		b := repeat(new(asm.Body), height, func(b *asm.Body) { b.Op(wasm.OpMemorySize, 0) })
		repeat(b, height, func(b *asm.Body) { b.Op(wasm.OpDrop) })
		m.Memory(1, 1)
		m.Func("run", ":", "", b)
		m.Funcs[0].Locals = []wasm.Locals{{Count: wasm.MaxLocals, Type: wasm.F64}}
		mod, err := runtime.Compile(m.Encode())
		var limit *wasm.LimitError
		if height > wasm.MaxStackHeight {
			if !errors.As(err, &limit) {
				t.Errorf("%d operands: %v", height, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%d operands: %v", height, err)
		}
		in, err := runtime.New(nil).Instantiate(background, mod, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.Call(background, "run"); err != nil {
			t.Errorf("%d operands: %v", height, err)
		}
	}
}
