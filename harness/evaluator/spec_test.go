package evaluator_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/touchstone-wasm/touchstone/harness/evaluator"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// limits are more than any script needs that ends by itself.
var limits = evaluator.Limits{Steps: 50_000_000, Depth: 1000, Pages: 2000, Elems: 100_000}

// TestSpec runs the official specification tests: they are the proof that the evaluator is right. Assertions about malformed and invalid
// modules do not concern it.
func TestSpec(t *testing.T) {
	for _, suite := range []string{spectest.V1, spectest.V2, spectest.TailCall, spectest.ExtendedConst} {
		passed := map[string]int{}
		for _, s := range spectest.Scripts(t, suite) {
			r := &runner{t: t, script: s, imports: hostImports(t), named: map[string]*evaluator.Instance{}}
			for i := range s.Commands {
				c := &s.Commands[i]
				if c.IsText() || c.Type == spectest.AssertInvalid || c.Type == spectest.AssertMalformed {
					continue
				}
				err := r.command(c)
				if ex, ok := s.Exception(c); ok && ex.Verdict == spectest.Differs {
					continue
				}
				if err != nil {
					t.Errorf("%s: %s: %v", s.At(c), c.Type, err)
					continue
				}
				passed[c.Type]++
			}
		}
		t.Logf("%s: passed %v", suite, passed)
		if passed[spectest.AssertReturn] == 0 {
			t.Errorf("%s: no assert_return passed", suite)
		}
	}
}

// hostImports returns the module "spectest", which the scripts import from.
func hostImports(t *testing.T) evaluator.Imports {
	m, err := wasm.Decode(spectest.HostModule(t))
	if err != nil {
		t.Fatal(err)
	}
	imports := evaluator.Imports{}
	for _, e := range m.Exports {
		var x evaluator.Extern
		switch e.Kind {
		case wasm.ExternFunc:
			x = &evaluator.Func{Type: m.FuncTypes()[e.Index], Host: func([]evaluator.Value) []evaluator.Value { return nil }}
		case wasm.ExternTable:
			x = evaluator.NewTable(m.TableTypes()[e.Index])
		case wasm.ExternMemory:
			x = evaluator.NewMemory(m.MemoryTypes()[e.Index])
		case wasm.ExternGlobal:
			g := m.GlobalTypes()[e.Index]
			bits := map[wasm.ValType]uint64{wasm.I32: 666, wasm.I64: 666, wasm.F32: 0x4426a666, wasm.F64: 0x4084d4cccccccccd} // 666.6
			x = &evaluator.Global{Type: g, Value: evaluator.Num(g.Type, bits[g.Type])}
		}
		imports[[2]string{"spectest", e.Name}] = x
	}
	return imports
}

// runner runs one script.
type runner struct {
	t       *testing.T
	script  *spectest.Script
	imports evaluator.Imports
	current *evaluator.Instance
	named   map[string]*evaluator.Instance
	modules map[*evaluator.Instance]*wasm.Module
}

func (r *runner) command(c *spectest.Command) error {
	switch c.Type {
	case spectest.Module:
		r.current = nil
		in, err := r.instantiate(c)
		if err != nil {
			return err
		}
		r.current, r.named[c.Name] = in, in
		return nil
	case spectest.Register:
		return r.register(c)
	case spectest.PlainAction:
		_, err := r.action(&c.Action)
		return err
	case spectest.AssertReturn:
		results, err := r.action(&c.Action)
		if err == nil && !allMatch(results, c.Expected) {
			err = fmt.Errorf("%s%v: got %v, want %+v", c.Action.Field, c.Action.Args, results, c.Expected)
		}
		return err
	case spectest.AssertTrap, spectest.AssertExhaustion:
		_, err := r.action(&c.Action)
		return traps(err, c.Text, true)
	case spectest.AssertUninstantiable:
		_, err := r.instantiate(c)
		return traps(err, c.Text, false)
	case spectest.AssertUnlinkable:
		_, err := r.instantiate(c)
		var link *evaluator.LinkError
		if errors.As(err, &link) && link.Msg == c.Text {
			return nil
		}
		return traps(err, c.Text, false)
	}
	return errors.New("the runner does not know this command")
}

func (r *runner) instantiate(c *spectest.Command) (*evaluator.Instance, error) {
	m, err := wasm.Decode(r.script.Wasm(r.t, c))
	if err != nil {
		return nil, err
	}
	in, err := evaluator.Instantiate(m, r.imports, limits)
	if in != nil {
		if r.modules == nil {
			r.modules = map[*evaluator.Instance]*wasm.Module{}
		}
		r.modules[in] = m
	}
	return in, err
}

// register makes the exports of an instance importable.
func (r *runner) register(c *spectest.Command) error {
	in := r.instance(c.Name)
	if in == nil {
		return fmt.Errorf("no instance %q", c.Name)
	}
	for _, e := range r.modules[in].Exports {
		r.imports[[2]string{c.As, e.Name}] = in.Export(e.Name)
	}
	return nil
}

// instance returns the instance of a module command, the last one if name is empty.
func (r *runner) instance(name string) *evaluator.Instance {
	if name == "" {
		return r.current
	}
	return r.named[name]
}

// action calls a function or reads a global.
func (r *runner) action(a *spectest.Action) ([]evaluator.Value, error) {
	in := r.instance(a.Module)
	if in == nil {
		return nil, fmt.Errorf("no instance %q", a.Module)
	}
	if g, ok := in.Export(a.Field).(*evaluator.Global); ok && a.Type == spectest.Get {
		return []evaluator.Value{g.Value}, nil
	}
	var args []evaluator.Value
	for i := range a.Args {
		arg, err := argument(&a.Args[i])
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	return in.Call(a.Field, args...)
}

// hostRef is what an externref of a script refers to.
type hostRef uint64

func argument(v *spectest.Val) (arg evaluator.Value, err error) {
	for b := range 256 {
		if t := wasm.ValType(b); t.Valid() && t.String() == v.Type {
			arg.Type = t
		}
	}
	if arg.Type == wasm.V128 {
		arg.Bits, arg.High, err = v.Halves()
	} else if !v.IsNull() {
		arg.Bits, err = v.Bits()
	}
	if arg.Type.IsRef() && !v.IsNull() {
		arg.Ref, arg.Bits = hostRef(arg.Bits), 0
	}
	return arg, err
}

// allMatch reports whether the results fit what the script expects.
func allMatch(got []evaluator.Value, want []spectest.Val) bool {
	for i := range got {
		if len(got) != len(want) || !fits(got[i], &want[i]) {
			return false
		}
	}
	return len(got) == len(want)
}

func fits(got evaluator.Value, want *spectest.Val) bool {
	switch {
	case got.Type.String() != want.Type:
		return false
	case !got.Type.IsRef():
		return want.Fits(got.Bits, got.High)
	case want.Value == "":
		return true
	case want.IsNull():
		return got.IsNull()
	}
	bits, err := want.Bits()
	return err == nil && got.Ref == hostRef(bits)
}

// traps reports how err differs from the trap that a script expects; in code it must say where it was.
func traps(err error, text string, inCode bool) error {
	var trap *evaluator.Trap
	if !errors.As(err, &trap) || !spectest.TrapMeans(text, trap.Code.Error()) {
		return fmt.Errorf("got %v (%T), want %q", err, err, text)
	}
	if inCode && (len(trap.Frames) == 0 || trap.Frames[0].Offset == 0) {
		return fmt.Errorf("%v does not say where", err)
	}
	return nil
}
