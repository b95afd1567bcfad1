package runtime_test

import (
	"context"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/asm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// BenchmarkHostCall calls a function of the host from a loop of nine instructions: acc = host(acc, n), n times.
func BenchmarkHostCall(b *testing.B) {
	var m asm.Module
	host := m.Import("host", "f", "ii:i")
	m.Func("run", "i:i", "i", new(asm.Body).Block(wasm.OpLoop).
		Get(1).Get(0).Op(wasm.OpCall, uint64(host)).Set(1).
		Get(0).I32(1).Op(wasm.OpI32Sub).Op(wasm.OpLocalTee, 0).Op(wasm.OpBrIf, 0).End().Get(1))
	var l runtime.Linker
	l.Func("host", "f", asm.Sig("ii:i"), func(_ context.Context, _ *runtime.Instance, stack []uint64) error {
		stack[0] = uint64(uint32(stack[0]) + uint32(stack[1]))
		return nil
	})
	f := instantiate(b, runtime.New(nil), &m, &l).Func("run")
	const n = 1000
	for b.Loop() {
		stack := []uint64{n}
		if err := f.CallStack(background, stack); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/iteration")
}

// BenchmarkTiny takes a module of a few bytes the whole way: from its bytes to the result of a call.
func BenchmarkTiny(b *testing.B) {
	var m asm.Module
	m.Memory(1, 1)
	m.Func("run", ":i", "", new(asm.Body).I32(42))
	src := m.Encode()
	b.ReportAllocs()
	for b.Loop() {
		mod, err := runtime.Compile(src)
		if err != nil {
			b.Fatal(err)
		}
		in, err := runtime.New(nil).Instantiate(background, mod, nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := in.Call(background, "run"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCompile compiles the largest module of the official scripts.
func BenchmarkCompile(b *testing.B) {
	var src []byte
	for _, s := range spectest.Scripts(b, spectest.V2) {
		for i := range s.Commands {
			if c := &s.Commands[i]; c.Type == spectest.Module && !c.IsText() {
				if w := s.Wasm(b, c); len(w) > len(src) {
					src = w
				}
			}
		}
	}
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := runtime.Compile(src); err != nil {
			b.Fatal(err)
		}
	}
}
