package main

import (
	"bufio"
	"io"
	"sync"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/trace"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// printer prints the steps of one module, and the hostcalls in between. What an instruction left is known when the next one of
// the same call is about to be executed: its line waits until then, but not while others are executed.
type printer struct {
	mu      sync.Mutex // a guest that was left behind in a system call may come back while the command ends
	out     *bufio.Writer
	form    trace.Format
	format  *wasm.Formatter
	number  uint64       // of the next step
	waiting *trace.Step  // that is not printed yet
	depth   int          // of the calls at waiting
	opened  []trace.Step // by depth: the last step, if it was printed before it was known what it left; else without a number
}

// newPrinter returns a printer that begins with the step of a number.
func newPrinter(w io.Writer, form trace.Format, m *wasm.Module, number uint64) *printer {
	p := &printer{out: bufio.NewWriter(w), form: form, format: wasm.NewFormatter(m), number: number}
	p.out.Write(form.AppendHeader(nil))
	return p
}

// step takes in a step. The error is that of the destination.
func (p *printer) step(s *runtime.Step) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.complete(s)
	f := s.Frame()
	p.waiting, p.depth = &trace.Step{Number: p.number, Func: f.Func, Name: f.Name, Offset: f.Offset,
		Instr: p.format.Instr(s.Instr()), Operands: fields(s, s.Operands())}, s.Depth
	p.number++
	_, err := p.out.Write(nil) // what the destination refused before
	return err
}

// last takes in the first step that is not to be printed.
func (p *printer) last(s *runtime.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.complete(s)
}

// complete prints what can be told now that s is about to be executed.
func (p *printer) complete(s *runtime.Step) {
	goesOn := p.waiting != nil && p.depth == s.Depth && !s.Entry()
	if goesOn {
		p.waiting.Results = fields(s, s.Results())
	}
	p.release(goesOn)
	for len(p.opened) <= s.Depth {
		p.opened = append(p.opened, trace.Step{})
	}
	if o := &p.opened[s.Depth]; o.Number != 0 && !s.Entry() {
		if o.Results = fields(s, s.Results()); len(o.Results) > 0 {
			p.print(&trace.Record{Step: o})
		}
	}
	p.opened[s.Depth] = trace.Step{}
}

// release prints the step that waits, and unless it is complete, remembers it.
func (p *printer) release(complete bool) {
	if p.waiting == nil {
		return
	}
	p.print(&trace.Record{Step: p.waiting})
	if !complete {
		p.opened[p.depth] = *p.waiting
		p.opened[p.depth].Operands = nil
	}
	p.waiting = nil
}

// hostcall prints a hostcall, if the step that it comes from is printed.
func (p *printer) hostcall(e *trace.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting != nil {
		p.release(false)
		p.print(&trace.Record{Event: e})
	}
}

// print prints a record.
func (p *printer) print(r *trace.Record) {
	p.out.Write(p.form.Append(p.out.AvailableBuffer(), r)) // keeps its first error
}

// close prints the rest.
func (p *printer) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.release(true)
	return p.out.Flush()
}

// fields returns values with their types.
func fields(s *runtime.Step, values runtime.Values) []trace.Field {
	var out []trace.Field
	for i, v := range s.Instance.Runtime().Values(values) {
		f := trace.Field{Name: values.Types[i].String(), Kind: trace.Symbol, Text: v.String()}
		if v.Type().IsRef() && !v.IsNull() {
			f.Kind = trace.Bytes // what functions are called by is no word
		}
		out = append(out, f)
	}
	return out
}
