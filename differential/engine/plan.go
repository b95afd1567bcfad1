package engine

import (
	"errors"
	"fmt"

	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Plan is what is known of a module before an engine sees it: its imports, its exports and the calls to make. It is
// derived with our own decoder, once for all engines.
type Plan struct {
	Module *wasm.Module
	// Types has the type of every function by index, imports first.
	Types []wasm.FuncType
	// Calls are those of the job, or those derived from the exports.
	Calls []Call
	// Unlinkable says why an import has no definition on any engine; empty if there is no such import.
	Unlinkable string
	// TooBig says which memory or table is larger at its start than the job allows; empty if none is.
	TooBig string

	// guessed is the index of the first of Calls whose arguments are ours, not the job's; behind the last if there is none.
	guessed int
	exports map[string]*wasm.Export
	imports map[importKey]wasm.FuncType // of functions
}

type importKey struct{ module, name string }

// NewPlan decodes and validates the job's module. Errors are those of [wasm.Decode] and [wasm.Validate].
func NewPlan(job *Job) (*Plan, error) {
	m, err := wasm.Decode(job.Module)
	if err != nil {
		return nil, err
	}
	if err := wasm.Validate(m); err != nil {
		return nil, err
	}
	p := &Plan{Module: m, Types: m.FuncTypes(), exports: map[string]*wasm.Export{}, imports: map[importKey]wasm.FuncType{}}
	for i := range m.Exports {
		p.exports[m.Exports[i].Name] = &m.Exports[i]
	}
	p.Unlinkable = p.link(job.WASI != nil)
	p.TooBig = tooBig(m, job.MaxPages())
	p.Calls = p.calls(job)
	return p, nil
}

// FuncType returns the type by which an exported function is called, with two i64 in place of each vector, the low half first. It returns an
// error if there is none of that name.
func (p *Plan) FuncType(export string) (wasm.FuncType, error) {
	t, err := p.native(export)
	return wasm.FuncType{Params: split(t.Params), Results: split(t.Results)}, err
}

// native returns the type that an exported function has in the module.
func (p *Plan) native(export string) (wasm.FuncType, error) {
	e := p.exports[export]
	if e == nil || e.Kind != wasm.ExternFunc {
		return wasm.FuncType{}, fmt.Errorf("the module exports no function %q", export)
	}
	return p.Types[e.Index], nil
}

// checkCall reports whether a call fits the export's type.
func (p *Plan) checkCall(c *Call) (wasm.FuncType, error) {
	t, err := p.FuncType(c.Export)
	if err != nil {
		return t, err
	}
	if len(c.Args) != len(t.Params) {
		return t, fmt.Errorf("%d arguments for function %q of type %v", len(c.Args), c.Export, t)
	}
	for i, a := range c.Args {
		if a.Type != t.Params[i] {
			return t, fmt.Errorf("argument %d of function %q is of type %v, not %v", i, c.Export, a.Type, t.Params[i])
		}
	}
	return t, nil
}

// entryPoints are the exports that WASI preview 1 programs start with: the first is a command's, the other a reactor's.
var entryPoints = []string{"_start", "_initialize"}

func (p *Plan) calls(job *Job) []Call {
	var calls []Call
	entry := ""
	if job.WASI != nil {
		for _, name := range entryPoints {
			if _, err := p.FuncType(name); err == nil {
				entry = name
				calls = append(calls, Call{Export: name})
				break
			}
		}
	}
	if job.Calls != nil || entry == entryPoints[0] {
		calls = append(calls, job.Calls...)
		p.guessed = len(calls)
		return calls
	}
	var with []wasm.Export
	for _, e := range p.Module.Exports {
		switch {
		case e.Kind != wasm.ExternFunc || e.Name == entry:
		case len(p.Types[e.Index].Params) > 0:
			with = append(with, e)
		default:
			calls = append(calls, Call{Export: e.Name})
		}
	}
	p.guessed = len(calls)
	for round := range rounds {
		for _, e := range with {
			if len(calls)-p.guessed == maxGuessed {
				return calls
			}
			calls = append(calls, Call{Export: e.Name, Args: argumentsOf(split(p.Types[e.Index].Params), round)})
		}
	}
	return calls
}

// link applies the rule of what engines define: WASI if the job offers it, and every other function by [HostResult].
// Memories, tables and globals are never defined. A name that is imported with two types has no definition either: several
// bindings can hold only one thing under a name.
func (p *Plan) link(wasi bool) string {
	m := p.Module
	for i := range m.Imports {
		imp := &m.Imports[i]
		switch {
		case imp.Kind != wasm.ExternFunc:
			return fmt.Sprintf("import %q %q: no %v of the host is offered", imp.Module, imp.Name, imp.Kind)
		case imp.Module == WASIModule && !wasi:
			return fmt.Sprintf("import %q %q: the job does not offer WASI", imp.Module, imp.Name)
		}
		if hasVector(m.Types[imp.Func]) {
			return fmt.Sprintf("import %q %q: no function that takes or returns vectors is offered", imp.Module, imp.Name)
		}
		key := importKey{imp.Module, imp.Name}
		if t, ok := p.imports[key]; ok && !t.Equal(m.Types[imp.Func]) {
			return fmt.Sprintf("import %q %q: imported with two types", imp.Module, imp.Name)
		}
		p.imports[key] = m.Types[imp.Func]
	}
	return ""
}

func tooBig(m *wasm.Module, maxPages uint64) string {
	for i, t := range m.MemoryTypes() {
		if t.Limits.Min > maxPages {
			return fmt.Sprintf("memory %d: %d pages at the start, at most %d", i, t.Limits.Min, maxPages)
		}
	}
	for i, t := range m.TableTypes() {
		if t.Limits.Min > MaxTableElems {
			return fmt.Sprintf("table %d: %d elements at the start, at most %d", i, t.Limits.Min, MaxTableElems)
		}
	}
	return ""
}

// refusedByUs tells whether err of NewPlan is a judgement of the module, as opposed to a limit of our implementation.
func refusedByUs(err error) bool {
	var limit *wasm.LimitError
	return !errors.As(err, &limit)
}
