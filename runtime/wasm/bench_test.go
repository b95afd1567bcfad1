package wasm_test

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// benchModules returns the valid modules of the 2.0 suite and their size in bytes.
func benchModules(b *testing.B) (modules [][]byte, size int64) {
	eachCommand(b, spectest.V2, func(s *spectest.Script, c *spectest.Command) {
		if c.Type == spectest.Module {
			src := s.Wasm(b, c)
			modules = append(modules, src)
			size += int64(len(src))
		}
	})
	return modules, size
}

// largeModule is one function of arithmetic, memory accesses and control in a loop, about a megabyte long.
func largeModule() []byte {
	unit := code(
		op(wasm.OpBlock, ^uint64(63)), op(wasm.OpLocalGet, 0), op(wasm.OpI32Const, 12345), op(wasm.OpI32Add),
		op(wasm.OpLocalTee, 1), op(wasm.OpI32Load, 2, 8), op(wasm.OpI32Const, 3), op(wasm.OpI32Mul), op(wasm.OpLocalSet, 1),
		op(wasm.OpLocalGet, 0), op(wasm.OpLocalGet, 1), op(wasm.OpI32Store, 2, 64), op(wasm.OpLocalGet, 1), op(wasm.OpI32Eqz),
		op(wasm.OpBrIf, 0), op(wasm.OpLocalGet, 1), op(wasm.OpLocalSet, 0), op(wasm.OpEnd),
	)
	var body []byte
	for len(body) < 1<<20 {
		body = append(body, unit.Code...)
	}
	return wasm.Encode(&wasm.Module{
		Types:    []wasm.FuncType{{Params: []wasm.ValType{wasm.I32, wasm.I32}}},
		Memories: []wasm.MemoryType{{Limits: wasm.Limits{Min: 1}}},
		Funcs:    []wasm.Func{{Body: wasm.Expr{Code: append(body, 0x0b)}}},
	})
}

func BenchmarkDecode(b *testing.B) {
	b.Run("suite", func(b *testing.B) {
		modules, size := benchModules(b)
		benchDecode(b, modules, size)
	})
	b.Run("large", func(b *testing.B) {
		src := largeModule()
		benchDecode(b, [][]byte{src}, int64(len(src)))
	})
}

func benchDecode(b *testing.B, modules [][]byte, size int64) {
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, src := range modules {
			if _, err := wasm.Decode(src); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	b.Run("suite", func(b *testing.B) {
		modules, size := benchModules(b)
		benchValidate(b, modules, size)
	})
	b.Run("large", func(b *testing.B) {
		src := largeModule()
		benchValidate(b, [][]byte{src}, int64(len(src)))
	})
}

func benchValidate(b *testing.B, modules [][]byte, size int64) {
	decoded := make([]*wasm.Module, len(modules))
	for i, src := range modules {
		m, err := wasm.Decode(src)
		if err != nil {
			b.Fatal(err)
		}
		decoded[i] = m
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, m := range decoded {
			if err := wasm.Validate(m); err != nil {
				b.Fatal(err)
			}
		}
	}
}
