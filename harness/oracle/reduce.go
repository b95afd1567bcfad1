package oracle

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/generators/mutate"
	"github.com/touchstone-wasm/touchstone/generators/reduce"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// reduceTries bounds a reduction in [Reduce]; what takes longer is cut off, at the same place each time.
const reduceTries = 400

// Reduce makes an input and a predicate of data, reduces the input, and asserts: the predicate holds for the result, which is not
// larger, and valid if the input was; the input is as it was; several workers, and a reduction that was interrupted, give the same
// result; and there is nothing more to find in it.
func Reduce(ctx context.Context, data []byte) *Failure {
	input, holds := question(data)
	if ok, err := holds(ctx, input); err != nil || !ok {
		return nil // nothing to reduce
	}
	before := bytes.Clone(input)
	one, err := reduce.Reduce(ctx, input, holds, &reduce.Options{Workers: 1, Tries: reduceTries})
	if err != nil {
		return fail("reduce: fails", "%v", err)
	}
	form := reduce.FormOf(input)
	switch ok, _ := holds(ctx, one.Best); {
	case !ok:
		return fail("reduce: the predicate does not hold for the result", "%s of %d bytes: %q", form.Name, len(input), one.Best)
	case !bytes.Equal(input, before):
		return fail("reduce: the input is changed", "%s", form.Name)
	case form.Compare(one.Best, input) > 0:
		return fail("reduce: the result is not simpler", "%s: %d bytes, %d before", form.Name, len(one.Best), len(input))
	case valid(input) && !valid(one.Best):
		return fail("reduce: the result is not valid", "%q", one.Best)
	}
	if f := sameReduction(ctx, input, holds, one); f != nil || !one.Done {
		return f
	}
	again, err := reduce.Reduce(ctx, one.Best, holds, &reduce.Options{Form: form, Workers: 1})
	if err != nil || !bytes.Equal(again.Best, one.Best) {
		return fail("reduce: there is more to find", "%s of %d bytes (%v), then %q", form.Name, len(one.Best), err, again.Best)
	}
	return nil
}

// sameReduction reduces with several workers and with an interruption, and asserts that it comes to where one worker came at once.
func sameReduction(ctx context.Context, input []byte, holds reduce.Predicate, one *reduce.Result) *Failure {
	several, err := reduce.Reduce(ctx, input, holds, &reduce.Options{Workers: 3, Tries: reduceTries})
	if err != nil || !bytes.Equal(several.Best, one.Best) || several.Tested != one.Tested {
		return fail("reduce: several workers give another result", "%d bytes in %d tests, %d in %d with one (%v)",
			len(several.Best), several.Tested, len(one.Best), one.Tested, err)
	}
	if one.Tested < 2 {
		return nil
	}
	part := one.Tested / 2
	first, err := reduce.Reduce(ctx, input, holds, &reduce.Options{Workers: 1, Tries: part})
	if err != nil {
		return fail("reduce: fails", "%v", err)
	}
	state := first.State
	state.Best = bytes.Clone(state.Best)
	rest, err := reduce.Reduce(ctx, nil, holds, &reduce.Options{Workers: 1, Tries: reduceTries - part, From: &state})
	if err != nil || !bytes.Equal(rest.Best, one.Best) {
		return fail("reduce: an interruption changes the result", "after %d tests (%v): %d bytes, %d without", part, err, len(rest.Best), len(one.Best))
	}
	return nil
}

func valid(src []byte) bool {
	m, err := wasm.Decode(src)
	return err == nil && wasm.ValidateFor(m, wasm.AllFeatures) == nil
}

// question returns an input and a predicate that holds for it, mostly.
func question(data []byte) ([]byte, reduce.Predicate) {
	pick := 0
	if len(data) > 0 {
		pick = int(data[len(data)-1])
	}
	m := module.Generate(data, module.Options{Features: featuresFor(data, wasm.AllFeatures), Imports: pick%2 == 0})
	src := wasm.Encode(m)
	ops := used(m)
	op := ops[pick%len(ops)]
	switch len(data) % 5 {
	case 0:
		if calls := hostcall.Generate(data, hostcall.Options{}); len(calls) > 0 {
			return []byte(hostcall.Format(calls)), callsTwo(calls, pick)
		}
	case 1:
		src[(8+pick)%len(src)] ^= byte(1 << (len(data) % 8))
		msg := refusal(src)
		return src, func(_ context.Context, src []byte) (bool, error) { return refusal(src) == msg, nil }
	case 2:
		if twins := mutate.Twins(op); len(twins) > 0 {
			as := twins[pick%len(twins)]
			key := Misread(context.Background(), src, op, as)
			return src, func(ctx context.Context, src []byte) (bool, error) {
				return key != "" && Misread(ctx, src, op, as) == key, nil
			}
		}
	}
	return src, func(_ context.Context, src []byte) (bool, error) {
		m, err := wasm.Decode(src)
		return err == nil && slices.Contains(used(m), op), nil
	}
}

// used returns the instructions that the functions of a module have, in the order in which they come first.
func used(m *wasm.Module) (ops []wasm.Op) {
	var in wasm.Instr
	for i := range m.Funcs {
		for r := wasm.NewReader(m.Funcs[i].Body); r.Next(&in) == nil; {
			if !slices.Contains(ops, in.Op) {
				ops = append(ops, in.Op)
			}
		}
	}
	return ops
}

// callsTwo returns a predicate: a call of the hostcall of one of the calls comes before one of that of the last.
func callsTwo(calls []hostcall.Call, pick int) reduce.Predicate {
	first, last := calls[pick%len(calls)].Row, calls[len(calls)-1].Row
	return func(_ context.Context, text []byte) (bool, error) {
		list, err := hostcall.Parse(string(text))
		if err != nil {
			return false, nil
		}
		i := slices.IndexFunc(list, func(c hostcall.Call) bool { return c.Row == first })
		return i >= 0 && slices.ContainsFunc(list[i:], func(c hostcall.Call) bool { return c.Row == last }), nil
	}
}

// refusal returns why a module is refused, in words that do not depend on the place, or "".
func refusal(src []byte) string {
	m, err := wasm.Decode(src)
	if err == nil {
		err = wasm.Validate(m)
	}
	var malformed *wasm.MalformedError
	var invalid *wasm.InvalidError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &malformed):
		return "malformed: " + malformed.Msg
	case errors.As(err, &invalid):
		return "invalid: " + invalid.Msg
	}
	return "refused"
}
