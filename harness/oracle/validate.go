package oracle

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/code"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/harness/typing"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// damageBytes is how much of an input of [Wazero.Validate] says how the module is damaged.
const damageBytes = 48

// undamaged makes a module of an input, by one of the two generators, and returns what of the input says how to damage it.
func undamaged(input []byte) (m *wasm.Module, damage []byte) {
	damage = input[:min(len(input), damageBytes)]
	rest := input[len(damage):]
	if len(rest)%2 == 1 {
		return code.Module(rest), damage
	}
	return module.Generate(rest, module.Options{Imports: len(rest)%3 == 0, ExternSegments: true, Features: wasm.AllFeatures}), damage
}

// Validate generates a module, damages it, and asserts that our decoder and validator accept it if and only if it is valid: by the grammar
// and the rules of the specification as packages grammar and typing have them, and to wazero, but for [wazeroQuirks]. It returns whether
// the module is valid. The same module is damaged in a few other ways, for which wazero is not asked.
func (w *Wazero) Validate(ctx context.Context, input []byte) (bool, *Failure) {
	m, damage := undamaged(input)
	src := wasm.Encode(m)
	module.Damage(m, damage)
	valid, f := w.verdicts(ctx, wasm.Encode(m))
	if f == nil {
		f = otherDamages(src, seedOf(input))
	}
	return valid, f
}

// damagesOfInput is in how many other ways a module is damaged. Making the module is what costs most, and of a mutation of the input only
// those bytes that say how to damage it change that.
const damagesOfInput = 3

// otherDamages damages a module in ways that follow from a seed.
func otherDamages(src []byte, seed uint64) *Failure {
	for i := range uint64(damagesOfInput) {
		m, err := wasm.Decode(src)
		if err != nil {
			return fail("decode: encoded module is refused", "%v\n%x", err, src)
		}
		module.Damage(m, tape.Random(seed+i, damagesFrames))
		damaged := wasm.Encode(m)
		m, err = wasm.Decode(damaged)
		f := wellFormed(damaged, err)
		if f == nil && err == nil {
			f = typed(m, wasm.Validate(m))
		}
		if f != nil {
			f.Detail += fmt.Sprintf("\n%x", damaged)
			return f
		}
	}
	return nil
}

// damagesFrames is the length of the tapes for these, in frames.
const damagesFrames = 2

// typed asserts that the validator's verdict is that of the rules.
func typed(m *wasm.Module, verdict error) *Failure {
	if isLimit(verdict) {
		return nil
	}
	wrong := typing.Check(m)
	switch {
	case wrong == nil && verdict != nil:
		return fail("validate: valid module is refused", "%v", verdict)
	case wrong != nil && verdict == nil:
		return fail("validate: invalid module is accepted", "%v", wrong)
	}
	return nil
}

// narrowed asserts that with fewer features a module gets the same verdict, or is refused because of one that is left out.
func narrowed(m *wasm.Module, verdict error, features wasm.FeatureSet) *Failure {
	err := wasm.ValidateFor(m, features)
	var unsupported *wasm.UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		if features.Has(unsupported.Feature) {
			return fail("validate: a feature that is there is missed", "%v", err)
		}
	case (err == nil) != (verdict == nil):
		return fail("validate: features change the verdict", "%v; with all: %v", err, verdict)
	}
	return nil
}

// verdicts compares what is said of any bytes. Modules beyond a limit of ours are not compared.
func (w *Wazero) verdicts(ctx context.Context, src []byte) (bool, *Failure) {
	m, err := wasm.Decode(src)
	if f := wellFormed(src, err); f != nil {
		return false, f
	}
	if err == nil {
		err = wasm.Validate(m)
		f := typed(m, err)
		if f == nil {
			left := wasm.Feature(1 + len(src)%(wasm.NumFeatures-1))
			f = narrowed(m, err, wasm.AllFeatures&^wasm.Features(left))
		}
		if f != nil {
			return false, f
		}
	}
	if isLimit(err) || !harmless(m, src) {
		return err == nil, nil
	}
	return err == nil, w.agrees(ctx, src, err)
}

// harmless reports whether wazero may be given src: it allocates what the length of a vector says before it looks whether there are so
// many bytes, and all locals that a function declares: gigabytes for a module of twenty bytes. Our decoder has checked the lengths of what
// it accepts, but for those in the section with names. All else must be short, without numbers of more than two bytes.
func harmless(m *wasm.Module, src []byte) bool {
	if m != nil {
		for i := range m.Funcs {
			for _, run := range m.Funcs[i].Locals {
				if run.Count > 2*wasm.MaxLocals {
					return false
				}
			}
		}
		if !slices.ContainsFunc(m.Customs, func(c wasm.Custom) bool { return c.Name == "name" }) {
			return true
		}
	}
	for i := range len(src) - 1 {
		if src[i] >= 0x80 && src[i+1] >= 0x80 {
			return false
		}
	}
	return len(src) <= 512
}

// agrees asserts that wazero accepts src if and only if we do. Verdict is why we do not.
func (w *Wazero) agrees(ctx context.Context, src []byte, verdict error) *Failure {
	err := w.accepts(ctx, src)
	switch {
	case verdict == nil && err != nil && !isQuirk("wazero", err, src) && !w.acceptsNormal(ctx, src):
		return fail("validate: wazero refuses what we accept", "%v\n%x", err, src)
	case verdict != nil && err == nil && !isQuirk("touchstone", verdict, src):
		return fail("validate: wazero accepts what we refuse", "%v\n%x", verdict, src)
	}
	return nil
}

// acceptsNormal reports whether wazero accepts a module when its numbers are as short as they can be. Version 1.12.0 reads the opcodes behind
// 0xfd as single bytes, and the rest of longer ones as instructions, where section 5.4.8 has numbers of the type u32.
func (w *Wazero) acceptsNormal(ctx context.Context, src []byte) bool {
	m, err := wasm.Decode(src)
	return err == nil && w.accepts(ctx, normal(m)) == nil
}

// accepts returns why wazero refuses src, or nil. A panic is a refusal too: wazero 1.12.0 has one for a call of a function whose type there
// is not.
func (w *Wazero) accepts(ctx context.Context, src []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("wazero panics: %v", r)
		}
	}()
	compiled, err := w.rt.CompileModule(ctx, src)
	if err == nil {
		err = compiled.Close(ctx)
	}
	return err
}
