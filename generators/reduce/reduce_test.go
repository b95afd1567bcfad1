package reduce

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/touchstone-wasm/touchstone/generators/hostcall"
	"github.com/touchstone-wasm/touchstone/generators/module"
	"github.com/touchstone-wasm/touchstone/generators/tape"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
)

// uses returns a predicate: the module has an instruction.
func uses(op wasm.Op) Predicate {
	return func(_ context.Context, src []byte) (bool, error) {
		m, err := wasm.Decode(src)
		if err != nil {
			return false, nil
		}
		var in wasm.Instr
		for i := range m.Funcs {
			for r := wasm.NewReader(m.Funcs[i].Body); r.Next(&in) == nil; {
				if in.Op == op {
					return true, nil
				}
			}
		}
		return false, nil
	}
}

// generated returns modules that use an instruction.
func generated(t *testing.T, op wasm.Op, n int) (list [][]byte) {
	for seed := uint64(0); len(list) < n; seed++ {
		src := wasm.Encode(module.Generate(tape.Random(seed, 40), module.Options{Features: wasm.AllFeatures, Imports: seed%3 == 0}))
		if ok, _ := uses(op)(t.Context(), src); ok {
			list = append(list, src)
		}
	}
	return list
}

// TestModule: of a module that must keep one instruction, little more than that is left; what it is does not depend on the number of
// workers or on an interruption, and there is nothing more to find in it.
func TestModule(t *testing.T) {
	for _, op := range []wasm.Op{wasm.OpI32Add, wasm.OpMemoryCopy, wasm.OpCallIndirect, wasm.OpBrIf, wasm.OpI64Store8, wasm.OpTableGrow} {
		for i, src := range generated(t, op, 3) {
			before := bytes.Clone(src)
			one, err := Reduce(t.Context(), src, uses(op), &Options{Workers: 1})
			if err != nil || !one.Done {
				t.Fatal(err)
			}
			m, err := wasm.Decode(one.Best)
			if err != nil || wasm.Validate(m) != nil {
				t.Fatalf("%s: the result is not valid", op)
			}
			t.Logf("%s: %d instructions, %d bytes, %d tests, of %d instructions, %d bytes",
				op, Instructions(one.Best), len(one.Best), one.Tested, Instructions(src), len(src))
			if Instructions(one.Best) > 8 {
				var b strings.Builder
				wasm.Disassemble(&b, m)
				t.Errorf("%d instructions are left:\n%s", Instructions(one.Best), b.String())
			}
			if !bytes.Equal(src, before) {
				t.Error("the input was changed")
			}
			again, err := Reduce(t.Context(), one.Best, uses(op), nil)
			if err != nil || !bytes.Equal(again.Best, one.Best) {
				t.Errorf("%s, %d: reduced again it becomes smaller: %v", op, i, err)
			}
			four, err := Reduce(t.Context(), src, uses(op), &Options{Workers: 4})
			if err != nil || !bytes.Equal(four.Best, one.Best) || four.Tested != one.Tested {
				t.Errorf("%s, %d: 4 workers give another result: %v", op, i, err)
			}
			var state *State
			for n := 7; ; n = n*2 + 1 {
				part, err := Reduce(t.Context(), src, uses(op), &Options{Tries: n, From: state, Workers: 2})
				if err != nil {
					t.Fatal(err)
				}
				state = new(State) // as it is read again
				if text, err := json.Marshal(part.State); err != nil || json.Unmarshal(text, state) != nil {
					t.Fatal("the state cannot be written", err)
				}
				if state.Done {
					break
				}
			}
			if !bytes.Equal(state.Best, one.Best) {
				t.Errorf("%s, %d: with interruptions it gives another result", op, i)
			}
		}
	}
}

// TestProgram: a sequence is reduced to a call and what it depends on, which names the right descriptor then.
func TestProgram(t *testing.T) {
	const name = "fd_read"
	found := 0
	for seed := uint64(0); found < 20; seed++ {
		calls := hostcall.Generate(tape.Random(seed, 20), hostcall.Options{Only: name})
		holds := func(_ context.Context, text []byte) (bool, error) {
			list, err := hostcall.Parse(string(text))
			if err != nil {
				return false, err
			}
			for i := range list {
				for _, a := range list[i].Args {
					if list[i].Row.Name == name && a.From == hostcall.OpenFD {
						if k := maker(list, i, a); k >= 0 && len(list[k].Writes) > 0 && string(list[k].Writes[0].Data) == "dir/file" {
							return true, nil
						}
					}
				}
			}
			return false, nil
		}
		text := []byte(hostcall.Format(calls))
		if ok, err := holds(t.Context(), text); err != nil || !ok {
			continue
		}
		found++
		r, err := Reduce(t.Context(), text, holds, nil)
		if err != nil {
			t.Fatal(err)
		}
		list, err := hostcall.Parse(string(r.Best))
		if err != nil || len(list) != 2 {
			t.Fatalf("%d calls are left (%v):\n%s", len(list), err, r.Best)
		}
	}
}

// TestBytes: bytes that are neither module nor sequence.
func TestBytes(t *testing.T) {
	holds := func(_ context.Context, b []byte) (bool, error) {
		i := bytes.IndexByte(b, 'x')
		return i >= 0 && slices.Contains(b[i:], 200), nil
	}
	r, err := Reduce(t.Context(), []byte("\xff\xffsome text\x00 x with \xc8 in it\xff"), holds, &Options{Workers: 3})
	if err != nil || string(r.Best) != "x\xc8" {
		t.Errorf("%q, %v", r.Best, err)
	}
	if _, err := Reduce(t.Context(), []byte("no"), holds, nil); err != ErrUninteresting {
		t.Errorf("%v, want ErrUninteresting", err)
	}
}
