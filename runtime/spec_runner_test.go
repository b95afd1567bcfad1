package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/touchstone-wasm/touchstone/runtime"
	"github.com/touchstone-wasm/touchstone/runtime/wasm"
	"github.com/touchstone-wasm/touchstone/runtime/wasm/spectest"
)

// scriptTime bounds a script, so that an endless loop becomes a failure. The longest takes about a second, and minutes where each of
// its steps is observed under the race detector.
const scriptTime = 5 * time.Minute

// runner runs one script in a store of its own.
type runner struct {
	t         *testing.T
	script    *spectest.Script
	ctx       context.Context
	transform func([]byte) ([]byte, error) // applied to modules that are to be instantiated
	compiler  runtime.Compiler
	rt        *runtime.Runtime
	linker    *runtime.Linker
	current   *runtime.Instance            // of the last module command
	named     map[string]*runtime.Instance // by the name of the module command
	tally     *tally
}

func newRunner(t *testing.T, s *spectest.Script, transform func([]byte) ([]byte, error)) *runner {
	ctx, cancel := context.WithTimeout(context.Background(), scriptTime)
	t.Cleanup(cancel)
	r := &runner{t: t, script: s, ctx: ctx, transform: transform, rt: runtime.New(nil), linker: new(runtime.Linker),
		named: map[string]*runtime.Instance{}, tally: newTally()}
	defineSpectest(t, r.rt, r.linker)
	return r
}

// skipError says why a command does not concern this runtime.
type skipError string

func (e skipError) Error() string { return string(e) }

// run runs a command and counts what came of it.
func (r *runner) run(c *spectest.Command) {
	err := r.command(c)
	var skip skipError
	ex, excepted := r.script.Exception(c)
	if excepted && ex.Verdict == spectest.Differs {
		if err == nil {
			err = errors.New("passes, so that its exception is not needed")
		} else {
			err = nil
		}
	}
	switch {
	case errors.As(err, &skip):
		r.tally.skipped[string(skip)]++
	case err != nil:
		r.tally.failed++
		r.t.Errorf("%s: %s: %v", r.script.At(c), c.Type, err)
	case excepted:
		r.tally.excepted[ex.Reason]++
	default:
		r.tally.passed[c.Type]++
	}
}

// command runs a command and says how it deviates from the script.
func (r *runner) command(c *spectest.Command) error {
	if c.IsText() {
		return skipError("module in the text format, which this runtime does not read")
	}
	switch c.Type {
	case spectest.Module:
		return r.module(c)
	case spectest.Register:
		in, err := r.instance(c.Name)
		if err == nil {
			r.linker.Instance(c.As, in)
		}
		return err
	case spectest.PlainAction:
		_, err := r.action(&c.Action)
		return err
	case spectest.AssertReturn:
		return r.assertReturn(c)
	case spectest.AssertTrap, spectest.AssertExhaustion:
		results, err := r.action(&c.Action)
		if err == nil {
			return fmt.Errorf("%s: got %s, want trap %q", c.Action.Field, show(results), c.Text)
		}
		return checkTrap(err, c.Text, true)
	case spectest.AssertInvalid:
		return r.assertVerdict(c, spectest.Invalid)
	case spectest.AssertMalformed:
		return r.assertVerdict(c, spectest.Malformed)
	case spectest.AssertUnlinkable, spectest.AssertUninstantiable:
		return r.assertNoInstance(c)
	}
	return errors.New("the runner does not know this command")
}

// compile compiles the module of a command after the transformation.
func (r *runner) compile(c *spectest.Command) (*runtime.Module, error) {
	src, err := r.transform(r.script.Wasm(r.t, c))
	if err != nil {
		return nil, err
	}
	return r.compiler.Compile(src)
}

func (r *runner) module(c *spectest.Command) error {
	r.current = nil
	if c.Name != "" {
		delete(r.named, c.Name)
	}
	m, err := r.compile(c)
	if err != nil {
		return err
	}
	in, err := r.rt.Instantiate(r.ctx, m, r.linker)
	if err != nil {
		return err
	}
	r.current = in
	if c.Name != "" {
		r.named[c.Name] = in
	}
	return nil
}

