package oracle

import (
	"context"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/wazero/traps"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Wazero is the other engine of [Wazero.Differential]: pure Go, in this process, so that the fuzzing engine sees its coverage
// and nothing needs a C compiler.
type Wazero struct {
	rt wazero.Runtime
}

// NewWazero returns wazero with its interpreter, or with its compiler.
func NewWazero(ctx context.Context, compiler bool) *Wazero {
	cfg := wazero.NewRuntimeConfigInterpreter()
	if compiler {
		cfg = wazero.NewRuntimeConfigCompiler()
	}
	cfg = cfg.WithMemoryLimitPages(1024).WithCoreFeatures(wazeroFeatures)
	return &Wazero{rt: wazero.NewRuntimeWithConfig(ctx, cfg)}
}

// wazeroFeatures are those of [wasm.AllFeatures].
const wazeroFeatures = api.CoreFeaturesV2 | experimental.CoreFeaturesTailCall | experimental.CoreFeaturesExtendedConst

// Close ends the engine.
func (w *Wazero) Close(ctx context.Context) error { return w.rt.Close(ctx) }

// run runs a module on wazero. The outcome's memory is the instance's own, until release is called.
func (w *Wazero) run(ctx context.Context, m *wasm.Module, src []byte) (o *outcome, release func(), f *Failure) {
	release = func() {}
	compiled, err := w.rt.CompileModule(ctx, src)
	if err != nil {
		return nil, release, fail("wazero: valid module is refused", "%v", err)
	}
	defer compiled.Close(ctx)
	o = &outcome{}
	in, err := w.rt.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		code, _, ok := traps.Of(err)
		if !ok {
			return nil, release, fail("wazero: no instance", "%v", err)
		}
		o.start = &runtime.Trap{Code: code}
		return o, release, nil
	}
	release = func() { in.Close(ctx) }
	types, globals := m.FuncTypes(), m.GlobalTypes()
	for _, e := range m.Exports {
		switch e.Kind {
		case wasm.ExternFunc:
			if len(types[e.Index].Params) > 0 {
				continue
			}
			c, f := w.call(ctx, in, e.Name, types[e.Index])
			if f != nil {
				return nil, release, f
			}
			o.calls = append(o.calls, c)
		case wasm.ExternGlobal:
			o.globals = append(o.globals, engine.Visible(globals[e.Index].Type, in.ExportedGlobal(e.Name).Get()).Bits)
		}
	}
	if mem := in.Memory(); mem != nil {
		o.memory, _ = mem.Read(0, mem.Size())
	}
	return o, release, nil
}

func (w *Wazero) call(ctx context.Context, in api.Module, export string, t wasm.FuncType) (call, *Failure) {
	c := call{export: export}
	values, err := in.ExportedFunction(export).Call(ctx)
	if err != nil {
		var ok bool
		if c.trap, _, ok = traps.Of(err); !ok {
			return c, fail("wazero: no trap", "%s: %v", export, err)
		}
	}
	for i, v := range values {
		c.values = append(c.values, engine.Visible(t.Results[i], v).Bits)
	}
	return c, nil
}
