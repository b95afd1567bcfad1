package runtime_test

import (
	"context"
	"testing"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// defineSpectest defines the host module "spectest" by the functions of the public interface. The names and types are
// those that the test suite's own module of that name exports.
func defineSpectest(t *testing.T, rt *runtime.Runtime, l *runtime.Linker) {
	t.Helper()
	m, err := wasm.Decode(spectest.HostModule(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, ex := range m.Exports {
		if ex.Kind == wasm.ExternFunc {
			l.Func("spectest", ex.Name, m.FuncTypes()[ex.Index], dropArguments)
			continue
		}
		x, err := hostExtern(rt, m, ex)
		if err != nil {
			t.Fatalf("host module: %s: %v", ex.Name, err)
		}
		l.Define("spectest", ex.Name, x)
	}
}

// dropArguments is every print function.
func dropArguments(context.Context, *runtime.Instance, []uint64) error { return nil }

// hostExtern makes a global, table or memory of the host like the one that m exports.
func hostExtern(rt *runtime.Runtime, m *wasm.Module, ex wasm.Export) (runtime.Extern, error) {
	switch ex.Kind {
	case wasm.ExternGlobal:
		t := m.GlobalTypes()[ex.Index]
		values := map[wasm.ValType]runtime.Value{wasm.I32: runtime.I32(666), wasm.I64: runtime.I64(666), wasm.F32: runtime.F32(666.6), wasm.F64: runtime.F64(666.6)}
		return rt.NewGlobal(t, values[t.Type])
	case wasm.ExternTable:
		return rt.NewTable(m.TableTypes()[ex.Index])
	}
	return rt.NewMemory(m.MemoryTypes()[ex.Index])
}
