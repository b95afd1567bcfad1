package oracle

import (
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

func TestEveryDifferenceIsNoticed(t *testing.T) {
	same := func() *outcome {
		return &outcome{
			calls: []call{{export: "e0", values: []uint64{1, 2}},
				{export: "e1", trap: wasm.DivideByZero, frames: []runtime.Frame{{Func: 1, Offset: 7}}}},
			refs:    []uint64{0, 3},
			globals: []uint64{7},
			memory:  []byte{1, 2, 3},
		}
	}
	for name, c := range map[string]struct {
		change func(o *outcome)
		key    string
	}{
		"nothing":     {func(o *outcome) {}, ""},
		"start":       {func(o *outcome) { o.start = &runtime.Trap{Code: wasm.Unreachable} }, "differential: other trap at the start"},
		"value":       {func(o *outcome) { o.calls[0].values[1]++ }, "differential: other result"},
		"trap":        {func(o *outcome) { o.calls[1].trap = wasm.IntegerOverflow }, "differential: other trap"},
		"no trap":     {func(o *outcome) { o.calls[1].trap = wasm.NoTrap }, "differential: other trap"},
		"global":      {func(o *outcome) { o.globals[0]++ }, "differential: other global"},
		"memory":      {func(o *outcome) { o.memory[2]++ }, "differential: other memory"},
		"references":  {func(o *outcome) { o.refs = []uint64{0, 7} }, "differential: other references"},
		"place":       {func(o *outcome) { o.calls[1].frames = []runtime.Frame{{Func: 1, Offset: 8}} }, "differential: traps elsewhere"},
		"memory size": {func(o *outcome) { o.memory = append(o.memory, 0) }, "differential: other memory"},
	} {
		other := same()
		c.change(other)
		f := same().compare(other, &wazeroEngine)
		if f == nil && c.key != "" || f != nil && f.Key != c.key {
			t.Errorf("%s: got %v, want %q", name, f, c.key)
		}
	}
	merged := same()
	merged.calls[1].trap = wasm.UndefinedElement
	other := same()
	other.calls[1].trap = wasm.TableOutOfBounds
	if f := merged.compare(other, &wazeroEngine); f != nil {
		t.Errorf("wazero does not tell these traps apart: %v", f)
	}
}

// TestWrongInstructionIsNoticed runs what our encoder makes of one module on our runtime and another one on wazero: the two
// differ in one instruction.
func TestWrongInstructionIsNoticed(t *testing.T) {
	for _, c := range []struct {
		from, to wasm.Op
		modules  uint64
		share    float64 // of the modules with the instruction in which it is to be noticed
	}{{wasm.OpI32Xor, wasm.OpI32Or, 60, 0.75}, {wasm.OpV128Not, wasm.OpI8x16Neg, 800, 0.15}} { // the former is in all sinks
		tried, noticed := wrongIsNoticed(t, c.from, c.to, c.modules)
		t.Logf("%s in place of %s: noticed in %d of %d modules", c.to, c.from, noticed, tried)
		if tried < 20 || float64(noticed) < c.share*float64(tried) {
			t.Errorf("%s in place of %s: noticed in %d of %d modules, want a share of %v", c.to, c.from, noticed, tried, c.share)
		}
	}
}

// wrongIsNoticed counts the modules with an instruction, and those in which another one in its place is noticed.
func wrongIsNoticed(t *testing.T, from, to wasm.Op, modules uint64) (tried, noticed int) {
	w := NewWazero(t.Context(), false)
	defer w.Close(t.Context())
	for seed := range modules {
		m := module.Generate(tape.Random(seed, 40), module.Options{Mode: module.NoTrap, Features: wasm.Features(from.Info().Since)})
		src := wasm.Encode(m)
		if !replaceOp(m, from, to) {
			continue
		}
		compiled, err := runtime.CompileModule(m)
		if err != nil {
			t.Fatal(err)
		}
		ours, f := touchstone(t.Context(), compiled, nil)
		if f != nil {
			t.Fatal(f)
		}
		theirs, release, f := w.run(t.Context(), m, src)
		if f != nil {
			t.Fatal(f)
		}
		tried++
		if ours.compare(theirs, &wazeroEngine) != nil {
			noticed++
		}
		release()
	}
	return tried, noticed
}

// replaceOp replaces one instruction by another of the same length in all functions.
func replaceOp(m *wasm.Module, from, to wasm.Op) bool {
	done := false
	for i := range m.Funcs {
		code := m.Funcs[i].Body.Code
		r := wasm.NewReader(m.Funcs[i].Body)
		for r.Pos() < len(code) {
			at := r.Pos()
			var in wasm.Instr
			if err := r.Next(&in); err != nil {
				return false
			}
			if in.Op == from {
				in.Op = to
				copy(code[at:], wasm.AppendInstr(nil, &in))
				done = true
			}
		}
	}
	return done
}
