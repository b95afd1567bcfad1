package explain

import (
	"fmt"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/instrument"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// operands writes the operands of an event: "i32 1, f64 -0".
func operands(e *instrument.Event) string {
	var parts []string
	at := 0
	for _, t := range e.Site.Types {
		n := 1
		if t.IsVector() {
			n = 2
		}
		if at+n > len(e.Words) {
			parts = append(parts, "…")
			break
		}
		parts = append(parts, t.String()+" "+number(t, e.Words[at:at+n]))
		at += n
	}
	if parts == nil {
		return "done"
	}
	return strings.Join(parts, ", ")
}

// number writes one value; of references only whether they are null.
func number(t wasm.ValType, words []uint64) string {
	switch {
	case t.IsVector():
		return fmt.Sprintf("%#016x_%016x", words[1], words[0])
	case t.IsRef() && words[0] == 0:
		return "null"
	case t.IsRef():
		return "a reference"
	}
	return runtime.Num(t, words[0]).String()
}

// writer writes explanations of one module.
type writer struct {
	strings.Builder
	module *wasm.Module
	format *wasm.Formatter
}

// Text writes the explanation for people.
func (x *Explanation) Text(module []byte) string {
	m, err := wasm.Decode(module)
	if err != nil {
		return fmt.Sprintf("  explained: our own decoder refuses the module: %v\n", err)
	}
	if err := wasm.Validate(m); err != nil {
		return fmt.Sprintf("  explained: our own validator refuses the module, so nothing of it is run: %v\n", err)
	}
	w := &writer{module: m, format: wasm.NewFormatter(m)}
	if len(x.Partings) == 0 {
		w.WriteString("  explained: no two engines differ\n")
	}
	for _, p := range x.Partings {
		w.parting(x, p)
	}
	return w.String()
}

func (w *writer) parting(x *Explanation, p *Parting) {
	fmt.Fprintf(w, "  parting   %s from %s", p.B, p.A)
	switch p.Stage {
	case AtInstantiation:
		w.WriteString(": before the first event\n")
	case Hidden:
		w.WriteString(": when events are counted, they no longer differ\n")
	default:
		if p.Event > p.Events {
			fmt.Fprintf(w, ": behind the last of %d events\n", p.Events)
		} else {
			fmt.Fprintf(w, ": at event %d of %d\n", p.Event, p.Events)
		}
	}
	w.culprit(x, p)
	for _, place := range p.Suspects {
		fmt.Fprintf(w, "  suspect   %s\n", w.place(place))
	}
	if p.Suspects != nil {
		w.WriteString("            what differs is hidden when each instruction is watched; with one watched at a time it is one of these\n")
	}
	for _, d := range p.Differences {
		fmt.Fprintf(w, "  differs   %s: %s; %s: %s\n", d.Where, d.A, p.B, d.B)
	}
	w.events("before", p.Before)
	w.events("then", p.Window)
	fmt.Fprintf(w, "  search    %d runs of both, %v\n", p.Probes, x.Elapsed.Round(1e6))
}

// culprit writes what each engine saw of the culprit, and who agrees with whom.
func (w *writer) culprit(x *Explanation, p *Parting) {
	c := p.Culprit
	if c == nil {
		return
	}
	fmt.Fprintf(w, "  at        %s: %s differ\n", w.place(c.Place), c.What)
	switch {
	case c.With != nil && c.What == Spoilt:
		fmt.Fprintf(w, "  seen      %s\n", w.place(*c.With))
	case c.With != nil:
		fmt.Fprintf(w, "  with      %s: the engine makes one of both, and to look at what is between hides it\n", w.place(*c.With))
	}
	if c.Operands != nil && len(c.Operands.Site.Types) > 0 {
		fmt.Fprintf(w, "  operands  %s\n", operands(c.Operands))
	}
	width := 0
	for i := range x.Sides {
		width = max(width, len(x.Sides[i].Engine))
	}
	ours := ""
	for i := range x.Sides {
		if x.Sides[i].Engine == p.A {
			ours = c.Saw[i]
		}
	}
	var with, against []string
	for i := range x.Sides {
		sign := "   "
		if c.Saw[i] == ours {
			with = append(with, x.Sides[i].Engine)
		} else {
			sign, against = ">>>", append(against, x.Sides[i].Engine)
		}
		fmt.Fprintf(w, "    %s %-*s  %s\n", sign, width, x.Sides[i].Engine, c.Saw[i])
	}
	fmt.Fprintf(w, "  vote      %s against %s\n", strings.Join(with, ", "), strings.Join(against, ", "))
}

// place writes an instruction with where it stands.
func (w *writer) place(p Place) string {
	return fmt.Sprintf("func %s, offset %#x: %s", w.format.Func(p.Func), p.Offset, w.instr(p))
}

// instr writes the instruction at a place with its immediates.
func (w *writer) instr(p Place) string {
	in, ok := instrAt(w.module, p)
	if !ok {
		return p.Op.String()
	}
	return w.format.Instr(&in)
}

// events writes one event a line; the operands and the results of an instruction are on the same.
func (w *writer) events(title string, list []instrument.Event) {
	for i := 0; i < len(list); i++ {
		e := &list[i]
		text := "[" + e.Site.Kind.String() + "] " + operands(e)
		switch {
		case len(e.Site.Types) == 0:
			text = "[" + e.Site.Kind.String() + "]"
		case e.Site.Kind == instrument.After:
			text = "-> " + operands(e)
		case e.Site.Kind == instrument.Before:
			text = operands(e)
		}
		if e.Site.Kind == instrument.Before {
			if len(e.Site.Types) == 0 {
				text = ""
			}
			if i+1 < len(list) && list[i+1].Site.Kind == instrument.After && placeOf(list[i+1].Site) == placeOf(e.Site) {
				if i++; len(list[i].Site.Types) > 0 {
					text += " -> " + operands(&list[i])
				}
			}
		}
		what := ""
		if e.Site.Kind != instrument.Entry && e.Site.Kind != instrument.Exit {
			what = ": " + w.instr(placeOf(e.Site))
		}
		fmt.Fprintf(w, "  %-9s func %s, %#x%s  %s\n", title, w.format.Func(e.Site.Func), e.Site.Offset, what, strings.TrimSpace(text))
		title = ""
	}
}
