package finding

import (
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/explain"
	"github.com/touchstone-wasm/touchstone/differential/instrument"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/trace"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Lines writes what a side saw, a line for each place that can be observed, "place: what was seen". The engine's own words are left
// out: they change with every version.
func Lines(side *compare.Side) (list []string) {
	quiet, result := *side, *side.Result
	result.Message = ""
	result.Calls = slices.Clone(result.Calls)
	for i := range result.Calls {
		result.Calls[i].Message = ""
	}
	quiet.Result = &result
	for _, o := range compare.Observe(&quiet) {
		list = append(list, o.Where+": "+o.Text)
	}
	return list
}

// Traces returns the ends of the traces of both sides of the first parting, as files: the last events before it, on which both agree,
// and then what each made of the instruction where they part, in the text form of package trace. It returns nil if it is not known.
func Traces(module []byte, x *explain.Explanation) map[string][]byte {
	m, err := wasm.Decode(module)
	if err != nil || x == nil || len(x.Partings) == 0 {
		return nil
	}
	p := x.Partings[0]
	w := &steps{module: m, names: m.FuncNames(), format: wasm.NewFormatter(m), number: p.Event - min(p.Event, uint64(len(p.Before)))}
	w.all(p.Before, false)
	window := p.Window
	if c := p.Culprit; c != nil {
		// The window is of the largest group; up to the culprit the other side did the same.
		at := slices.IndexFunc(window, func(e instrument.Event) bool {
			return e.Site.Func == c.Func && e.Site.Offset == c.Offset && e.Site.Op == c.Op
		})
		if at >= 0 {
			window = window[:at]
		}
	}
	w.all(window, true)
	files := map[string][]byte{}
	for i := range x.Sides {
		name := x.Sides[i].Engine
		if name != p.A && name != p.B {
			continue
		}
		text := fmt.Appendf(nil, "# %s, up to where %s parts from %s: event %d of %d\n", name, p.B, p.A, p.Event, p.Events)
		text = append(text, w.text...)
		if c := p.Culprit; c != nil {
			text = w.culprit(text, c, c.Saw[i])
		} else {
			for _, d := range p.Differences {
				saw := d.A
				if name == p.B {
					saw = d.B
				}
				text = fmt.Appendf(text, "# differs: %s: %s\n", d.Where, trace.AppendQuoted(nil, saw))
			}
		}
		files["trace-"+fileName(name)+".txt"] = text
	}
	return files
}

// steps writes events as steps of a trace.
type steps struct {
	module *wasm.Module
	names  map[uint32]string
	format *wasm.Formatter
	number uint64
	text   []byte
}

// all writes events; of a dense list what an instruction took and left are one step.
func (w *steps) all(list []instrument.Event, dense bool) {
	for i := 0; i < len(list); i++ {
		e := &list[i]
		step := w.step(e.Site.Func, e.Site.Offset, e.Site.Op)
		switch e.Site.Kind {
		case instrument.Entry, instrument.Exit:
			step.Instr = e.Site.Kind.String()
		case instrument.After:
			step.Results = fields(e)
		}
		if e.Site.Kind != instrument.After {
			step.Operands = fields(e)
		}
		if e.Site.Kind == instrument.Before && i+1 < len(list) && list[i+1].Site.Kind == instrument.After && list[i+1].Site.Offset == e.Site.Offset {
			i++
			step.Results = fields(&list[i])
		}
		w.text = append(step.Append(w.text), '\n')
		if !dense {
			w.number++
		}
	}
}

func (w *steps) step(f uint32, offset int, op wasm.Op) *trace.Step {
	s := &trace.Step{Number: w.number, Func: f, Name: w.names[f], Offset: offset, Instr: op.String()}
	i := int(f) - w.module.ImportedFuncs()
	if i < 0 || i >= len(w.module.Funcs) {
		return s
	}
	body := w.module.Funcs[i].Body
	if from := offset - body.Offset; from >= 0 && from < len(body.Code) {
		var in wasm.Instr
		if r := wasm.NewReader(wasm.Expr{Code: body.Code[from:], Offset: offset}); r.Next(&in) == nil && in.Op == op {
			s.Instr = w.format.Instr(&in)
		}
	}
	return s
}

// culprit writes the instruction where the sides part, and what one of them made of it.
func (w *steps) culprit(text []byte, c *explain.Culprit, saw string) []byte {
	step := w.step(c.Func, c.Offset, c.Op)
	if c.Operands != nil {
		step.Operands = fields(c.Operands)
	}
	text = append(step.Append(text), '\n')
	return fmt.Appendf(text, "# parts: %s: %s\n", c.What, trace.AppendQuoted(nil, saw))
}

// fields are the operands of an event.
func fields(e *instrument.Event) (list []trace.Field) {
	at := 0
	for _, t := range e.Site.Types {
		n := 1
		if t.IsVector() {
			n = 2
		}
		if at+n > len(e.Words) {
			return list // more is not kept of one event
		}
		text := runtime.Num(t, e.Words[at]).String()
		switch {
		case n == 2:
			text = fmt.Sprintf("0x%016x%016x", e.Words[at+1], e.Words[at])
		case t.IsRef() && e.Words[at] == 0:
			text = "null"
		case t.IsRef():
			text = "reference"
		}
		list = append(list, trace.Field{Name: t.String(), Kind: trace.Symbol, Text: text})
		at += n
	}
	return list
}

// fileName makes an engine's name, which may have a release and settings, one of a file on any system.
func fileName(engine string) string {
	name := []byte(engine)
	for i, c := range name {
		if c == ':' || c == '@' || c == '=' || c == '/' {
			name[i] = '-'
		}
	}
	return string(name)
}
