//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	wt "github.com/bytecodealliance/wasmtime-go/v42"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/engine/worker"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// guest is one module in one store.
type guest struct {
	engine   *wt.Engine
	last     *worker.Last[*wt.Module]
	module   *wt.Module
	kept     bool // the module is in last
	store    *wt.Store
	linker   *wt.Linker
	instance *wt.Instance
	wasi     *wasiFiles
}

var _ engine.Guest = (*guest)(nil)

func (g *guest) Lacks() engine.Lacks { return engine.Lacks{Limits: !hasLimiter()} }

func (g *guest) Check(module []byte) error { return wt.ModuleValidate(g.engine, module) }

// Compile keeps large modules. A compiled module is code alone: what a guest changes is in its store.
func (g *guest) Compile(module []byte) (err error) {
	if g.module, g.kept = g.last.Get(module); g.kept {
		return nil
	}
	if g.module, err = wt.NewModule(g.engine, module); err == nil {
		compiled := g.module
		g.kept = g.last.Put(module, compiled, func() { free(compiled) })
	}
	return err
}

func (g *guest) Instantiate(ctx context.Context, s *engine.Setup) error {
	g.store = wt.NewStore(g.engine)
	const anyNumber = -1
	set(g.store, "Limiter", s.MaxMemory, engine.MaxTableElems, anyNumber, anyNumber, anyNumber)
	g.store.SetEpochDeadline(1)
	if s.WASI != nil {
		if err := g.setWASI(s.WASI); err != nil {
			return err
		}
	}
	imports, err := g.imports(s)
	if err != nil {
		return err
	}
	defer g.interruptAfter(ctx)()
	g.instance, err = wt.NewInstance(g.store, g.module, imports)
	return instantiationError(err)
}

// imports returns a definition for each import, by position. The linker only serves WASI: it could not hold two
// functions of one name.
func (g *guest) imports(s *engine.Setup) ([]wt.AsExtern, error) {
	var list []wt.AsExtern
	for i := range s.Module.Imports {
		imp := &s.Module.Imports[i]
		if imp.Module != engine.WASIModule {
			list = append(list, g.hostFunc(s.Module.Types[imp.Func], s.Host(imp.Module, imp.Name)))
			continue
		}
		ext := g.linker.Get(g.store, imp.Module, imp.Name)
		if ext == nil {
			return nil, &engine.LinkError{Message: fmt.Sprintf("unknown import %q %q", imp.Module, imp.Name)}
		}
		list = append(list, ext)
	}
	return list, nil
}

func (g *guest) hostFunc(t wasm.FuncType, f engine.HostFunc) *wt.Func {
	ft := wt.NewFuncType(valTypes(t.Params), valTypes(t.Results))
	return wt.NewFunc(g.store, ft, func(_ *wt.Caller, in []wt.Val) ([]wt.Val, *wt.Trap) {
		args := make([]engine.Value, len(in))
		for i, v := range in {
			args[i] = fromVal(t.Params[i], v.Get())
		}
		out := []wt.Val{}
		for _, v := range f(args) {
			out = append(out, toVal(v))
		}
		return out, nil
	})
}

// interruptAfter interrupts the guest when ctx ends. What it returns must be called when the guest has returned; it waits for an
// interrupt that is under way, which would hit the next guest otherwise.
func (g *guest) interruptAfter(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		g.engine.IncrementEpoch()
		close(done)
	})
	return func() {
		if !cancel() {
			<-done
		}
	}
}

func (g *guest) Call(ctx context.Context, export string, t wasm.FuncType, args []engine.Value) ([]engine.Value, error) {
	f := g.instance.GetFunc(g.store, export)
	if f == nil {
		return nil, fmt.Errorf("no exported function %q", export)
	}
	in := make([]any, len(args))
	for i, a := range args {
		in[i] = toVal(a)
	}
	defer g.interruptAfter(ctx)()
	out, err := f.Call(g.store, in...)
	if err != nil {
		return nil, guestError(err)
	}
	return engine.GoResults(t.Results, out, func(list []wt.Val, i int) any { return list[i].Get() }, fromVal), nil
}

