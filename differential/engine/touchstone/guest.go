package touchstone

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasi"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// guest is one module in one store.
type guest struct {
	module         *runtime.Module
	instance       *runtime.Instance
	system         *wasi.System
	stdout, stderr engine.Output
}

var _ engine.Guest = (*guest)(nil)

func (g *guest) Lacks() engine.Lacks { return engine.Lacks{} }

func (g *guest) Check(module []byte) error {
	_, err := runtime.Compile(module)
	return compileError(err)
}

func (g *guest) Compile(module []byte) (err error) {
	g.module, err = runtime.Compile(module)
	return compileError(err)
}

// compileError tells the limits of the implementation from judgements of the module.
func compileError(err error) error {
	var limit *wasm.LimitError
	if errors.As(err, &limit) {
		return &engine.End{Outcome: engine.Limited, Message: err.Error()}
	}
	return err
}

func (g *guest) Instantiate(ctx context.Context, s *engine.Setup) (err error) {
	rt := runtime.New(&runtime.Config{MaxMemoryBytes: s.MaxMemory, MaxTableElems: engine.MaxTableElems})
	linker := new(runtime.Linker)
	if s.WASI != nil {
		if g.system, err = wasi.New(g.world(s.WASI)); err != nil {
			return err
		}
		g.system.Define(linker)
	}
	linker.Fallback(func(imp *wasm.Import, t wasm.FuncType) runtime.HostFunc {
		if imp.Module == engine.WASIModule {
			return nil
		}
		return hostFunc(t, s.Host(imp.Module, imp.Name))
	})
	g.instance, err = rt.Instantiate(ctx, g.module, linker)
	return guestError(err)
}

func (g *guest) world(w *engine.WASI) *wasi.Config {
	c := &wasi.Config{Args: w.Args, Env: w.Env, Stdin: bytes.NewReader(w.Stdin), Stdout: &g.stdout, Stderr: &g.stderr}
	for _, d := range w.Dirs {
		c.Preopens = append(c.Preopens, wasi.Preopen{Host: d.Host, Guest: d.Guest, ReadOnly: d.ReadOnly})
	}
	return c
}

// hostFunc passes references as their being null or not; it returns null references alone.
func hostFunc(t wasm.FuncType, f engine.HostFunc) runtime.HostFunc {
	return func(_ context.Context, _ *runtime.Instance, stack []uint64) error {
		args := make([]engine.Value, len(t.Params))
		for i, pt := range t.Params {
			args[i] = engine.Visible(pt, stack[i])
		}
		for i, v := range f(args) {
			stack[i] = v.Bits
		}
		return nil
	}
}

func (g *guest) Call(ctx context.Context, export string, _ wasm.FuncType, args []engine.Value) ([]engine.Value, error) {
	in := make([]runtime.Value, len(args))
	for i, a := range args {
		v, err := toValue(a)
		if err != nil {
			return nil, err
		}
		in[i] = v
	}
	out, err := g.instance.Call(ctx, export, in...)
	if err != nil {
		return nil, guestError(err)
	}
	var values []engine.Value
	for _, v := range out {
		values = append(values, fromValue(v))
	}
	return values, nil
}

func (g *guest) Global(export string, _ wasm.GlobalType) (engine.Value, error) {
	global, ok := g.instance.Export(export).(*runtime.Global)
	if !ok {
		return engine.Value{}, fmt.Errorf("no exported global %q", export)
	}
	return fromValue(global.Get()), nil
}

func (g *guest) Table(export string) (uint64, func(uint64) (bool, error), error) {
	table, ok := g.instance.Export(export).(*runtime.Table)
	if !ok {
		return 0, nil, fmt.Errorf("no exported table %q", export)
	}
	return table.Len(), func(i uint64) (bool, error) {
		v, err := table.Get(i)
		return err == nil && !v.IsNull(), err
	}, nil
}

func (g *guest) Memory(export string) ([]byte, error) {
	memory, ok := g.instance.Export(export).(*runtime.Memory)
	if !ok {
		return nil, fmt.Errorf("no exported memory %q", export)
	}
	data, ok := memory.Slice(0, memory.Size())
	if !ok {
		return nil, fmt.Errorf("memory %q of %d bytes cannot be read", export, memory.Size())
	}
	return data, nil
}

func (g *guest) Output() (stdout, stderr []byte, err error) {
	return g.stdout.Bytes(), g.stderr.Bytes(), nil
}

func (g *guest) Close() {
	if g.system != nil {
		// Descriptors that the guest left open are closed; what their closing says is not the guest's doing any more.
		_ = g.system.Close()
	}
}

// reference is what non-null external references refer to.
var reference = new(byte)

func toValue(v engine.Value) (runtime.Value, error) {
	switch {
	case v.Type.IsNum():
		return runtime.Num(v.Type, v.Bits), nil
	case v.Type == wasm.ExternRef && v.Bits != 0:
		return runtime.ExternRef(reference), nil
	case v.Type == wasm.ExternRef:
		return runtime.ExternRef(nil), nil
	case v.Bits != 0:
		return runtime.Value{}, &engine.End{Outcome: engine.Unsupported, Message: "references to functions cannot be made"}
	}
	return runtime.FuncRef(nil), nil
}

func fromValue(v runtime.Value) engine.Value {
	out := engine.Value{Type: v.Type(), Bits: v.Bits()}
	if v.Type().IsRef() && !v.IsNull() {
		out.Bits = 1
	}
	return out
}

// guestError turns the runtime's typed errors into ends.
func guestError(err error) error {
	var (
		exit  *runtime.ExitError
		trap  *runtime.Trap
		link  *runtime.LinkError
		limit *runtime.LimitError
	)
	switch {
	case errors.As(err, &exit):
		return &engine.End{Outcome: engine.Exited, Exit: exit.Code}
	case errors.As(err, &trap):
		return engine.TrapEnd(trap.Code, trap.Error())
	case errors.As(err, &link):
		return &engine.LinkError{Message: err.Error()}
	case errors.As(err, &limit):
		return &engine.End{Outcome: engine.Limited, Message: err.Error()}
	}
	return err
}
