package compare

import (
	"errors"
	"slices"
	"strings"

	"github.com/touchstone-wasm/touchstone/differential/engine"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// Known is a defect of a foreign engine that was looked into and found to be the engine's. What it explains is counted and
// printed apart, and is no finding any more. An entry needs evidence that names the specification's rule.
type Known struct {
	Name string // short and constant: it is what is counted
	// Engines are names of engines. One stands for all variants of the engine; with settings, for those that have these settings.
	Engines []string
	// Versions are those in which the defect was seen; a new version must be looked at anew.
	Versions []string
	Reason   string
	// Explains reports whether the defect alone makes the account of the side with index i what it is.
	Explains func(module []byte, v *Verdict, sides []Side, i int) bool
	// Without, if set, returns a module that does the same without coming to the defect. Only if engines agree on that one, the defect
	// explains that they did not on the other: many modules have what the defect is about, and may differ for another reason.
	Without func(module []byte) []byte
}

// KnownDefects is the list of accepted differences.
var KnownDefects = slices.Concat(wasmerDefects, wasmtimeDefects, wazeroDefects)

// Accept returns the known defects that explain the verdict, or nil: every side outside a group with the most voices, and every side that
// crashed or hung, must be explained, so that a known defect hides no other. Those that have a form of the module without them explain it
// only if nothing is left to explain of [Without].
func Accept(module []byte, v *Verdict, sides []Side, versions []string, known []Known) []*Known {
	dead := slices.Concat(v.Crashed, v.Hung)
	if !v.Diverges() {
		return explainAll(module, v, sides, versions, known, dead)
	}
	for right := range v.Groups {
		if v.Voices[right] < v.Voices[0] {
			break
		}
		odd := slices.Concat(slices.Concat(v.Groups[:right]...), slices.Concat(v.Groups[right+1:]...), dead)
		if all := explainAll(module, v, sides, versions, known, odd); all != nil {
			return all
		}
	}
	return nil
}

// explainAll returns the known defects that explain some sides, or nil if one of these is not explained.
func explainAll(module []byte, v *Verdict, sides []Side, versions []string, known []Known, odd []int) []*Known {
	var all []*Known
	for _, i := range odd {
		k := explain(module, v, sides, versions, known, i)
		if k == nil {
			return nil
		}
		if !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}

// Without returns the form of a module that does not come to any of the defects, and whether one of them needs that to be tried.
func Without(module []byte, defects []*Known) (form []byte, needed bool) {
	for _, k := range defects {
		if k.Without != nil {
			module, needed = k.Without(module), true
		}
	}
	return module, needed
}

func explain(module []byte, v *Verdict, sides []Side, versions []string, known []Known, i int) *Known {
	for k := range known {
		d := &known[k]
		if d.concerns(sides[i].Engine, versions[i]) && d.Explains(module, v, sides, i) {
			return d
		}
	}
	return nil
}

// concerns reports whether d is about an engine, named as it was asked for, in a version. The version is what the engine says of itself,
// whatever release was asked for.
func (d *Known) concerns(asked, version string) bool {
	v := engine.ParseVariant(asked)
	return slices.Contains(d.Versions, version) && slices.ContainsFunc(d.Engines, func(name string) bool {
		of := engine.ParseVariant(name)
		return of.Name == v.Name && !slices.ContainsFunc(of.Settings, func(s string) bool { return !slices.Contains(v.Settings, s) })
	})
}

// words reports whether a side ended at a stage with an engine's message that contains text. Messages are no evidence of what a
// module did; here they are the engine's own word for which of its rules it followed.
func (s *Side) words(at engine.Stage, text string) bool {
	return s.Result.Stage == at && strings.Contains(s.Result.Message, text)
}

// refusal is why our own decoder or validator refuses a module, or nil.
func refusal(module []byte) error {
	m, err := wasm.Decode(module)
	if err == nil {
		err = wasm.Validate(m)
	}
	return err
}

// invalid returns the rule by which our own validator refuses a well-formed module, or "".
func invalid(module []byte) string {
	var invalid *wasm.InvalidError
	if errors.As(refusal(module), &invalid) {
		return invalid.Msg
	}
	return ""
}

// malformed returns why our own decoder refuses a module and where, or nil.
func malformed(module []byte) *wasm.MalformedError {
	var malformed *wasm.MalformedError
	errors.As(refusal(module), &malformed)
	return malformed
}

// trapsFirst reports whether s trapped with c at the first place where engines differ.
func trapsFirst(v *Verdict, s *Side, c wasm.TrapCode) bool {
	if len(v.Rows) == 0 {
		return false
	}
	obs := Observe(s)
	at := slices.IndexFunc(obs, func(o Observation) bool { return o.Where == v.Rows[0].Where })
	return at >= 0 && obs[at].trap == c
}

// anyFunc reports whether is holds for the instructions of one function of a module.
func anyFunc(module []byte, is func(m *wasm.Module, ins []wasm.Instr) bool) bool {
	m, err := wasm.Decode(module)
	if err != nil {
		return false
	}
	for i := range m.Funcs {
		var ins []wasm.Instr
		for r := wasm.NewReader(m.Funcs[i].Body); ; {
			var in wasm.Instr
			if r.Next(&in) != nil {
				break
			}
			ins = append(ins, in)
		}
		if is(m, ins) {
			return true
		}
	}
	return false
}

// uses reports whether an instruction is among ins.
func uses(ins []wasm.Instr, op wasm.Op) bool {
	return slices.ContainsFunc(ins, func(in wasm.Instr) bool { return in.Op == op })
}
