package finding

import (
	"errors"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/compare"
	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/differential/explain"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Of returns the bucket of what engines did with a module; its Kind is empty if they agree. The explanation may be nil.
func Of(module []byte, v *compare.Verdict, sides []compare.Side, x *explain.Explanation) Bucket {
	var b Bucket
	switch {
	case v.Diverges():
		b.Kind = Divergence
	case len(v.Crashed) > 0:
		b.Kind = Crash
	case len(v.Hung) > 0:
		b.Kind = Hang
	default:
		return b
	}
	for _, i := range Odd(v) {
		b.Engines = append(b.Engines, base(sides[i].Engine))
	}
	slices.Sort(b.Engines)
	b.Engines = slices.Compact(b.Engines)
	b.Stage = v.Class()
	if len(v.Rows) > 0 {
		for _, group := range v.Groups {
			b.traps(kindOf(v.Rows[0].Texts[group[0]]))
		}
	}
	for _, i := range v.Crashed {
		words := sides[i].Result.Message
		b.traps(Words(words))
		b.Frames = append(b.Frames, Frames(words)...)
	}
	if b.At = at(module, x); b.At == "" {
		b.At = refusal(v, sides)
	}
	return b
}

func (b *Bucket) traps(kind string) {
	if !slices.Contains(b.Traps, kind) {
		b.Traps = append(b.Traps, kind)
	}
}

// refusal returns the words by which an engine refuses a module that others accept. What they say is all there is of its reason.
func refusal(v *compare.Verdict, sides []compare.Side) string {
	for _, i := range Odd(v) {
		r := sides[i].Result
		if words := Words(r.Message); words != "" && (r.Stage == engine.StageRejected || r.Stage == engine.StageUnlinkable) {
			return "refused: " + words
		}
	}
	return ""
}

// Odd returns the sides against which a verdict is: those outside the majority, all that differ if there is none, and those that died.
func Odd(v *compare.Verdict) (odd []int) {
	if v.Diverges() {
		groups := v.Groups
		if _, clear := v.Majority(); clear {
			groups = groups[1:]
		}
		odd = slices.Concat(groups...)
	}
	return slices.Concat(odd, v.Crashed, v.Hung)
}

// base returns an engine's name with its settings and without its release.
func base(asked string) string {
	v := engine.ParseVariant(asked)
	return strings.Join(append([]string{v.Name}, v.Settings...), ":")
}

// kindOf returns what of an observation's text does not depend on the values in it.
func kindOf(text string) string {
	if trap, ok := strings.CutPrefix(text, "trap: "); ok {
		return trap
	}
	if strings.HasPrefix(text, "(") && !strings.HasPrefix(text, "(nothing") {
		return "value"
	}
	word, _, _ := strings.Cut(text, " ")
	if strings.ContainsAny(word, "0123456789") { // "1 pages", "i32 5"
		return "value"
	}
	return strings.TrimRight(word, ":,")
}

// at returns what a difference is about.
func at(module []byte, x *explain.Explanation) string {
	m, err := wasm.Decode(module)
	if err == nil {
		err = wasm.Validate(m)
	}
	var invalid *wasm.InvalidError
	var malformed *wasm.MalformedError
	switch {
	case errors.As(err, &invalid):
		return Normalise(invalid.Msg)
	case errors.As(err, &malformed):
		return Normalise(malformed.Msg)
	case err != nil || x == nil:
		return ""
	}
	var all []string
	for _, p := range x.Partings {
		place := ""
		if c := p.Culprit; c != nil {
			place = subject(m, c.Place) + ": " + string(c.What)
		} else if len(p.Suspects) > 0 {
			var names []string
			for _, s := range p.Suspects {
				names = append(names, subject(m, s))
			}
			slices.Sort(names)
			place = strings.Join(slices.Compact(names), " or ")
		}
		if place != "" && !slices.Contains(all, place) {
			all = append(all, place)
		}
	}
	slices.Sort(all)
	return strings.Join(all, " and ")
}

// subject names the instruction at a place; for a call of an import, what is called.
func subject(m *wasm.Module, p explain.Place) string {
	i := int(p.Func) - m.ImportedFuncs()
	if p.Op != wasm.OpCall || i < 0 || i >= len(m.Funcs) {
		return p.Op.String()
	}
	body := m.Funcs[i].Body
	from := p.Offset - body.Offset
	if from < 0 || from > len(body.Code) {
		return p.Op.String()
	}
	var in wasm.Instr
	if r := wasm.NewReader(wasm.Expr{Code: body.Code[from:], Offset: p.Offset}); r.Next(&in) != nil || in.Op != p.Op {
		return p.Op.String()
	}
	n := uint64(0)
	for _, imp := range m.Imports {
		if imp.Kind != wasm.ExternFunc {
			continue
		}
		if n == in.Imm[0] {
			return imp.Name
		}
		n++
	}
	return p.Op.String()
}