// instance returns the instance of a module command, the last one if name is empty.
func (r *runner) instance(name string) (*runtime.Instance, error) {
	in := r.current
	if name != "" {
		in = r.named[name]
	}
	if in == nil {
		return nil, fmt.Errorf("no instance %q, because its module command failed", name)
	}
	return in, nil
}

// action calls a function or reads a global.
func (r *runner) action(a *spectest.Action) ([]runtime.Value, error) {
	in, err := r.instance(a.Module)
	if err != nil {
		return nil, err
	}
	if a.Type == spectest.Get {
		g, ok := in.Export(a.Field).(*runtime.Global)
		if !ok {
			return nil, fmt.Errorf("export %q is no global", a.Field)
		}
		return []runtime.Value{g.Get()}, nil
	}
	args, err := toValues(a.Args)
	if err != nil {
		return nil, err
	}
	return in.Call(r.ctx, a.Field, args...)
}

func (r *runner) assertReturn(c *spectest.Command) error {
	results, err := r.action(&c.Action)
	if err != nil {
		return fmt.Errorf("%s%s: %w", c.Action.Field, showWant(c.Action.Args), err)
	}
	if !allMatch(results, c.Expected) {
		return fmt.Errorf("%s%s: got %s, want %s", c.Action.Field, showWant(c.Action.Args), show(results), showWant(c.Expected))
	}
	return nil
}

// checkTrap reports how err differs from the trap that a script expects. Where wasm code was running, the trap must say
// which function and instruction it was.
func checkTrap(err error, text string, inCode bool) error {
	var trap *runtime.Trap
	if !errors.As(err, &trap) {
		return fmt.Errorf("got %v (%T), want trap %q", err, err, text)
	}
	if !spectest.TrapMeans(text, trap.Code.Error()) {
		return fmt.Errorf("got %v, want trap %q", err, text)
	}
	if !errors.Is(err, trap.Code) {
		return fmt.Errorf("%v is not the error %v", err, trap.Code)
	}
	if inCode && (len(trap.Frames) == 0 || trap.Frames[0].Offset == 0) {
		return fmt.Errorf("%v does not say where: frames %v", err, trap.Frames)
	}
	return nil
}

// assertVerdict checks that a module is refused before instantiation, and how.
func (r *runner) assertVerdict(c *spectest.Command, want string) error {
	if ex, ok := r.script.Exception(c); ok {
		want = ex.Verdict
	}
	_, err := runtime.Compile(r.script.Wasm(r.t, c))
	var malformed *wasm.MalformedError
	var invalid *wasm.InvalidError
	got := spectest.Accepted
	switch {
	case errors.As(err, &malformed):
		got = spectest.Malformed
	case errors.As(err, &invalid):
		got = spectest.Invalid
	case err != nil:
		got = fmt.Sprintf("error %T", err)
	}
	if got != want {
		return fmt.Errorf("module %s is %s (%v), want %s: %q", c.Filename, got, err, want, c.Text)
	}
	return nil
}

// assertNoInstance checks that a valid module cannot be instantiated, and why. It is instantiated all the same, since
// what it wrote before it trapped stays.
func (r *runner) assertNoInstance(c *spectest.Command) error {
	m, err := r.compile(c)
	if err != nil {
		return err
	}
	_, err = r.rt.Instantiate(r.ctx, m, r.linker)
	if err == nil {
		return fmt.Errorf("module %s was instantiated, want %q", c.Filename, c.Text)
	}
	if _, ok := spectest.TrapsIn20[c.Text]; ok {
		return checkTrap(err, c.Text, false)
	}
	if c.Type == spectest.AssertUninstantiable {
		return checkTrap(err, c.Text, false)
	}
	var link *runtime.LinkError
	if !errors.As(err, &link) || !strings.HasPrefix(link.Msg, c.Text) {
		return fmt.Errorf("module %s: got %v (%T), want link error %q", c.Filename, err, err, c.Text)
	}
	return nil
}
