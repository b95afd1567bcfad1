//go:build cgo

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	wr "github.com/wasmerio/wasmer-go/wasmer"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// guest is one module in one store. Its fields keep alive what the library uses: the binding's own finalizers would
// free it while a function runs.
type guest struct {
	engine   *wr.Engine
	lacking  bool // the compiler knows neither several results nor vectors
	store    *wr.Store
	module   *wr.Module
	imports  *wr.ImportObject
	hosts    []*wr.Function
	instance *wr.Instance
	wasi     *wasiState
}

var _ engine.Guest = (*guest)(nil)

func (g *guest) Lacks() engine.Lacks {
	return engine.Lacks{Limits: true, Tables: true, ExternSegments: true, Refs: true, Vectors: true}
}

// magic begins every module in the binary format. The binding takes anything else for the text format, and compiles that.
var magic = []byte("\x00asm")

func check(store *wr.Store, module []byte) error {
	if !bytes.HasPrefix(module, magic) {
		return errors.New("no module in the binary format: magic header not found")
	}
	return wr.ValidateModule(store, module)
}

func (g *guest) Check(module []byte) error {
	g.open()
	return g.refused(check(g.store, module))
}

// beyond are the words with which the compiler that lacks much refuses what is valid, and those of both for single instructions.
var beyond = []string{"multiple values", "multi-value", "SIMD support is not enabled", "not yet implemented", "not implemented"}

// refused tells what the compiler lacks from judgements of the module.
func (g *guest) refused(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	always := strings.Contains(text, "Unsupported feature") || strings.Contains(text, "reference types support is not enabled") // before 2.0
	if always || g.lacking && slices.ContainsFunc(beyond, func(w string) bool { return strings.Contains(text, w) }) {
		return &engine.End{Outcome: engine.Unsupported, Message: text}
	}
	return err
}

func (g *guest) open() {
	if g.store == nil {
		g.store = wr.NewStore(g.engine)
	}
}

func (g *guest) Compile(module []byte) (err error) {
	g.open()
	if !bytes.HasPrefix(module, magic) {
		return check(g.store, module)
	}
	g.module, err = wr.NewModule(g.store, module)
	return g.refused(err)
}

func (g *guest) Instantiate(_ context.Context, s *engine.Setup) error {
	g.imports = wr.NewImportObject()
	if s.WASI != nil {
		if err := g.setWASI(s); err != nil {
			return err
		}
	}
	g.define(s)
	instance, err := wr.NewInstance(g.module, g.imports)
	runtime.KeepAlive(g)
	if err != nil {
		return instantiationError(err)
	}
	g.instance = instance
	return nil
}

// define defines the imports outside WASI.
func (g *guest) define(s *engine.Setup) {
	for i := range s.Module.Imports {
		imp := &s.Module.Imports[i]
		if imp.Module == engine.WASIModule {
			continue
		}
		f := g.hostFunc(s.Module.Types[imp.Func], s.Host(imp.Module, imp.Name))
		g.hosts = append(g.hosts, f)
		g.imports.Register(imp.Module, map[string]wr.IntoExtern{imp.Name: f})
	}
}

// hostFunc never returns an error: the binding frees the trap it makes of one twice.
func (g *guest) hostFunc(t wasm.FuncType, f engine.HostFunc) *wr.Function {
	ft := wr.NewFunctionType(valueTypes(t.Params), valueTypes(t.Results))
	return wr.NewFunction(g.store, ft, func(in []wr.Value) ([]wr.Value, error) {
		args := make([]engine.Value, len(in))
		for i, v := range in {
			args[i] = engine.FromGoNum(t.Params[i], v.Unwrap())
		}
		out := []wr.Value{}
		for i, v := range f(args) {
			v.Type = t.Results[i] // an i32, if it is a reference to the guest
			out = append(out, wr.NewValue(engine.GoNum(v), kinds[v.Type]))
		}
		return out, nil
	})
}

func (g *guest) Call(_ context.Context, export string, t wasm.FuncType, args []engine.Value) ([]engine.Value, error) {
	f, err := g.instance.Exports.GetRawFunction(export)
	if err != nil {
		return nil, err
	}
	in := make([]any, len(args))
	for i, a := range args {
		in[i] = engine.GoNum(a)
	}
	out, err := f.Call(in...)
	runtime.KeepAlive(g)
	if err != nil {
		return nil, guestError(err)
	}
	return engine.GoResults(t.Results, out, func(list []any, i int) any { return list[i] }, engine.FromGoNum), nil
}

func (g *guest) Global(export string, t wasm.GlobalType) (engine.Value, error) {
	global, err := g.instance.Exports.GetGlobal(export)
	if err != nil {
		return engine.Value{}, err
	}
	v, err := global.Get()
	runtime.KeepAlive(g)
	if err != nil {
		return engine.Value{}, err
	}
	return engine.FromGoNum(t.Type, v), nil
}

func (g *guest) Table(string) (uint64, func(uint64) (bool, error), error) {
	return 0, nil, errors.New("the binding cannot read tables")
}

func (g *guest) Memory(export string) ([]byte, error) {
	memory, err := g.instance.Exports.GetMemory(export)
	if err != nil {
		return nil, err
	}
	return memory.Data(), nil
}

// Close frees what the binding lets be freed; the rest goes with the garbage, but not before this point.
func (g *guest) Close() {
	if g.instance != nil {
		free(g.instance)
	}
	if g.module != nil {
		free(g.module)
	}
	if g.store != nil {
		free(g.store)
	}
	runtime.KeepAlive(g)
}

// merged are the traps that guestError cannot tell apart: one text stands for every index outside a table.
var merged = [][]wasm.TrapCode{{wasm.TableOutOfBounds, wasm.UndefinedElement}}

// exitPrefix is how the library says that the guest called proc_exit.
const exitPrefix = "WASI exited with code: "

// guestError classifies what a call returned; the library gives texts alone, which are those of the specification's tests.
func guestError(err error) error {
	var trap *wr.TrapError
	if !errors.As(err, &trap) {
		return err
	}
	text := strings.TrimPrefix(trap.Error(), "RuntimeError: ")
	if code, ok := engine.TrapByText(text); ok {
		return engine.TrapEnd(code, text)
	}
	var exit uint32
	if rest, ok := strings.CutPrefix(text, exitPrefix); ok {
		if _, err := fmt.Sscan(rest, &exit); err == nil {
			return &engine.End{Outcome: engine.Exited, Exit: exit}
		}
	}
	return &engine.End{Outcome: engine.Failed, Message: text}
}

// instantiationError is guestError, but errors that are no traps are about linking.
func instantiationError(err error) error {
	var trap *wr.TrapError
	if errors.As(err, &trap) {
		return guestError(err)
	}
	text := err.Error()
	if _, rest, ok := strings.Cut(text, "RuntimeError: "); ok {
		if code, ok := engine.TrapByText(rest); ok {
			return engine.TrapEnd(code, text)
		}
	}
	return &engine.LinkError{Message: text}
}

var kinds = map[wasm.ValType]wr.ValueKind{wasm.I32: wr.I32, wasm.I64: wr.I64, wasm.F32: wr.F32, wasm.F64: wr.F64}

func valueTypes(ts []wasm.ValType) []*wr.ValueType {
	var list []wr.ValueKind
	for _, t := range ts {
		list = append(list, kinds[t])
	}
	return wr.NewValueTypes(list...)
}