func (g *guest) Global(export string, t wasm.GlobalType) (engine.Value, error) {
	ext := g.instance.GetExport(g.store, export)
	if ext == nil || ext.Global() == nil {
		return engine.Value{}, fmt.Errorf("no exported global %q", export)
	}
	return fromVal(t.Type, ext.Global().Get(g.store).Get()), nil
}

func (g *guest) Table(export string) (uint64, func(uint64) (bool, error), error) {
	ext := g.instance.GetExport(g.store, export)
	if ext == nil || ext.Table() == nil {
		return 0, nil, fmt.Errorf("no exported table %q", export)
	}
	table := ext.Table()
	return tableLen(table, g.store), func(i uint64) (bool, error) {
		v, err := tableGet(table, g.store, i)
		if err != nil {
			return false, err
		}
		return !isNull(v.Get()), nil
	}, nil
}

func (g *guest) Memory(export string) ([]byte, error) {
	ext := g.instance.GetExport(g.store, export)
	if ext == nil || ext.Memory() == nil {
		return nil, fmt.Errorf("no exported memory %q", export)
	}
	return ext.Memory().UnsafeData(g.store), nil
}

// Close frees everything at once: left to the garbage collector, stores keep terabytes of address space.
func (g *guest) Close() {
	if g.linker != nil {
		free(g.linker)
	}
	if g.store != nil {
		free(g.store)
	}
	if g.module != nil && !g.kept {
		free(g.module)
	}
	if g.wasi != nil {
		g.wasi.remove()
	}
}

// trapCodes gives our codes for the engine's. The numbers are the engine's own, not the binding's constants: the binding
// names 11 OutOfFuel, which the engine uses for something else.
var trapCodes = map[wt.TrapCode]wasm.TrapCode{
	wt.StackOverflow:          wasm.StackExhausted,
	wt.MemoryOutOfBounds:      wasm.MemoryOutOfBounds,
	wt.TableOutOfBounds:       wasm.TableOutOfBounds,
	wt.IndirectCallToNull:     wasm.UninitializedElement,
	wt.BadSignature:           wasm.SignatureMismatch,
	wt.IntegerOverflow:        wasm.IntegerOverflow,
	wt.IntegerDivisionByZero:  wasm.DivideByZero,
	wt.BadConversionToInteger: wasm.InvalidConversion,
	wt.UnreachableCodeReached: wasm.Unreachable,
	wt.Interrupt:              wasm.Interrupted,
}

// guestError classifies what a call returned. Codes are compared, never texts; the message's last line is the engine's
// statement, and those before it a backtrace that can have thousands of frames.
func guestError(err error) error {
	if status, ok := exitStatus(err); ok {
		return &engine.End{Outcome: engine.Exited, Exit: status}
	}
	var trap *wt.Trap
	if errors.As(err, &trap) {
		message := lastLine(trap.Message())
		if code := trap.Code(); code != nil {
			if ours, ok := trapCodes[*code]; ok {
				return engine.TrapEnd(ours, message)
			}
			message = fmt.Sprintf("unknown trap code %d: %s", *code, message)
		}
		return &engine.End{Outcome: engine.Failed, Message: message}
	}
	var failure *wt.Error
	if errors.As(err, &failure) {
		return &engine.End{Outcome: engine.Failed, Message: failure.Error()}
	}
	return err
}

// instantiationError is guestError, but errors that are neither traps nor exits are about linking or limits.
func instantiationError(err error) error {
	if err == nil {
		return nil
	}
	end, ok := guestError(err).(*engine.End)
	if !ok || end.Outcome != engine.Failed {
		return guestError(err)
	}
	switch {
	case strings.Contains(end.Message, "incompatible import type"), strings.Contains(end.Message, "unknown import"):
		return &engine.LinkError{Message: end.Message}
	case strings.Contains(end.Message, "exceeds memory limits"), strings.Contains(end.Message, "exceeds table limits"):
		end.Outcome = engine.Limited
	}
	return end
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
